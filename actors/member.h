#pragma once
#include <set>
#include <unordered_set>

#include "actors/kept_agenda.h"

namespace comd {

class Family;
class Member;

/// A command that is decided, but must not be answered yet.
struct Pending {
  Member* of = nullptr;
  MailPtr mail;
  bool passed_on = false;  ///< told by another member in the same append: whoever decides again tells it again
  Answer answer = {};
  std::vector<Ending> endings = {};
  std::shared_ptr<const Catalog> catalog = {};  ///< Load only: goes live once durable
};

/// The live form of one stream: a product order, a service order, a product, a service, the catalogue, the unmatched reports.
/// It belongs to its family's actor (family.h), which gives it commands to decide on and appends what came of them.
///
/// It folds its stream on the first command. The state it decides on includes what is not durable yet; after a refused append the
/// family lets it forget its state, and it folds again.
class Member {
 public:
  explicit Member(StreamId stream) : stream_(std::move(stream)) {}
  virtual ~Member() = default;
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  const StreamId& stream() const { return stream_; }
  Version version() const { return version_; }
  /// Why it serves nothing; empty: it does.
  const std::string& unreadable() const { return unreadable_; }

  /// Folds the stream, unless that is done; it is read only if something of it may be `recorded`.
  virtual void wake_up(bool recorded) = 0;
  /// Decides on a command. What is to be recorded is added to the draft, and whoever asked is answered at once or by the family.
  virtual void take(MailPtr, const Asked&, Draft&, bool passed_on) = 0;
  /// What its events of this draft have to tell others of the family: each once, and so many at most.
  virtual std::vector<MailPtr> news(std::size_t limit) = 0;
  /// Records the sends that nobody need wait for.
  virtual void send_at_once(const Asked&, Draft&) = 0;
  /// Why what it decided must not be recorded; nothing: it agrees with itself.
  virtual std::optional<quarantine::Finding> contradiction() = 0;
  /// What the draft's events changed becomes rows and hints here, once: what came and went within it never shows.
  virtual void add_changes(Draft&) = 0;
  /// The append is durable; before and after its commands are answered.
  virtual void before_answers() = 0;
  virtual void after_answers() = 0;
  /// Log lines, metrics and what is woken by an end.
  virtual void tell_end(const Ending&) = 0;
  virtual void set_aside(const quarantine::Finding&) = 0;
  /// Of its state; the next command folds it again.
  virtual void forget() = 0;

  /// Whether nothing will come soon, so that it need not stay in memory for the usual idle time: it is done, or what it waits for takes
  /// longer. `waiting`: how many of its family, without itself, wait for so long.
  enum class Rest { none, waits, done };
  virtual Rest rest(std::size_t waiting) const = 0;

  // Of the append in the making or under way.
  bool touched = false;  ///< it is part of it
  Draft::Place place;    ///< where

 protected:
  const StreamId stream_;
  Version version_{};
  std::string unreadable_;  ///< not empty: quarantined, and why
};

template <class K>
class MemberOf final : public Member {
 public:
  MemberOf(StreamId, Family&, Shared&);

  void wake_up(bool recorded) override;
  void take(MailPtr, const Asked&, Draft&, bool passed_on) override;
  std::vector<MailPtr> news(std::size_t limit) override;
  void send_at_once(const Asked&, Draft&) override;
  std::optional<quarantine::Finding> contradiction() override;
  void add_changes(Draft&) override;
  void before_answers() override;
  void after_answers() override;
  void tell_end(const Ending&) override;
  void set_aside(const quarantine::Finding&) override;
  void forget() override;
  Rest rest(std::size_t waiting) const override;

  const typename K::State& state() const { return state_; }
  /// Events that are decided, here or by another member of the family.
  void add(std::vector<typename K::Event>, const Cause&, Draft&, std::vector<Ending>* endings = nullptr, bool evolved = false);

 private:
  bool already_consumed(const Mail&) const;
  Result<Decided<typename K::Event>, Rejection> decide(const typename K::Command&, const Asked&, Pending&);
  Result<void, Rejection> add_members(const Decided<typename K::Event>&, const Cause&, const Asked&, Draft&);
  void record(Pending, Decided<typename K::Event>, const Asked&, Draft&);
  void answer_in_turn(Pending, const Draft&);
  void look();
  void spoil(std::string why);
  void hint_again(const Rehint&);
  Cause cause_of(const Mail&) const;
  double draw();

  Family& family_;
  Shared& shared_;
  std::uint64_t random_;                   ///< state of the jitter generator
  std::size_t reports_ = 0, evolved_ = 0;  ///< for the planted bugs

  bool loaded_ = false;
  typename K::State state_;
  KeptAgenda<K> agenda_;
  Cause about_;                               ///< tenant, correlation and traceparent of this stream
  std::unordered_set<std::string> consumed_;  ///< tells taken: a repeat is answered without deciding

  // Of the append in the making or under way.
  bool changed_ = false;  ///< it has events in it
  std::string spoilt_;    ///< not empty: it must not be recorded, and why
  bool moved_ = false;    ///< … and some came since `change_` was worked out
  AgendaChange change_;
  std::set<Tell> told_;  ///< given out as news
};

/// The aggregate for a stream, by the kind its name says; nothing for a name that is not ours.
std::unique_ptr<Member> make_member(const StreamId&, Family&, Shared&);

}  // namespace comd
