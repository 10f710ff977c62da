#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/rebuild.h"

/// Looks at the log after every step, with a fold of its own, and checks the laws.
namespace comd::sim {

class Auditor {
 public:
  explicit Auditor(const EventLog& log) : log_(log) {}

  /// Commits since the last look. Returns what is wrong; empty: nothing.
  std::vector<std::string> look();
  /// What was acknowledged must be durable at that very moment.
  void acknowledged(const OrderId&);
  /// Law 8: what a partner was told is recorded, is.
  void reported(const ServiceOrderId&, const std::string& report);
  /// From outside: an event that nobody can read, or a commit that is none. Nothing may be appended to the stream until its
  /// quarantine ends, and then that event is passed over as if it had never been.
  void made_bad(const StreamId&, Version, Position);
  std::vector<std::string> at_the_end();

  const std::map<std::string, Folded<product_order::State>>& orders() const { return orders_; }
  const std::map<std::string, Folded<service_order::State>>& service_orders() const { return service_orders_; }

 private:
  void check_closed(Position, const Commit&);
  void take(Position, const Commit&);
  void check_wakeups(const std::string& stream, bool final, const comd::Agenda&);
  void check_undo_order(const product_order::State&, const product_order::Released&);
  void wrong(std::string what) { findings_.push_back(std::move(what)); }

  const EventLog& log_;
  Position seen_{};
  std::map<std::string, Folded<product_order::State>> orders_;
  std::map<std::string, Folded<service_order::State>> service_orders_;
  std::set<std::string> acknowledged_;
  std::set<Position> bad_commits_;
  std::set<std::string> closed_;  ///< streams that cannot be read at present
  std::vector<std::string> findings_;
};

}  // namespace comd::sim
