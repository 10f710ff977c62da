#pragma once
#include <chrono>
#include <functional>

namespace comd::e2e {

using Seconds = std::chrono::seconds;

/// Asks again and again until it is true; false after the deadline. Real processes give no signal to wait for.
bool wait_until(Seconds deadline, const std::function<bool()>& condition);

}  // namespace comd::e2e
