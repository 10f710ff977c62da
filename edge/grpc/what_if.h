#pragma once
#include <memory>

#include "comd/api/v1/history.pb.h"
#include "domain/rehearsal.h"
#include "edge/grpc/index_walk.h"
#include "edge/grpc/reader.h"

namespace comd::north {

namespace api = ::comd::api::v1;

/// Orders of a log decomposed again by another catalogue, a few at a time. It only reads. For one thread at a time.
class WhatIf {
 public:
  /// `error` of `choose`: which orders cannot be made out of the request.
  static Result<WhatIf, Rejection> choose(const EventLog&, TenantId, std::shared_ptr<const Catalog>, const api::WhatIfRequest&);

  /// Does a bounded part of the work and says what it found. False: that was the last of it.
  bool step(api::WhatIfResponse& out);

 private:
  WhatIf(const EventLog& log, TenantId tenant, std::shared_ptr<const Catalog> catalog)
      : log_(&log), tenant_(std::move(tenant)), catalog_(std::move(catalog)) {}

  void count();
  std::vector<OrderId> next();
  void look_at(const OrderId&, api::WhatIfResponse& out);

  const EventLog* log_;
  TenantId tenant_;
  std::shared_ptr<const Catalog> catalog_;
  std::vector<OrderId> named_;
  std::size_t next_named_ = 0;
  std::optional<IndexQuery> query_;  ///< without named ones
  std::string counted_;              ///< up to there
  bool counting_ = false;
  api::WhatIfTotals totals_;
};

/// The products that the order names, as they were before the commit that took it.
Inventory inventory_before(const EventLog&, const Loaded<product_order::State>&);

}  // namespace comd::north
