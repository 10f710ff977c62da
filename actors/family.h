#pragma once
#include <deque>
#include <unordered_map>

#include "actors/member.h"

namespace comd {

/// The stream whose actor a stream is served by: a product order's for its service orders, a product's for its services, its own
/// for all others.
StreamId home_of(const StreamId&);

/// The actor of a family: a product order with its service orders, a product with its services, any other stream alone. Each
/// member is an aggregate with a stream, a version and rows of its own; what they share is the mailbox and the append.
///
/// It lets its members decide on everything that waits, command by command (each with its own cause), then on what they have to
/// tell each other, and hands all of it to the log writer as one append. While that is under way new commands wait here. An
/// answer that builds on what is not durable yet leaves only after the append is durable. After a refused append the members that
/// took part fold their streams again, and decide again.
class Family final : public caf::event_based_actor {
 public:
  Family(caf::actor_config&, StreamId home, std::shared_ptr<Shared>);
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "family"; }

  // For the members.
  /// Found or made, and folded. REQUIRES: the stream is of this family. Not `recorded`: another member knows that it has nothing in the
  /// log, so one that is made is not looked for there. If that were wrong its append would be a conflict, and then it is folded.
  Member& member(const StreamId&, bool recorded = true);
  void touch(Member&);
  void keep(Pending pending) { pending_.push_back(std::move(pending)); }
  /// Durable, or nothing to record.
  void deliver(Pending&);
  /// The dispatcher, which asked for it, knows that this effect leaves the outbox.
  void marked(std::string effect) { marked_.push_back(std::move(effect)); }
  void send_hints(Hints&);

 private:
  static constexpr std::size_t kBatchMax = 64;   ///< commands decided together
  static constexpr std::uint32_t kTriesMax = 8;  ///< conflicts before a command is given up as unavailable

  void work();
  void take_batch(const Asked&, Draft&);
  void pass_on_news(const Asked&, Draft&);
  void send_at_once(const Asked&, Draft&);
  void hand_over(Draft);
  void give_up(Member&, const quarantine::Finding&);
  void settle(const AppendJob&);
  void decide_again(AppendError);
  void end_append();
  bool idle() const { return !in_flight_ && waiting_.empty(); }
  bool rests() const;

  const StreamId home_;
  std::shared_ptr<Shared> shared_;
  std::unordered_map<std::string, std::unique_ptr<Member>> members_;
  std::deque<MailPtr> waiting_;
  bool in_flight_ = false;
  bool deciding_ = false;  ///< it has told itself to
  bool stopping_ = false;

  // The append in the making or under way.
  std::vector<Member*> touched_;  ///< in the order they came to it
  std::vector<Pending> pending_;  ///< in the order they were decided
  Hints hints_;
  std::vector<std::string> marked_;
  std::size_t tells_ = 0;  ///< for the planted bug
};

}  // namespace comd
