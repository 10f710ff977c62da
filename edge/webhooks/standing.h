#pragma once
#include "edge/webhooks/deliveries.h"

/// What a webhook must not forget, as a file of its own: it is no truth about orders, so it has no place in the log. Replaced as a
/// whole, and on disk when `save` returns.
namespace comd::webhooks {

struct Standing {
  Position read{};  ///< every commit up to here is delivered, below, or of no interest
  struct Waiting {
    std::string id;
    Position position{};
    std::uint32_t attempts = 0;
    bool operator==(const Waiting&) const = default;
  };
  std::vector<Waiting> waiting;
  std::vector<DeadLetter> dead;
  bool operator==(const Standing&) const = default;
};

class StandingFile {
 public:
  explicit StandingFile(std::string path) : path_(std::move(path)) {}

  /// Nothing: there is no file yet. The error says what to do.
  Result<std::optional<Standing>, std::string> load() const;
  Result<void, std::string> save(const Standing&) const;

 private:
  const std::string path_;
};

}  // namespace comd::webhooks
