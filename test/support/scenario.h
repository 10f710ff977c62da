#pragma once
#include "test/support/partner.h"
#include "test/support/person.h"
#include "test/support/world.h"

/// A small operator's catalogue with policies drawn from a seed, orders on it, and a walk through everything that can happen to
/// them in any order.
namespace comd::test {

/// Offering "O": access; ip on access, with its output; cpe on access, optional; lines per site on access.
CatalogSet random_catalog(Fill& random);

Order random_order(Fill& random, const std::vector<ProductId>& products);

class Walk {
 public:
  /// `revises`: clients also revise orders under way.
  explicit Walk(std::uint64_t seed, bool revises = false);
  ~Walk();

 private:
  Fill random_;  // first: the world is made from it
  const bool revises_;

 public:
  World world;
  Partner partner;
  Person person;
  bool archives = false;      ///< now and then what has ended is archived
  std::size_t revisions = 0;  ///< that were taken

  /// Something that can happen, happens.
  void step();

  /// Every order has ended, and nothing is under way.
  bool settled() const;

  /// Ends the faults and lets time pass until everything is settled. False: it never is.
  bool calm_down(std::size_t limit);

  /// Puts away what has ended.
  void archive();

  std::string unsettled() const;
  void submit();

 private:
  struct Call {
    StreamId stream;
    WorldCommand settle;
    Instant until;  ///< no call is under way for longer than it may be
  };

  void deliver_tell();
  void perform_effect();
  void perform_product(const StreamId& stream, const Effect& effect);
  void perform_call(const StreamId& stream, const Effect& effect);

  /// Never act twice on one intention: no second piece of work under a key, none beside one that runs or was done.
  void check_work(const StreamId& stream, const std::string& key);

  /// The outcome comes back later, or never.
  void flies(const StreamId& stream, WorldCommand settle, Millis call_timeout = std::chrono::seconds(10));

  void settle_call();
  void finish_work();
  void deliver_report();
  void cancel();
  void revise();
  void look_at_related();
  void news();

  /// To the next thing that is due; its timer fires.
  void pass_time();

  std::vector<Call> in_flight_;
  std::size_t orders_ = 0;
  bool cancels_ = false;
};

}  // namespace comd::test
