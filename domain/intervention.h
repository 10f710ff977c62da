#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/order.h"
#include "domain/result.h"

/// What a person does about an order or service order that does not go on by itself, or about a task that is a person's.
namespace comd {

enum class Remedy : std::uint8_t {  // on disk: never renumber
  retry = 1,                        ///< try again: the next attempt, or while the outcome is unknown the same key
  complete = 2,                     ///< it was done by hand, with these outputs
  skip = 3,                         ///< go on without it
  fail = 4,                         ///< it failed; the failure policy decides what follows
  compensate = 5,                   ///< it failed, and the order is undone
  hold = 6,                         ///< nothing more is started until a person resumes it
  resume = 7,
  accept = 8,  ///< product orders: what is missing, or could not be undone, stays so, and the order ends
  assign = 9,
  note = 10,
  prioritise = 11,  ///< product orders: its priority from now on
};
std::string_view to_text(Remedy);
std::optional<Remedy> remedy_of(std::string_view);

struct Intervention {
  std::string id;  ///< drawn by the caller: the same one again adds nothing
  Remedy remedy{};
  std::string by;                             ///< the principal
  std::string reason;                         ///< never empty
  Values values;                              ///< complete: the outputs; retry: characteristics that are corrected
  std::string assignee;                       ///< assign only; empty: nobody
  bool force = false;                         ///< goes past a refusal whose hint says so
  std::string item = {};                      ///< product orders, hold and resume: only this item and what is bundled under it
  std::optional<std::uint8_t> priority = {};  ///< prioritise only
  bool operator==(const Intervention&) const = default;
};

/// The ids of the last interventions taken.
class Interventions {
 public:
  static constexpr std::size_t kKept = 32;
  bool contains(const std::string& id) const;
  void add(const std::string& id);
  bool operator==(const Interventions&) const = default;

 private:
  std::vector<std::string> ids_;  ///< oldest first
};

/// What an archived order or service order answers to whoever wants something of it.
Rejection refusal_of_archived(const std::string& id);

}  // namespace comd
