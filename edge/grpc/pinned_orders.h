#pragma once
#include <optional>
#include <string>

#include "domain/views.h"
#include "storage/event_log.h"

namespace comd::north {

/// Orders that have not ended and are pinned to one catalogue version, looked for among all orders that are at hand. One that is there
/// all the time is found once, wherever it moves meanwhile.
class PinnedOrders {
 public:
  /// `tenant` empty: of all.
  PinnedOrders(const EventLog& log, std::string version, TenantId tenant = {})
      : log_(log), version_(std::move(version)), tenant_(std::move(tenant)) {}

  /// The next one. Nothing: there is none among the next few thousand; look on, unless `done`.
  std::optional<views::OrderSummary> next();
  bool done() const { return done_; }
  std::uint64_t looked_at() const { return looked_at_; }

 private:
  bool fits(const views::OrderSummary&) const;
  bool fetch();

  const EventLog& log_;
  const std::string version_;
  const TenantId tenant_;
  std::string after_;
  RowPage page_{{}, true};
  std::size_t next_ = 0;
  std::uint64_t looked_at_ = 0;
  bool done_ = false;
};

}  // namespace comd::north
