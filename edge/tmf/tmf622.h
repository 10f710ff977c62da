#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "domain/order.h"
#include "domain/result.h"
#include "edge/tmf/limits.h"

/// The anti-corruption layer: TMF622 v4 ProductOrder JSON to the domain's order. What each attribute becomes, what is kept and
/// what is refused: docs/tmf622.md.
namespace comd::tmf {

struct Context {
  TenantId tenant;
  std::string source;  ///< the submitting system
  Limits limits;
  Instant now{};
};

/// An order, and what is wrong with it only if it is submitted now for the first time: a requested date that has passed. A
/// repeat of what was recorded when the date was still ahead is answered like the first time.
struct Submission {
  Order order;
  std::vector<Rejection> untimely;
};

/// All errors that were found (up to max_findings), in document order, or the order. Needs no catalogue and no inventory: whether
/// offerings and products exist is for the domain's `check`.
Result<Submission, std::vector<Rejection>> parse_submission(std::string_view bytes, const Context&);

/// The same for an order that is not known yet: what is untimely is an error too.
Result<Order, std::vector<Rejection>> parse(std::string_view bytes, const Context&);

/// Sha-256 of the order's canonical document, hex: the same for the same content in other spelling (spaces, order of keys,
/// server-made attributes).
std::string digest(const Order&);

/// "po-" and 26 characters: always the same for the same three. A key that is not an external id never meets one.
OrderId order_id(const TenantId&, std::string_view source, std::string_view external_id);
OrderId order_id_of_key(const TenantId&, std::string_view source, std::string_view idempotency_key);

/// What differs between two canonical documents, for people: the first few paths, without the values, which may be personal data.
/// Empty: nothing.
std::string difference(std::string_view first_document, std::string_view second_document);

}  // namespace comd::tmf
