#include "edge/grpc/submit.h"

#include "domain/sealed.h"
#include "edge/grpc/convert.h"
#include "edge/tmf/tmf622.h"

namespace comd::north {
namespace {

constexpr std::size_t kKeyMax = 256;  // of source and idempotency key: they are hashed, kept and shown

std::optional<Rejection> too_long(std::string_view name, const std::string& value) {
  if (value.size() <= kKeyMax) return std::nullopt;
  return Rejection{RejectionCode::limit,
                   "Expected " + std::string(name) + " to be at most " + std::to_string(kKeyMax) + " bytes, but it has " +
                       std::to_string(value.size()) + ".",
                   std::string(name), "Send a shorter one."};
}

/// With neither external id nor key nobody could mean the same order twice: it gets an id of its own.
OrderId id_of(const Order& order, const api::SubmitRequest& request) {
  if (!order.external_id.empty()) return tmf::order_id(order.tenant, order.source, order.external_id);
  if (!request.idempotency_key().empty()) return tmf::order_id_of_key(order.tenant, order.source, request.idempotency_key());
  return tmf::order_id_of_key(order.tenant, order.source, draw_id());
}

/// "acknowledged" is what the submission led to, now and for every repeat; where the order is by now, Get says.
api::SubmitResponse answer(const OrderId& id, std::string catalog_version, Position position, api::SubmitOutcome outcome,
                           const std::string& correlation) {
  api::SubmitResponse out;
  out.set_order_id(id.value);
  out.set_state(std::string(to_text(OrderStatus::acknowledged)));
  out.set_position(number(position));
  out.set_catalog_version(std::move(catalog_version));
  out.set_outcome(outcome);
  out.set_correlation_id(correlation);
  return out;
}

Result<api::SubmitResponse, grpc::Status> repeated(const Core& core, const OrderId& id, const TenantId& tenant) {
  const auto first = core.reader.order(id, tenant);
  if (!first) return Err(status_of(first.error()));
  return answer(id, first->state.catalog_version, first->first, api::SUBMIT_OUTCOME_REPEATED, first->cause.correlation);
}

grpc::Status conflict(const Core& core, Rejection rejection, const OrderId& id, const TenantId& tenant,
                      const std::string& document) {
  if (const auto first = core.reader.order(id, tenant)) {
    const auto& known = first->state.order.document;
    const auto differs = is_sealed(known) ? std::string{} : tmf::difference(known, document);  // erased: nothing to compare with
    if (!differs.empty()) rejection.message = join(std::move(rejection.message), "What differs: " + differs);
    if (rejection.hint.empty())
      rejection.hint = "The first submission stands as " + id.value + ". A new order needs an externalId of its own.";
  }
  return status_of(rejection);
}

}  // namespace

std::optional<std::vector<Rejection>> seal_order(const Core& core, Order& order, const OrderId& id, const std::string& version) {
  if (!core.sealing.on()) return std::nullopt;
  if (auto refused = crypto::looks_sealed(order.document)) return std::vector{*std::move(refused)};
  const auto catalogs = core.engine.catalogs();
  const Catalog* catalog = catalogs->find(version);
  static const std::vector<std::string> none;
  if (catalog != nullptr) {
    auto found = check_personal(order, *catalog);
    // A repeat of what an older catalogue took is answered as the first time.
    if (!found.empty() && core.engine.log().head(stream_of(id)) == Version{}) return found;
  }
  if (auto sealed = core.sealing.seal(order, id, catalog == nullptr ? none : catalog->personal); !sealed)
    return std::vector{sealed.error()};
  return std::nullopt;
}

void submit(const Core& core, const Caller& caller, const api::SubmitRequest& request, Submitted done) {
  auto cause = cause_of(caller, "Submit");
  if (cause.correlation.empty()) cause.correlation = draw_id();
  if (cause.traceparent.empty()) cause.traceparent = draw_traceparent();
  const auto refuse = [&](const grpc::Status& status) {
    log_order(spdlog::level::info, "Refused a submission", cause, {}, {{"why", status.error_message()}});
    done(Err(status));
  };
  if (auto rejection = too_long("source", request.source())) return refuse(status_of(*rejection));
  if (auto rejection = too_long("idempotency_key", request.idempotency_key())) return refuse(status_of(*rejection));
  auto submission = tmf::parse_submission(
      request.tmf622_json(), {caller.principal.tenant, request.source(), core.limits.order, core.engine.clock().now()});
  if (!submission) {  // its text quotes what was sent, for who sent it; that may be personal data
    const auto status = status_of(submission.error());
    const auto& where = submission.error().front().where;
    log_order(spdlog::level::info, "Refused a submission", cause, {},
              {{"why", "not a ProductOrder as comd takes it"},
               {"where", where},
               {"errors", std::to_string(submission.error().size())}});
    return done(Err(status));
  }
  Order& order = submission->order;

  const auto id = id_of(order, request);
  // A date that has passed refuses a new order; a repeat of one that was accepted in time is answered as the first time.
  if (!submission->untimely.empty() && core.engine.log().head(stream_of(id)) == Version{})
    return refuse(status_of(submission->untimely));
  // The version is chosen here, so that the answer can name it; a version stays readable once loaded.
  auto version = request.catalog_version();
  if (version.empty()) {
    const auto catalogs = core.engine.catalogs();
    if (const auto* taken = catalogs->for_order(caller.principal.tenant, id)) version = taken->version;
  }
  auto document = std::make_shared<const std::string>(order.document);
  auto digest = core.sealing.digest(order);
  if (auto refused = seal_order(core, order, id, version)) return refuse(status_of(*refused));
  product_order::Submit command{std::move(order), std::move(digest), version};
  core.engine.execute(
      stream_of(id), product_order::Command{std::move(command)}, cause,
      [&core, id, version, document, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          const auto status = reply.rejection->code == RejectionCode::conflict
                                  ? conflict(core, *reply.rejection, id, cause.tenant, *document)
                              : reply.retry_after > Millis{0} ? status_of(*reply.rejection, reply.retry_after)
                                                              : status_of(*reply.rejection);
          log_order(spdlog::level::info, "Refused a submission", cause, id.value, {{"why", status.error_message()}});
          return done(Err(status));
        }
        if (!reply.changed) return done(repeated(core, id, cause.tenant));
        log_order(spdlog::level::debug, "Recorded a submission", cause, id.value);
        done(answer(id, version, reply.position, api::SUBMIT_OUTCOME_CREATED, cause.correlation));
      });
}

}  // namespace comd::north
