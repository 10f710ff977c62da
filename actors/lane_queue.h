#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace comd {

/// Who is next: the lowest rank; within it the tenants in turn, so that one with ten thousand does not starve one with a single
/// one; of a tenant the oldest, which has the smallest id. Every operation takes logarithmic time.
class LaneQueue {
 public:
  LaneQueue() = default;
  LaneQueue(const LaneQueue&) = delete;
  LaneQueue& operator=(const LaneQueue&) = delete;

  struct Entry {
    std::uint8_t rank = 0;
    std::string tenant;
    std::uint64_t id = 0;
  };
  void push(const Entry&);
  void erase(const Entry&);  ///< nothing happens if it is not there

  /// REQUIRES: !empty().
  std::uint8_t best_rank() const { return levels_.begin()->first; }
  /// Takes the next one out; its tenant's next turn is after everybody else's. REQUIRES: !empty().
  std::uint64_t pop();

  bool empty() const { return ids_.empty(); }
  std::size_t size() const { return ids_.size(); }
  std::optional<std::uint64_t> oldest() const { return ids_.empty() ? std::nullopt : std::optional(*ids_.begin()); }

 private:
  struct Tenant {
    std::uint64_t turn = 0;
    std::set<std::uint64_t> ids;
  };
  struct Level {
    std::map<std::string, Tenant, std::less<>> tenants;   ///< with something to do
    std::map<std::uint64_t, const std::string*> by_turn;  ///< keys of `tenants`
  };
  std::map<std::uint8_t, Level> levels_;  ///< none is empty
  std::set<std::uint64_t> ids_;
  std::uint64_t next_turn_ = 0;
};

}  // namespace comd
