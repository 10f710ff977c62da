#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/value.h"

/// What a customer ordered: the domain's own form of a TMF622 ProductOrder, made by the anti-corruption layer (edge/tmf).
/// A value; it never changes after submission.
///
/// Personal data does not come here: where keys are configured, the edge has put a token in the place of each value that is
/// (domain/sealed.h), and what is made of the order carries the tokens along.
namespace comd {

enum class Action : std::uint8_t {
  add = 1,
  modify = 2,
  remove = 3,
  no_change = 4
};  // on disk: never renumber. TMF: add modify delete noChange
std::string_view to_text(Action);

struct OfferingRef {
  std::string id;
  std::string name;
  std::string version;  ///< of the product specification, where the order gives one
  bool operator==(const OfferingRef&) const = default;
};

/// Where personal data is sealed, `id` is a pseudonym, the same in all orders of a tenant, and `sealed` a token of the real one.
struct PartyRef {
  std::string id;
  std::string role;
  std::string sealed = {};
  bool operator==(const PartyRef&) const = default;
};

/// The role among `others` by which a sealed order that names nobody is its own data subject.
inline constexpr std::string_view kOrderItself = "order";

/// Where personal data is sealed, id and name are tokens.
struct PlaceRef {
  std::string id;
  std::string role;
  std::string name;
  bool operator==(const PlaceRef&) const = default;
};

/// `bundles`: this item contains the other. `relies_on`: this item's work starts after the other's. Open string in TMF622 v4:
/// other types are kept in the document and have no effect on the plan.
enum class RelationKind : std::uint8_t { bundles = 1, relies_on = 2 };
struct ItemRelation {
  RelationKind kind{};
  std::string item;
  bool operator==(const ItemRelation&) const = default;
};

struct OrderItem {
  std::string id;  ///< the client's, unique in the order
  Action action{};
  std::uint32_t quantity = 1;
  std::vector<ItemRelation> relations;  ///< nesting arrives here as `bundles` on the parent
  std::optional<OfferingRef> offering;  ///< absent for a pure grouping item, or for modify/delete by product id alone
  ProductId product;                    ///< existing product, for modify, delete, noChange
  Values characteristics;
  std::vector<PlaceRef> places;
  std::optional<Instant> requested_start;  ///< of its own, and of what is bundled under it
  bool operator==(const OrderItem&) const = default;
};

/// `start_after`: this order begins when the other has completed. `cancel_with`: it is cancelled when the other is. Other types are
/// kept in the document and have no effect.
enum class OrderRelationKind : std::uint8_t { start_after = 1, cancel_with = 2 };  // on disk
struct OrderRelation {
  OrderRelationKind kind{};
  OrderId order;
  bool operator==(const OrderRelation&) const = default;
};

struct Order {
  TenantId tenant;
  std::string source;  ///< the submitting system; part of the identity together with external_id
  std::string external_id;
  std::string category;
  std::uint8_t priority = 4;  ///< TMF: 0 is highest, 4 lowest
  std::optional<Instant> requested_start;
  std::optional<Instant> requested_completion;
  std::vector<PartyRef> parties;
  std::vector<PartyRef> others;             ///< named only further down, by items or notes; or kOrderItself
  std::vector<std::string> qualifications;  ///< productOfferingQualification ids
  std::vector<OrderItem> items;             ///< flat, in document order
  std::vector<OrderRelation> relations;     ///< to other orders of the tenant
  /// The submitted TMF622 JSON, canonical, or a token of it; opaque to the domain: attributes comd does not know are given back
  /// from here.
  std::string document;
  bool operator==(const Order&) const = default;
};

const OrderItem* find_item(const Order&, std::string_view id);

}  // namespace comd
