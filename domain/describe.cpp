#include "domain/overload.h"
#include "domain/views.h"

namespace comd {
namespace {

std::string fault_text(const service_order::Fault& fault) {
  std::string out = fault.code.empty() ? std::string(to_text(fault.fault_class)) : fault.code;
  return fault.message.empty() ? out : out + ": " + fault.message;
}

std::string until(Instant at) { return at == Instant{} ? std::string{} : " until " + to_text(at); }

Line intervention_line(const Intervention& what, const std::string& whom, bool reopened) {
  std::string text = std::string(to_text(what.remedy)) + (whom.empty() ? "" : " " + whom) + " by " + what.by;
  if (what.remedy == Remedy::assign) text += what.assignee.empty() ? " to nobody" : " to " + what.assignee;
  if (what.force) text += ", forced";
  if (reopened) text += ", after its end";
  return {"Intervened", std::move(text), what.reason};
}

std::string count(std::size_t n, std::string_view one) {
  return std::to_string(n) + " " + std::string(one) + (n == 1 ? "" : "s");
}

}  // namespace

Line describe(const product_order::Event& event) {
  using namespace product_order;
  return std::visit(
      Overload{
          [](const Submitted& e) {
            return Line{"Submitted", count(e.order.items.size(), "item") + ", catalogue " + e.catalog_version,
                        "external id " + e.order.external_id};
          },
          [](const Postponed& e) {
            return Line{"Postponed", "waits" + until(e.until), "requested start date is ahead"};
          },
          [](const ClaimsRequested& e) {
            return Line{
                "ClaimsRequested",
                "claims " + count(e.products.size(), "product") + (e.queue ? ", in line where another order has them" : ""),
                "no other order may change them meanwhile"};
          },
          [](const ClaimSettled& e) {
            return Line{"ClaimSettled",
                        e.product.value + (e.granted          ? " claimed"
                                           : e.reason.empty() ? " withdrawn"
                                                              : " refused"),
                        e.reason};
          },
          [](const ClaimWaits& e) {
            return Line{"ClaimWaits", e.product.value + ": place " + std::to_string(e.place) + " in line",
                        e.claimed_by.value + " is changing it"};
          },
          [](const Decomposed& e) {
            return Line{"Decomposed", count(e.plan.service_orders.size(), "service order"),
                        "catalogue version " + e.plan.catalog_version};
          },
          [](const Released& e) {
            return Line{"Released", e.service_order.value + until(e.deadline), "prerequisites are met"};
          },
          [](const Settled& e) {
            return Line{e.skipped ? "Skipped" : "Settled", e.service_order.value + " " + std::string(to_text(e.outcome)),
                        e.fault.code.empty() ? "" : fault_text(e.fault)};
          },
          [](const Dropped& e) {
            return Line{"Dropped", e.service_order.value + " will not run", e.reason};
          },
          [](const ServiceOrderHeld& e) {
            return Line{e.held ? "ServiceOrderHeld" : "ServiceOrderResumed", e.service_order.value, e.reason};
          },
          [](const PonrReached& e) {
            return Line{"PonrReached", e.service_order.value + " is past its point of no return", ""};
          },
          [](const Overdue& e) {
            return Line{"Overdue", count(e.service_orders.size(), "service order") + " asked again" + until(e.next),
                        "no answer in time"};
          },
          [](const CancelRequested& e) {
            return Line{"CancelRequested", "by " + e.requested_by, e.reason};
          },
          [](const CancelDenied& e) {
            std::string text = "by " + e.requested_by + ", denied:";
            for (const Obstacle& one : e.obstacles) text += " " + one.service_order.value + " (" + one.why + ")";
            return Line{"CancelDenied", std::move(text), e.reason};
          },
          [](const UnwindStarted& e) {
            return Line{e.cause == UnwindCause::cancellation ? "CancellationStarted" : "RollbackStarted",
                        "quiets what runs, then undoes what was done", e.reason};
          },
          [](const CompensationPlanned& e) {
            return Line{"CompensationPlanned", count(e.service_orders.size(), "compensating service order"),
                        e.remainder.empty() ? "" : count(e.remainder.size(), "service order") + " cannot be undone"};
          },
          [](const Held& e) {
            return Line{e.reviews == 0 ? "Held" : "HoldReviewed", "waits for a person" + until(e.review_at), e.reason};
          },
          [](const WritesRequested& e) {
            return Line{"InventoryUpdateStarted", count(e.products.size(), "product"), "fulfilment is stable"};
          },
          [](const WriteSettled& e) {
            return Line{"InventoryUpdated", e.product.value + " is " + std::string(to_text(e.status)), ""};
          },
          [](const EffectsOverdue& e) {
            return Line{"InventoryOverdue", "sent again" + until(e.next), "no answer in time"};
          },
          [](const Closed& e) {
            return Line{"Closed", std::string(to_text(e.status)), e.reason};
          },
          [](const Intervened& e) { return intervention_line(e.what, e.service_order.value, false); },
          [](const Reopened& e) {
            return Line{"Reopened", e.service_order.value + ": " + std::string(to_text(e.what.remedy)) + until(e.deadline),
                        e.what.reason};
          },
          [](const HoldLifted& e) {
            return Line{"HoldLifted", e.accepted ? "goes on without what failed" : "goes on", ""};
          },
          [](const OnTime& e) {
            return Line{"OnTime", "expected by " + to_text(e.expected), "late if nothing moves until " + to_text(e.late_from)};
          },
          [](const JeopardyRaised& e) {
            return Line{"JeopardyRaised", "expected by " + to_text(e.expected) + ", later than requested", e.cause};
          },
          [](const ServiceOrderExpected& e) {
            return Line{"ServiceOrderExpected", e.service_order.value + " by " + to_text(e.completion), "said its system"};
          },
          [](const Archived& e) {
            return Line{"Archived", "by " + e.by + ", with its service orders", e.reason};
          },
          [](const Revised& e) {
            return Line{"Revised",
                        "revision " + std::to_string(e.revision) + " by " + e.requested_by + ": " +
                            count(e.plan.service_orders.size(), "new service order") + ", " +
                            std::to_string(e.superseded.size()) + " superseded" +
                            (e.amended.empty() ? "" : ", " + std::to_string(e.amended.size()) + " amended"),
                        e.reason};
          },
          [](const RevisionQueued& e) {
            return Line{"RevisionQueued", "revision " + std::to_string(e.revision) + " by " + e.requested_by, e.reason};
          },
          [](const RevisionDropped& e) {
            return Line{"RevisionDropped", "revision " + std::to_string(e.revision), e.why};
          },
          [](const OrdersAwaited& e) {
            std::string text = e.orders.empty() ? "no more" : "starts after";
            for (const OrderId& id : e.orders) text += " " + id.value;
            return Line{"OrdersAwaited", std::move(text), ""};
          },
          [](const Scheduled& e) {
            std::string text;
            for (const auto& [id, at] : e.not_before)
              text += (text.empty() ? "" : ", ") + id.value + (at == Instant{} ? " at any time" : " from " + to_text(at));
            return Line{"Scheduled", std::move(text), ""};
          },
          [](const ItemHeld& e) {
            std::string what = e.held ? e.reviews == 0 ? "is held" : "is still held" : "goes on";
            return Line{"ItemHeld", "item " + e.item + " " + std::move(what), e.reason};
          },
          [](const CancelAssessing& e) {
            std::string text = "by " + e.requested_by + ", asked first:";
            for (const ServiceOrderId& id : e.asked) text += " " + id.value;
            return Line{"CancelAssessing", std::move(text), e.reason};
          },
          [](const AmendAnswered& e) {
            return Line{e.accepted ? "ServiceOrderAmended" : "AmendmentRefused",
                        e.service_order.value + ", revision " + std::to_string(e.revision), e.detail};
          },
      },
      event);
}

Line describe(const service_order::Event& event) {
  using namespace service_order;
  return std::visit(
      Overload{
          [](const Opened& e) {
            return Line{"Opened", std::string(to_text(e.spec.action)) + " " + e.spec.specification + " at " + e.spec.target,
                        e.spec.undoes.empty() ? "" : "undoes " + e.spec.undoes.value};
          },
          [](const StillWaiting& e) {
            return Line{"StillWaiting", "looked at again" + until(e.next), "prerequisites are not complete"};
          },
          [](const Queued& e) {
            return Line{"Queued", "attempt " + std::to_string(e.attempt) + until(e.deadline), e.reason};
          },
          [](const Sent& e) {
            return Line{"Sent", "attempt " + std::to_string(e.attempt) + ", answer expected" + until(e.answer_by), ""};
          },
          [](const Accepted& e) {
            return Line{"Accepted",
                        (e.reference.empty() ? std::string("accepted") : "as " + e.reference) + ", completion expected" +
                            until(e.complete_by),
                        ""};
          },
          [](const Doubted& e) {
            return Line{"Doubted", std::string(e.ask ? "will ask" : "same key again") + " at " + to_text(e.next_step),
                        fault_text(e.fault)};
          },
          [](const RetryScheduled& e) {
            return Line{"RetryScheduled",
                        "attempt " + std::to_string(e.attempt) + " in " + std::to_string(e.delay.count()) + " ms",
                        fault_text(e.fault)};
          },
          [](const Reported& e) {
            std::string text = std::string(to_text(e.report.kind));
            if (e.disposition != Disposition::applied) text += " (" + std::string(to_text(e.disposition)) + ": changes nothing)";
            return Line{
                "Reported", text,
                e.report.message.empty() ? (e.report.fault.code.empty() ? "" : fault_text(e.report.fault)) : e.report.message};
          },
          [](const CancelRequested& e) {
            return Line{"CancelRequested", "cancel call" + until(e.deadline), e.reason};
          },
          [](const CancelAnswered& e) {
            return Line{e.accepted ? "CancelAccepted" : "CancelRefused",
                        e.accepted ? "expected" + until(e.deadline) : "runs to its own end", e.detail};
          },
          [](const CancelUnanswered& e) {
            return Line{"CancelUnanswered", "again at " + to_text(e.next), fault_text(e.fault)};
          },
          [](const Held& e) {
            return Line{e.reviews == 0 ? "Held" : "HoldReviewed", "waits for a person" + until(e.review_at), fault_text(e.fault)};
          },
          [](const Completed& e) {
            return Line{"Completed", e.outputs.empty() ? "" : count(e.outputs.size(), "output"), ""};
          },
          [](const PartlyActivated& e) {
            return Line{"PartlyActivated", e.detail, ""};
          },
          [](const Failed& e) {
            return Line{e.rejected ? "Rejected" : "Failed",
                        "after " + count(e.attempts, "failed attempt") + ", then " + std::string(to_text(e.then)),
                        fault_text(e.fault)};
          },
          [](const Cancelled& e) {
            return Line{"Cancelled", "", e.reason};
          },
          [](const TaskOpened& e) {
            return Line{"TaskOpened", "a person's work" + until(e.deadline), e.reason};
          },
          [](const TaskOverdue& e) {
            return Line{"TaskOverdue", "looked at again" + until(e.next), "not done in time"};
          },
          [](const Intervened& e) { return intervention_line(e.what, {}, e.reopened); },
          [](const Nudged&) {
            return Line{"Nudged", "the answer is told again", "the product order asked"};
          },
          [](const Dated& e) {
            return Line{"Dated", "its order is wanted by " + to_text(e.requested_completion), ""};
          },
          [](const Expected& e) {
            return Line{"Expected", "to be done by " + to_text(e.completion), ""};
          },
          [](const JeopardyRaised& e) {
            return Line{"JeopardyRaised", "takes longer than expected", e.cause};
          },
          [](const MilestoneReached& e) {
            return Line{"MilestoneReached", e.name + (e.description.empty() ? "" : ": " + e.description), e.message};
          },
          [](const Archived&) {
            return Line{"Archived", "with its order", ""};
          },
          [](const Prioritised& e) {
            return Line{"Prioritised", "priority " + std::to_string(e.priority), ""};
          },
          [](const Deferred& e) {
            return Line{"Deferred", e.timer + until(e.until), e.reason};
          },
          [](const AmendRequested& e) {
            return Line{"AmendRequested", "amend call" + until(e.deadline), "revision " + std::to_string(e.revision)};
          },
          [](const AmendAnswered& e) {
            return Line{e.accepted ? "Amended" : "AmendmentRefused", "revision " + std::to_string(e.revision), e.detail};
          },
          [](const AmendUnanswered& e) {
            return Line{"AmendUnanswered", "again at " + to_text(e.next), fault_text(e.fault)};
          },
      },
      event);
}

Line describe(const product::Event& event) {
  using namespace product;
  return std::visit(
      Overload{
          [](const Claimed& e) {
            return Line{"Claimed", "by " + e.order.value + " to " + std::string(to_text(e.action)), ""};
          },
          [](const Written& e) {
            return Line{"Written", std::string(to_text(e.product.status)) + ", " + count(e.product.services.size(), "service"),
                        std::string(to_text(e.action)) + " " + std::string(to_text(e.outcome)) + " by " + e.order.value};
          },
          [](const ClaimQueued& e) {
            return Line{"ClaimQueued", e.order.value + " waits to " + std::string(to_text(e.action)), ""};
          },
          [](const ClaimDropped& e) {
            return Line{"ClaimDropped", e.order.value + " waits no longer", e.reason};
          },
          [](const Pushed& e) {
            return Line{"Pushed", "version " + std::to_string(e.version) + " to the external product inventory", ""};
          },
          [](const PushDelayed& e) {
            return Line{"PushDelayed", "again at " + to_text(e.next), e.detail};
          },
      },
      event);
}

Line describe(const service::Event& event) {
  using namespace service;
  return std::visit(Overload{
                        [](const Changed& e) {
                          return Line{"Changed", std::string(product::to_text(e.record.state)) + ", " + e.record.specification,
                                      "by " + e.order.value};
                        },
                        [](const NewsRecorded& e) {
                          return Line{"News", std::string(to_text(e.kind)) + " says " + e.reporter, e.message};
                        },
                    },
                    event);
}

Line describe(const catalog_log::Event& event) {
  return std::visit(Overload{
                        [](const catalog_log::Loaded& e) {
                          return Line{"CatalogLoaded", e.name + " version " + e.version, "sha-256 " + e.digest};
                        },
                        [](const catalog_log::RolledOut& e) {
                          std::string text = "version " + e.version + " to " + std::to_string(e.percent) + " %";
                          for (const TenantId& tenant : e.tenants)
                            text += (tenant == e.tenants.front() ? " and tenant " : ", ") + tenant.value;
                          return Line{"CatalogRolledOut", text + " by " + e.by, e.reason};
                        },
                        [](const catalog_log::Withdrawn& e) {
                          return Line{"CatalogWithdrawn", "version " + e.version + " by " + e.by, e.reason};
                        },
                    },
                    event);
}

Line describe(const unreadable::Event& event) {
  const auto& e = std::get<unreadable::Unreadable>(event);
  return {"Unreadable", "event type " + std::to_string(e.type) + " in format " + std::to_string(e.format), e.why};
}

Line describe(const unmatched::Event& event) {
  const auto& e = std::get<unmatched::Recorded>(event);
  return {"UnmatchedReport", std::string(service_order::to_text(e.report.kind)) + " for " + e.service_order,
          "no such service order"};
}

}  // namespace comd
