#include "edge/tmf/tmf622.h"

#include <algorithm>
#include <set>

#include "edge/tmf/reader.h"
#include "edge/tmf/relations.h"
#include "edge/tmf/shape.h"

namespace comd::tmf {
namespace {

/// Attributes that only the server sets (TMF622 v4). A client's values are ignored and not stored: comd gives its own back.
/// creationDate is v5's name for orderDate; productOrderJeopardyAlert is v5's, and comd gives it already.
constexpr const char* kServerMade[] = {
    "id", "href", "orderDate", "creationDate", "state", "completionDate", "expectedCompletionDate", "productOrderJeopardyAlert"};

std::optional<Action> action_of(std::string_view text) {
  for (const Action action : {Action::add, Action::modify, Action::remove, Action::no_change}) {
    if (text == to_text(action)) return action;
  }
  return std::nullopt;
}

/// One pass over the document. Items are flattened as they are met.
class OrderReader {
 public:
  explicit OrderReader(const Context& context) : context_(context), reader_(context.limits) {}

  Result<Submission, std::vector<Rejection>> read(Json& root) {
    if (!is_product_order(root, reader_)) return Err(std::move(reader_).findings());
    const Path top;
    order_.tenant = context_.tenant;
    order_.source = context_.source;
    order_.external_id = external_id(root, top);
    order_.category = reader_.text(root, "category", top, context_.limits.max_text).value_or("");
    (void)reader_.text(root, "description", top, context_.limits.max_text);  // given back from the document
    priority(root, top);
    parties(root, top);
    qualifications(root, top);
    check_kept_order(root, top, reader_);
    items(root, top, "");
    named_below(root);
    if (!too_many_items_) relate(order_.items, where_, relations_, reader_);
    check_items();
    dates(root, top);
    relate_order(root, top, order_, reader_);
    if (reader_.count() > 0) {
      for (Rejection& late : untimely_) reader_.invalid(std::move(late.message), std::move(late.where), std::move(late.hint));
      return Err(std::move(reader_).findings());
    }
    for (const char* name : kServerMade) root.erase(name);
    drop_item_states(root);
    order_.document = canonical(root);
    return Submission{std::move(order_), std::move(untimely_)};
  }

 private:
  const Limits& limits() const { return context_.limits; }

  /// A string in v4. v5 has a list of {id, …}: one entry means the same.
  std::string external_id(const Json& root, const Path& top) {
    const Json* value = attribute(root, "externalId");
    if (value == nullptr || !value->is_array()) return reader_.text(root, "externalId", top, limits().max_id).value_or("");
    const Path entry{&top, "externalId", 0};
    if (value->size() != 1) {
      reader_.invalid("Expected one externalId, but got " + std::to_string(value->size()), "externalId",
                      "It identifies the order: send the one of the submitting system, as a string");
      return "";
    }
    if (!reader_.is_object(value->front(), entry)) return "";
    return reader_.required_text(value->front(), "id", entry, limits().max_id).value_or("");
  }

  void priority(const Json& root, const Path& top) {
    const auto text = reader_.text(root, "priority", top, limits().max_text);
    if (!text) return;
    if (text->size() == 1 && (*text)[0] >= '0' && (*text)[0] <= '4') {
      order_.priority = static_cast<std::uint8_t>((*text)[0] - '0');
    } else {
      reader_.invalid("Expected a priority from \"0\" (highest) to \"4\" (lowest), but got \"" + text->substr(0, 20) + "\"",
                      "priority");
    }
  }

  void parties(const Json& root, const Path& top) {
    const Json* list = reader_.array(root, "relatedParty", top);
    if (list == nullptr) return;
    if (list->size() > limits().max_parties) {
      return reader_.too_many("related parties", "max_parties", limits().max_parties, list->size(), "relatedParty",
                              "Leave out some");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& party = (*list)[i];
      const Path path{&top, "relatedParty", static_cast<std::ptrdiff_t>(i)};
      if (!reader_.is_object(party, path)) continue;
      const std::string role = reader_.text(party, "role", path, limits().max_text).value_or("");
      // v5 puts the reference one level down.
      const Json* inner = party.contains("id") ? nullptr : reader_.object(party, "partyOrPartyRole", path);
      const Path inner_path{&path, "partyOrPartyRole"};
      const auto id = inner == nullptr ? reader_.required_text(party, "id", path, limits().max_id)
                                       : reader_.required_text(*inner, "id", inner_path, limits().max_id);
      if (id) order_.parties.push_back({*id, role});
    }
  }

  /// The parties that items, products or notes name, wherever they do: the id of each entry of a relatedParty, or of an author. Whom
  /// the document is about counts, not in which role.
  void named_below(const Json& root) {
    std::set<std::string> known;
    for (const PartyRef& party : order_.parties) known.insert(party.id);
    for (const auto& [name, value] : root.get_ref<const Json::object_t&>())
      if (name != "relatedParty") look_below(value, known);
    if (known.size() > limits().max_parties)
      reader_.too_many("parties named anywhere", "max_parties", limits().max_parties, known.size(), "productOrderItem",
                       "Leave out some");
  }

  void look_below(const Json& value, std::set<std::string>& known) {
    if (value.is_array()) {
      for (const Json& entry : value) look_below(entry, known);
    } else if (value.is_object()) {
      for (const auto& [name, inner] : value.get_ref<const Json::object_t&>()) {
        if (name == "relatedParty" || name == "author") named(inner, known);
        look_below(inner, known);
      }
    }
  }

  void named(const Json& party, std::set<std::string>& known) {
    if (party.is_array()) {
      for (const Json& entry : party) named(entry, known);
    } else if (party.is_object()) {
      const auto inner = party.find("partyOrPartyRole");  // v5
      const Json& who = inner == party.end() || !inner->is_object() ? party : *inner;
      const auto id = who.find("id");
      if (id == who.end() || !id->is_string()) return;
      auto text = id->get<std::string>();
      if (!text.empty() && known.insert(text).second) order_.others.push_back({std::move(text), {}});
    }
  }

  void qualifications(const Json& root, const Path& top) {
    const Json* list = reader_.array(root, "productOfferingQualification", top);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const Path path{&top, "productOfferingQualification", static_cast<std::ptrdiff_t>(i)};
      if (!reader_.is_object((*list)[i], path)) continue;
      if (const auto id = reader_.required_text((*list)[i], "id", path, limits().max_id)) order_.qualifications.push_back(*id);
    }
  }

  /// A requested date in the past is refused where it cannot be meant: completion before the order was placed, or before a
  /// start that is still ahead. A start in the past means "now". A document that was placed elsewhere carries its orderDate.
  void dates(const Json& root, const Path& top) {
    order_.requested_start = reader_.date(root, "requestedStartDate", top);
    order_.requested_completion = reader_.date(root, "requestedCompletionDate", top);
    const auto ordered = reader_.date(root, root.contains("orderDate") ? "orderDate" : "creationDate", top);
    if (!order_.requested_completion) return;
    const Instant placed = ordered ? std::min(*ordered, context_.now) : context_.now;
    if (*order_.requested_completion < placed) {
      untimely_.push_back({RejectionCode::invalid,
                           "Expected a requested completion that is not in the past, but " +
                               to_text(*order_.requested_completion) + " is before " + to_text(placed) +
                               (placed == context_.now ? " (now)" : " (the orderDate)"),
                           "requestedCompletionDate", "Ask for a later date, or leave it out"});
    } else if (order_.requested_start && *order_.requested_start > context_.now &&
               *order_.requested_completion < *order_.requested_start) {
      reader_.invalid("Expected a requested completion after the requested start, but " + to_text(*order_.requested_completion) +
                          " is before " + to_text(*order_.requested_start),
                      "requestedCompletionDate", "Correct one of the two dates");
    }
  }

  /// The items of the order, or those nested in an item, which bundles them.
  void items(const Json& owner, const Path& path, const std::string& parent) {
    const Json* list = reader_.array(owner, "productOrderItem", path);
    const bool top = path.name.empty();
    if (top && (attribute(owner, "productOrderItem") == nullptr || (list != nullptr && list->empty()))) {
      reader_.invalid(
          std::string{"Expected at least one order item, but "} + (list == nullptr ? "there is null" : "the list is empty"),
          "productOrderItem", "Add the items of the order");
    }
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (order_.items.size() >= limits().max_items) {
        if (!too_many_items_) {
          reader_.too_many("order items", "max_items", limits().max_items, count_items(*list) - i + order_.items.size(),
                           path.text("productOrderItem"), "Split the order into several");
        }
        too_many_items_ = true;
        return;
      }
      item((*list)[i], Path{&path, "productOrderItem", static_cast<std::ptrdiff_t>(i)}, parent);
    }
  }

  /// At least this many: with those nested in the list's own.
  static std::size_t count_items(const Json& list) {
    std::size_t count = list.size();
    for (const Json& item : list) {
      const Json* nested = item.is_object() ? attribute(item, "productOrderItem") : nullptr;
      if (nested != nullptr && nested->is_array()) count += count_items(*nested);
    }
    return count;
  }

  void item(const Json& json, const Path& path, const std::string& parent) {
    if (!reader_.is_object(json, path)) return;
    OrderItem item;
    item.id = reader_.required_text(json, "id", path, limits().max_id).value_or("");
    const bool has_action = action(json, path, item);
    quantity(json, path, item);
    item.requested_start = reader_.date(json, "requestedStartDate", path);
    if (const Json* offering = reader_.object(json, "productOffering", path)) {
      const Path inner{&path, "productOffering"};
      OfferingRef ref;
      ref.id = reader_.required_text(*offering, "id", inner, limits().max_id).value_or("");
      ref.name = reader_.text(*offering, "name", inner, limits().max_text).value_or("");
      item.offering = std::move(ref);
    }
    if (const Json* product = reader_.object(json, "product", path)) read_product(*product, Path{&path, "product"}, item);
    check_kept_item(json, path, reader_);
    read_relations(json, path, item.id);
    if (!parent.empty() && !item.id.empty()) relations_.push_back({parent, item.id, "bundles", path.text()});
    units_ += std::size_t{item.quantity} * std::max<std::size_t>(1, item.places.size());
    const std::string id = item.id;
    where_.push_back(path.text());
    has_action_.push_back(has_action);
    order_.items.push_back(std::move(item));
    items(json, path, id);
  }

  bool action(const Json& json, const Path& path, OrderItem& item) {
    const auto text = reader_.required_text(json, "action", path, limits().max_text);
    const auto action = text ? action_of(*text) : std::nullopt;
    if (action) item.action = *action;
    if (text && !action) {
      reader_.invalid("Expected one of add, modify, delete, noChange, but got '" + text->substr(0, 60) + "'",
                      path.text("action"));
    }
    return action.has_value();
  }

  void quantity(const Json& json, const Path& path, OrderItem& item) {
    const Json* value = attribute(json, "quantity");
    if (value == nullptr) return;
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() == 0) {
      reader_.invalid("Expected a whole number of at least 1, but got " +
                          (value->is_number() ? value->dump() : std::string{kind_of_json(*value)}),
                      path.text("quantity"));
    } else if (const auto count = value->get<std::uint64_t>(); count > limits().max_quantity) {
      reader_.too_many("pieces", "max_quantity", limits().max_quantity, count, path.text("quantity"),
                       "Split the item into several orders");
    } else {
      item.quantity = static_cast<std::uint32_t>(count);
    }
  }

  void read_product(const Json& product, const Path& path, OrderItem& item) {
    check_kept_product(product, path, reader_);
    if (const auto id = reader_.text(product, "id", path, limits().max_id)) item.product = ProductId{*id};
    if (const Json* spec = reader_.object(product, "productSpecification", path)) {
      const Path inner{&path, "productSpecification"};
      (void)reader_.required_text(*spec, "id", inner, limits().max_id);
      const auto version = reader_.text(*spec, "version", inner, limits().max_id);
      if (item.offering && version) item.offering->version = *version;
    }
    characteristics(product, path, item);
    places(product, path, item);
  }

  void characteristics(const Json& product, const Path& path, OrderItem& item) {
    const Json* list = reader_.array(product, "productCharacteristic", path);
    if (list == nullptr) return;
    if (list->size() > limits().max_characteristics) {
      return reader_.too_many("characteristics", "max_characteristics", limits().max_characteristics, list->size(),
                              path.text("productCharacteristic"), "Group them in objects");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& entry = (*list)[i];
      const Path at{&path, "productCharacteristic", static_cast<std::ptrdiff_t>(i)};
      if (!reader_.is_object(entry, at)) continue;
      const auto name = reader_.required_text(entry, "name", at, limits().max_id);
      const auto value = entry.find("value");
      if (value == entry.end()) {
        reader_.invalid("Expected a value of any JSON type, but it is missing", at.text("value"),
                        "Write null for an empty value");
      } else if (name && !item.characteristics.emplace(*name, Value{canonical(*value)}).second) {
        reader_.invalid("Expected each characteristic once, but '" + *name + "' is there twice", at.text("name"),
                        "Send several values as one array");
      }
    }
  }

  void places(const Json& product, const Path& path, OrderItem& item) {
    const Json* list = reader_.array(product, "place", path);
    if (list == nullptr) return;
    if (list->size() > limits().max_places) {
      return reader_.too_many("places", "max_places", limits().max_places, list->size(), path.text("place"),
                              "Split the item into several");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Path at{&path, "place", static_cast<std::ptrdiff_t>(i)};
      if (!reader_.is_object((*list)[i], at)) continue;
      const auto text = [&](const char* name, std::size_t max) { return reader_.text((*list)[i], name, at, max).value_or(""); };
      item.places.push_back({text("id", limits().max_id), text("role", limits().max_text), text("name", limits().max_text)});
    }
  }

  void read_relations(const Json& json, const Path& path, const std::string& from) {
    const Json* list = reader_.array(json, "productOrderItemRelationship", path);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const Path at{&path, "productOrderItemRelationship", static_cast<std::ptrdiff_t>(i)};
      if (!reader_.is_object((*list)[i], at)) continue;
      const auto to = reader_.required_text((*list)[i], "id", at, limits().max_id);
      const auto type = reader_.required_text((*list)[i], "relationshipType", at, limits().max_id);
      if (to && type) relations_.push_back({from, *to, *type, at.text()});
    }
  }

  /// What can be asked of an item only when the relations are known.
  void check_items() {
    for (std::size_t i = 0; i < order_.items.size(); ++i) {
      const OrderItem& item = order_.items[i];
      if (!has_action_[i]) continue;
      const bool groups =
          std::ranges::any_of(item.relations, [](const ItemRelation& r) { return r.kind == RelationKind::bundles; });
      if (item.action == Action::add && !item.offering && !groups) {
        reader_.invalid("Expected a productOffering, but it is missing", where_[i] + ".productOffering",
                        "Name what is ordered; only an item that bundles others may be without");
      }
      const bool nothing_to_change = item.action == Action::no_change && groups;
      if (item.action != Action::add && item.product.empty() && !nothing_to_change) {
        reader_.invalid(
            "Expected the id of the existing product for action " + std::string{to_text(item.action)} + ", but it is missing",
            where_[i] + ".product.id", "Take it from the inventory: comctl inventory product list");
      }
    }
    if (units_ > limits().max_units) {
      reader_.too_many("units, counting quantity times places,", "max_units", limits().max_units, units_, "productOrderItem",
                       "Split the order into several");
    }
  }

  static void drop_item_states(Json& owner) {
    const auto list = owner.find("productOrderItem");
    if (list == owner.end() || !list->is_array()) return;
    for (Json& item : *list) {
      item.erase("state");
      drop_item_states(item);
    }
  }

  const Context& context_;
  Reader reader_;
  Order order_;
  std::vector<std::string> where_;  ///< path of each item
  std::vector<bool> has_action_;
  std::vector<RawRelation> relations_;
  std::vector<Rejection> untimely_;
  std::size_t units_ = 0;
  bool too_many_items_ = false;
};

}  // namespace

Result<Submission, std::vector<Rejection>> parse_submission(std::string_view bytes, const Context& context) {
  auto root = parse_json(bytes, context.limits);
  if (!root) return Err(std::move(root.error()));
  try {
    return OrderReader{context}.read(*root);
  } catch (const Json::exception& error) {
    return Err(
        std::vector<Rejection>{{RejectionCode::invalid, std::string{"Expected a ProductOrder, but "} + error.what(), "", ""}});
  }
}

Result<Order, std::vector<Rejection>> parse(std::string_view bytes, const Context& context) {
  auto submission = parse_submission(bytes, context);
  if (!submission) return Err(std::move(submission.error()));
  if (!submission->untimely.empty()) return Err(std::move(submission->untimely));
  return std::move(submission->order);
}

}  // namespace comd::tmf
