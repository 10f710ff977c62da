#pragma once
#include <map>
#include <string>
#include <vector>

#include "domain/order.h"
#include "edge/tmf/reader.h"

namespace comd::tmf {

/// A relation as the document has it, not yet known to be sound.
struct RawRelation {
  std::string from, to;
  std::string type;
  std::string where;
};

/// Checks ids and relations of the flat items, and turns the relations that mean something to the plan into the domain's:
/// bundles (and its inverse bundledBy), reliesOn (and dependsOn). Any other type is an open string: kept, without effect.
/// `where` holds each item's path.
void relate(std::vector<OrderItem>& items, const std::vector<std::string>& where, const std::vector<RawRelation>&, Reader&);

/// v5's `orderRelationship`, read in v4 too: startAfter and cancelWith. Any other type is kept, without effect. An order is named by the
/// id that comd gave it, or by its externalId if the same system submitted it.
void relate_order(const Json& root, const Path&, Order&, Reader&);

}  // namespace comd::tmf
