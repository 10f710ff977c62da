#pragma once
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "actors/lane.h"
#include "actors/shared.h"

namespace comd {

/// Makes the calls that effects stand for. What is to be done is in the log's outbox; the dispatcher holds a copy, hinted by the
/// appends, and at start and every few seconds compares it with the log: what it does not know it asks the stream to hint again.
///
/// A lane per target (lane.h) says which call leaves next and when: cancels first, then by priority, tenants in turn, oldest first.
/// An effect lives through queued → marking (the send is being recorded) → calling → settling (the outcome is being recorded);
/// never two calls for one key at once. Submissions to a target that can neither tell a repetition nor be asked go one at a time.
class Dispatcher final : public caf::event_based_actor {
 public:
  Dispatcher(caf::actor_config& config, std::shared_ptr<Shared> shared)
      : caf::event_based_actor(config), shared_(std::move(shared)) {}
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "dispatcher"; }

 private:
  enum class Stage { queued, marking, calling, settling };
  struct Item {
    std::uint64_t id = 0;
    EffectHint hint;
    Stage stage = Stage::queued;
    bool wanted = true;    ///< the last hint said so
    bool hinted = false;   ///< a hint came since the call began
    Instant since{};       ///< first heard of
    Instant not_before{};  ///< queued: later of the effect's own and `rest_until`
    Instant rest_until{};
    Instant marked_at{};         ///< the recording of the send was begun
    Breaker::Ticket ticket = 0;  ///< marking, calling
    bool serial = false;
    std::uint32_t calls = 0;
    std::uint32_t unsent = 0;    ///< calls in a row that never left
    std::uint32_t setbacks = 0;  ///< attempts to record the outcome, or on our own products, that were refused for now
    std::pair<OrderId, std::uint32_t> in_line;  ///< of a claim: whom it waits for, and its place, as its order was told last
    std::optional<AnyCommand> outcome;          ///< settling: what to tell the stream
  };

  // dispatcher.cpp: what to do next
  void hinted(Hints&);
  void add(EffectHint);
  Item& make(EffectHint);
  void depart(Departure&);
  void withdraw(const StreamId&, const std::string& key);
  void queue_up(Item&);
  void drain(const std::string& lane);
  void lend(const std::string& name, Lane&);
  bool take_back(const std::string& name, Lane&);
  std::optional<Lane::Taken> take(const std::string& name, Lane&);
  void step(std::uint64_t id, std::variant<Answer, service_order::Outcome, PushResult>&);
  void marked(Item&, const Answer&);
  void leave(Item&);
  void settled(Item&, const Answer&);
  void settle_later(Item&, Millis pause);
  void erase(Item&);
  void wake_at(Instant);
  void wake(Instant due);
  Lane& lane_of(const std::string& name);
  bool serial(const EffectHint&) const;
  std::optional<Delivery> delivery_of_submit(const EffectHint&) const;  ///< nothing: it is none
  /// No room for more effects: they stay in the log, and a later sweep asks for them.
  bool full() const { return items_.size() >= shared_->options.limits.effects_max; }
  static LaneQueue::Entry entry_of(const Item&);
  static Cause cause_of(const Item&, std::string command);
  static Millis pause(std::uint32_t setbacks);

  // dispatcher_calls.cpp: how it is done
  void mark(Item&);
  void call(Item&, Millis timeout);
  void call_too_late(Item&);
  bool may_be_sent_already(const Item&);
  void call_is_doubtful(Item&);
  void not_called(Item&, service_order::Outcome);
  void called(Item&, service_order::Outcome);
  void product_answered(Item&, const Answer&);
  void waits_in_line(Item&, const product::State&, std::uint32_t place);
  void granted(const StreamId& order, const ProductId&);
  void member_answered(Item&, const Answer&);
  void pushed(Item&, const PushResult&);
  void settle(Item&);
  void call_ended(Item&, bool well, std::string_view outcome);
  void try_later(Item&);
  void ask(const Item&, StreamId to, AnyCommand, bool want_product = false);

  // dispatcher_sweep.cpp: what the log still holds
  void sweep();
  void rehint(const StreamId&, std::vector<Tell>);
  void find_lost_calls();
  void tell_lost_calls();
  void send_for_sweep(const MailPtr&);

  // dispatcher_holds.cpp: what must not leave now
  bool held(const Item&) const;
  void hold_back(Item&);
  bool let_go(Item&);  ///< false: it was not held back
  void follow_holds();
  void call_is_held(Item&);

  // dispatcher_figures.cpp: what is told of the lanes
  void publish();
  void publish_soon();

  std::shared_ptr<Shared> shared_;
  std::unordered_map<std::uint64_t, Item> items_;
  std::unordered_map<std::string, std::uint64_t> by_key_;  ///< stream \0 effect key
  std::map<std::string, Lane> lanes_;
  std::map<std::string, std::set<std::uint64_t>> unsettled_;  ///< items by lane; ids rise with time
  std::multimap<Instant, std::uint64_t> later_;               ///< queued, not before then; may name items that are gone
  std::map<std::string, std::set<std::uint64_t>> held_back_;  ///< items by lane: held as a whole, and not in their lane
  std::uint64_t holds_seen_ = 0;                              ///< version of the holds that this follows
  std::uint64_t next_id_ = 1;
  std::optional<Instant> wake_;
  std::optional<Instant> published_;  ///< last time

  // The sweep under way.
  bool sweeping_ = false, first_sweep_ = true;
  bool outbox_done_ = false, tells_done_ = false;
  std::optional<OutboxEntry> outbox_at_;
  std::optional<PendingTell> tells_at_;
  std::unordered_set<std::string> suspects_, seen_;  ///< pending in the log and unknown here, in the last sweep and in this one
  std::size_t rehints_ = 0;                          ///< under way, lost calls that are being told included
  std::vector<DueTimer> lost_calls_;                 ///< of earlier lives of the process, and not told yet
  std::unordered_set<std::string> doubted_;          ///< effects that were asked about because the store was restored
  // For the planted bugs.
  std::size_t outcomes_ = 0;
  std::unordered_set<std::string> sent_keys_;
};

}  // namespace comd
