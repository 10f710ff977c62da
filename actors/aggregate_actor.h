#pragma once
#include <deque>
#include <unordered_set>

#include "actors/kinds.h"

namespace comd {

/// The live form of one stream: a product order, a service order, a product, a service, the catalogue, the unmatched reports.
///
/// It folds its stream on the first command. Then it decides on everything that waits, command by command (each with its own
/// cause), and hands that to the log writer as one append. While it is under way new commands wait here. The state it decides on
/// includes what is not durable yet; so an answer that builds on such state leaves only after the append is durable, and after a
/// refused append the state is dropped and folded again.
template <class K>
class AggregateActor final : public caf::event_based_actor {
 public:
  AggregateActor(caf::actor_config&, StreamId, std::shared_ptr<Shared>);
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "aggregate"; }

 private:
  static constexpr std::size_t kBatchMax = 64;   ///< commands decided together
  static constexpr std::uint32_t kTriesMax = 8;  ///< conflicts before a command is given up as unavailable

  /// A command that is decided, but must not be answered yet.
  struct Pending {
    MailPtr mail;
    Answer answer;
    std::vector<Ending> endings;
    std::shared_ptr<const Catalog> catalog;  ///< Load only: goes live once durable
  };

  void work();
  void wake_up();
  void set_aside(const quarantine::Finding&);
  void take_batch(Draft&);
  void take(MailPtr, const Asked&, Draft&);
  bool already_consumed(const Mail&) const;
  Result<Decided<typename K::Event>, Rejection> decide(const typename K::Command&, const Asked&, Pending&);
  void record(Pending, Decided<typename K::Event>, const Asked&, Draft&);
  void answer_in_turn(Pending, const Draft&);
  void hand_over(Draft);
  void settle(const AppendJob&);
  void deliver(Pending&);
  void send_hints(Hints&);
  void hint_again(const Rehint&);
  Cause cause_of(const Mail&) const;
  void drop_state();
  bool idle() const { return !in_flight_ && waiting_.empty(); }

  const StreamId stream_;
  std::shared_ptr<Shared> shared_;
  std::uint64_t random_;  ///< state of the jitter generator

  std::deque<MailPtr> waiting_;
  std::deque<Pending> pending_;      ///< in the order they were decided
  Hints hints_;                      ///< of the append under way
  std::vector<std::string> marked_;  ///< effects whose send the batch records
  bool in_flight_ = false;
  bool stopping_ = false;
  std::size_t tells_ = 0, reports_ = 0, evolved_ = 0;  ///< for the planted bugs

  bool loaded_ = false;
  std::string unreadable_;  ///< not empty: quarantined, and why
  typename K::State state_;
  Agenda agenda_;  ///< of state_
  Version version_{};
  Cause about_;                               ///< tenant, correlation and traceparent of this stream
  std::unordered_set<std::string> consumed_;  ///< tells taken: a repeat is answered without deciding
};

/// The actor for a stream, by the kind its name says; nothing for a name that is not ours.
caf::actor spawn_aggregate(caf::actor_system&, const StreamId&, const std::shared_ptr<Shared>&);

}  // namespace comd
