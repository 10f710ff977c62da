#pragma once
#include <string>
#include <string_view>

/// What stands in place of a commit record that the disk does not give back: bytes that no commit has, with the reason. Decoding
/// it is an error that says the reason, so it harms only the streams that the commit was of.
namespace comd {

inline constexpr std::string_view kLost = "\xff lost: ";

inline std::string lost_record(std::string_view why) { return std::string(kLost).append(why); }

}  // namespace comd
