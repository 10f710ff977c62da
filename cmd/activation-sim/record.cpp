#include "cmd/activation-sim/record.h"

#include <nlohmann/json.hpp>

namespace comd::sim {

void Record::add(const wire::ServiceOrder& order, const std::string& key) {
  work_[{order.service_id(), order.action(), order.revision(), order.compensation()}].by.emplace_back(order.id(), key);
  if (!file_.is_open()) return;
  const auto now = std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
  file_.append(nlohmann::json{
      {"time", now},
      {"serviceOrder", order.id()},
      {"service", order.service_id()},
      {"specification", order.specification()},
      {"action", name_of(order.action())},
      {"revision", order.revision()},
      {"attempt", order.attempt()},
      {"compensation", order.compensation()},
      {"key", key}}.dump());
}

void Record::fill(const v1::GetRecordRequest& request, v1::GetRecordResponse& response) const {
  const auto starts = [](const std::string& text, const std::string& prefix) {
    return text.compare(0, prefix.size(), prefix) == 0;
  };
  std::uint64_t total = 0, distinct = 0;
  for (const auto& [what, done] : work_) {
    const auto& [service, action, revision, compensation] = what;
    if (!starts(service, request.service_prefix()) || !starts(done.by.front().first, request.service_order_prefix())) continue;
    ++distinct;
    total += done.by.size();
    const bool twice = done.by.size() > 1, listed = static_cast<std::uint32_t>(response.work_size()) < request.limit();
    if (!twice && !listed) continue;
    v1::Work work;
    work.set_service_id(service);
    work.set_action(name_of(action));
    work.set_revision(revision);
    work.set_compensation(compensation);
    work.set_times(static_cast<std::uint32_t>(done.by.size()));
    for (const auto& [service_order, key] : done.by) work.add_service_orders(service_order), work.add_keys(key);
    if (twice) *response.add_duplicates() = work;
    if (listed) *response.add_work() = work;
  }
  response.set_total(total);
  response.set_distinct(distinct);
}

}  // namespace comd::sim
