#include "actors/messages.h"

namespace comd {

Answer refused(RejectionCode code, std::string message, std::string hint) {
  return Answer{Reply{Rejection{code, std::move(message), {}, std::move(hint)}, {}, false}, nullptr};
}

Mail::~Mail() {
  if (done)
    answer(refused(RejectionCode::unavailable, "Expected an answer from " + stream.value + ", but comd stops or its actor ended",
                   "Send the same command again; what was recorded is not recorded twice."));
}

void Mail::answer(Answer result) {
  auto callback = std::exchange(done, nullptr);
  auto counted = std::exchange(gate, nullptr);
  if (callback) callback(std::move(result));
  if (counted) counted->in_flight.fetch_sub(1);
  if (auto waited = std::exchange(waits, nullptr)) waited->fetch_sub(1);
}

RejectionCode code_of_full(const AnyCommand& command) {
  const auto* of_order = std::get_if<service_order::Command>(&command);
  const bool report = (of_order != nullptr && std::holds_alternative<service_order::TakeReport>(*of_order)) ||
                      std::holds_alternative<service::Command>(command) || std::holds_alternative<unmatched::Command>(command);
  return report ? RejectionCode::unavailable : RejectionCode::limit;
}

namespace {

struct Namer {
  std::string operator()(const product_order::Submit&) const { return "Submit"; }
  std::string operator()(const product_order::Cancel&) const { return "Cancel"; }
  std::string operator()(const product_order::Archive&) const { return "Archive"; }
  std::string operator()(const product_order::Revise&) const { return "Revise"; }
  std::string operator()(const product_order::NoteSettled&) const { return "NoteSettled"; }
  std::string operator()(const product_order::NoteHeld&) const { return "NoteHeld"; }
  std::string operator()(const product_order::NotePonr&) const { return "NotePonr"; }
  std::string operator()(const product_order::NoteExpected&) const { return "NoteExpected"; }
  std::string operator()(const product_order::NoteCancelRefused&) const { return "NoteCancelRefused"; }
  std::string operator()(const product_order::NoteAmended&) const { return "NoteAmended"; }
  std::string operator()(const service_order::Amend&) const { return "Amend"; }
  std::string operator()(const product_order::CheckRelated&) const { return "CheckRelated"; }
  std::string operator()(const service_order::Prioritise&) const { return "Prioritise"; }
  std::string operator()(const product_order::SettleClaim&) const { return "SettleClaim"; }
  std::string operator()(const product_order::NoteInLine&) const { return "NoteInLine"; }
  std::string operator()(const product_order::SettleWrite&) const { return "SettleWrite"; }
  std::string operator()(const product_order::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const product_order::Intervene& c) const { return "Intervene:" + std::string(to_text(c.what.remedy)); }
  std::string operator()(const service_order::Intervene& c) const { return "Intervene:" + std::string(to_text(c.what.remedy)); }
  std::string operator()(const service_order::Reopen&) const { return "Reopen"; }
  std::string operator()(const service_order::Release&) const { return "Release"; }
  std::string operator()(const service_order::MarkSent&) const { return "MarkSent"; }
  std::string operator()(const service_order::CallLost&) const { return "CallLost"; }
  std::string operator()(const service_order::SettleEffect&) const { return "SettleEffect"; }
  std::string operator()(const service_order::TakeReport&) const { return "TakeReport"; }
  std::string operator()(const service_order::Cancel&) const { return "Cancel"; }
  std::string operator()(const service_order::Nudge&) const { return "Nudge"; }
  std::string operator()(const service_order::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const product::Claim&) const { return "Claim"; }
  std::string operator()(const product::Withdraw&) const { return "WithdrawClaim"; }
  std::string operator()(const product::Write&) const { return "Write"; }
  std::string operator()(const product::SettlePush&) const { return "SettlePush"; }
  std::string operator()(const product::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const service::TakeNews&) const { return "TakeNews"; }
  std::string operator()(const catalog_log::Load&) const { return "Load"; }
  std::string operator()(const catalog_log::RollOut&) const { return "RollOut"; }
  std::string operator()(const catalog_log::Withdraw&) const { return "Withdraw"; }
  std::string operator()(const unmatched::Record&) const { return "Record"; }
  std::string operator()(const quarantine::Enter&) const { return "Quarantine"; }
  std::string operator()(const quarantine::Release&) const { return "Release"; }
  std::string operator()(const quarantine::Skip&) const { return "Skip"; }
  std::string operator()(const quarantine::Correct&) const { return "Correct"; }
  std::string operator()(const quarantine::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const epoch::Begin&) const { return "BeginEpoch"; }
  std::string operator()(const epoch::Reconcile&) const { return "ReconcileEpoch"; }
  std::string operator()(const hold::Place&) const { return "PlaceHold"; }
  std::string operator()(const hold::Lift&) const { return "LiftHold"; }
  std::string operator()(const hold::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const subject::Forget&) const { return "Forget"; }
  std::string operator()(const subject::Withdraw&) const { return "Withdraw"; }
  std::string operator()(const subject::SettleErase&) const { return "SettleErase"; }
  std::string operator()(const subject::TimerDue& c) const { return "TimerDue:" + c.name; }
  std::string operator()(const repair::Start&) const { return "StartRepair"; }
  std::string operator()(const repair::SettleTry&) const { return "SettleTry"; }
  std::string operator()(const repair::Steer&) const { return "SteerRepair"; }
  std::string operator()(const repair::TimerDue& c) const { return "TimerDue:" + c.name; }
};

}  // namespace

std::string name_of(const AnyCommand& command) {
  return std::visit([](const auto& family) { return std::visit(Namer{}, family); }, command);
}

}  // namespace comd
