#pragma once
#include <caf/all.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "actors/engine.h"
#include "actors/send_slots.h"

/// What travels between the actors. Everything large goes by shared pointer: a message is copied by CAF only as a handle.
namespace comd {

/// The answer to a command inside the process: what the caller gets, and for commands to products what the product is now.
struct Answer {
  Reply reply;
  std::shared_ptr<const product::State> product;
};

Answer refused(RejectionCode, std::string message, std::string hint = {});

/// Counts the commands of clients that are admitted and not yet answered.
struct Gate {
  std::atomic<std::size_t> in_flight{0};
  std::atomic<bool> open{true};
};

/// Asks an aggregate to hint again: all its effects, and those tells that the log still lists as pending.
struct Rehint {
  std::vector<Tell> tells;
};

/// One command on its way to its stream's actor. It is answered exactly once: a mail that is lost (its actor died, the process
/// stops) answers `unavailable` when it goes away.
struct Mail {
  Mail() = default;
  Mail(StreamId to, AnyCommand what, Cause why) : stream(std::move(to)), ask(std::move(what)), cause(std::move(why)) {}
  Mail(const Mail&) = delete;
  Mail& operator=(const Mail&) = delete;
  ~Mail();

  void answer(Answer);

  StreamId stream;
  std::variant<AnyCommand, Rehint> ask;
  Cause cause;
  std::optional<ConsumedTell> tell;  ///< set: this command is a tell, consumed by the append that decides on it
  bool want_product = false;         ///< the answer carries the product's state
  std::uint32_t tries = 0;           ///< appends that ended in a conflict
  std::chrono::steady_clock::time_point accepted{};
  std::function<void(Answer)> done;
  std::shared_ptr<Gate> gate;                       ///< set: counts as in flight until answered
  std::shared_ptr<std::atomic<std::size_t>> waits;  ///< set: counts among those that wait for its stream until answered
};
using MailPtr = std::shared_ptr<Mail>;

/// What to refuse a command with for which there is no room: a client hears which limit; a partner, whose reports must not be lost,
/// that comd is not there just now, and reports again.
RejectionCode code_of_full(const AnyCommand&);

/// Name of a command for `Cause::command` and metrics: "Submit", "TimerDue:retry".
std::string name_of(const AnyCommand&);

// ── What follows from an append once it is durable ──────────────────────────────────────────────────────────────────
struct ProductWork {
  ProductId product;
  product::Command command;
};
struct PushWork {
  product::Snapshot product;
  std::uint64_t version = 0;
};
/// A remedy that a bulk repair tries on one of its members.
struct RepairWork {
  repair::Ask ask;
};
/// Keys of somebody who is forgotten.
struct EraseWork {
  subject::Erasure what;
};
using Payload = std::variant<std::monostate, ActivationRequest, ProductWork, PushWork, RepairWork, EraseWork>;

struct EffectHint {
  StreamId stream;
  Effect effect;
  Payload payload;
  CallMeta meta;
};

/// A call whose send the append has recorded already: it leaves now.
struct Departure {
  EffectHint hint;
  SendSlot slot;
  Instant marked_at{};
};

struct Hints {
  std::vector<EffectHint> effects;
  std::vector<Departure> departures;
  std::vector<std::pair<StreamId, std::string>> removed;  ///< stream, effect key
  std::vector<MailPtr> tells;
  std::optional<Instant> earliest;  ///< earliest wake-up that was added
  std::vector<std::pair<StreamId, ProductId>>
      granted;  ///< orders that were in line for the product: they need not wait to ask again
};

// ── Messages ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Envelope {
  MailPtr mail;
};                ///< router → family
struct Stop {};   ///< router → family: finish what is in flight, then go
struct Tick {};   ///< to oneself, periodically
struct Start {};  ///< to every actor once all are spawned

/// What a family decided on the commands that waited for it.
struct AppendJob {
  Append append;
  Result<Appended, AppendError> result;
  caf::actor from;
};
struct AppendDone {
  std::shared_ptr<AppendJob> job;
};                 ///< log writer → family
struct Flush {};   ///< log writer → its actor
struct Decide {};  ///< family → itself: behind all that has come so far

struct HintEffects {
  std::shared_ptr<Hints> hints;
};  ///< family → dispatcher
/// Of a push, or of destroying keys.
struct PushResult {
  bool ok = false;
  std::string detail;
};
/// Something that the dispatcher waited for has come.
struct EffectStep {
  std::uint64_t item = 0;
  std::variant<Answer, service_order::Outcome, PushResult> result;
};
struct Rehinted {};      ///< family → dispatcher
struct HoldsChanged {};  ///< family → dispatcher
struct Wake {
  Instant due{};
};  ///< to oneself, at that time

struct ArmTimer {
  Instant due{};
};  ///< family → timers: earlier than what is armed
struct TimerFired {
  std::uint64_t fire = 0;
  Answer answer;
};  ///< family → timers

}  // namespace comd

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Envelope)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::AppendDone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Decide)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::HintEffects)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::EffectStep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Rehinted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::HoldsChanged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::Wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::ArmTimer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comd::TimerFired)
