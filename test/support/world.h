#pragma once
#include <functional>
#include <set>

#include "domain/check.h"
#include "domain/forecast.h"
#include "domain/views.h"
#include "events/fold.h"

/// The aggregates of a few orders and products with everything their agendas ask for, in memory and without actors: one command
/// at a time, chosen by the caller. After every commit it checks the laws that hold for any state.
namespace comd::test {

using WorldCommand = std::variant<product_order::Command, service_order::Command, product::Command, service::Command>;
using AnyFolded =
    std::variant<Folded<product_order::State>, Folded<service_order::State>, Folded<product::State>, Folded<service::State>>;

class World {
 public:
  struct Member {
    AnyFolded live;
    Agenda agenda;
  };
  using Slices = std::vector<StreamSlice>;
  using Changes = std::vector<std::pair<StreamId, AgendaChange>>;

  explicit World(CatalogSet catalogs);
  ~World();  // in the .cpp: maps of variants, for every test again

  Instant now{Millis{1'700'000'000'000}};
  double jitter = 0;
  bool push = false;
  std::map<StreamId, Member> members;
  std::map<std::pair<StreamId, std::string>, Effect> effects;
  std::map<std::pair<StreamId, std::string>, Wakeup> wakeups;
  std::set<std::pair<StreamId, Tell>> tells;
  std::map<std::tuple<StreamId, Table, std::string>, std::string> rows;
  std::vector<std::string> records;
  std::vector<std::string> broken;  ///< laws found broken, in words
  std::function<void(const Commit&, const std::string& record, const Changes&)> on_commit;

  const CatalogSet& catalogs() const { return catalogs_; }

  template <class State>
  const State* find(const StreamId& stream) const {
    const auto found = members.find(stream);
    if (found == members.end()) return nullptr;
    const auto* folded = std::get_if<Folded<State>>(&found->second.live);
    return folded == nullptr ? nullptr : &folded->state;
  }

  /// Decides, commits and checks. A tell that is consumed goes away whatever is decided, as long as it is not refused for now.
  Result<bool, Rejection> execute(const StreamId& stream, const WorldCommand& command, const std::optional<Tell>& tell = {},
                                  const StreamId& from = {});
  void deliver(const StreamId& from, const Tell& tell);

  /// Takes in a commit that was recorded, deciding nothing.
  Result<void, DecodeError> replay(const std::string& record);

  /// Folds every stream again from the records: the same states and versions.
  void check_replay();

  void fail(const StreamId& stream, const std::string& what);

 private:
  template <class Event>
  static StreamSlice slice(const StreamId& stream, Version before, std::vector<Event> events);
  template <class State>
  Folded<State> live(const StreamId& stream) const;

  Result<Slices, Rejection> decided(const StreamId& stream, const WorldCommand& command) const;
  Result<Slices, Rejection> decided_order(const StreamId& stream, const product_order::Command& command) const;
  std::string busy_with(const product_order::State& order) const;
  Result<Slices, Rejection> decided_product(const StreamId& stream, const product::Command& command) const;
  static AnyFolded fresh_member(const StreamId& stream);
  void commit(const Slices& slices, const std::optional<Tell>& tell, const StreamId& from);
  AgendaChange take_in(const StreamSlice& slice);
  void apply_change(const StreamId& stream, const AgendaChange& change);
  void check_rows(const StreamId& stream);
  void check_member(const StreamId& stream);
  void check_date(const StreamId& stream, const product_order::State& order);
  void check_wakeups(const StreamId& stream, const Agenda& agenda);
  void check_repeat(const StreamId& stream, const WorldCommand& command);

  CatalogSet catalogs_;
};

}  // namespace comd::test
