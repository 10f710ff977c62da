#pragma once
#include <set>

#include "actors/engine_actors.h"
#include "domain/views.h"
#include "test/sim/partner.h"

/// The people of a simulated world: they work the queue of what waits for a person, as the fates say, and where the outcome at a
/// partner is unknown they ask it first.
namespace comd::sim {

class People {
 public:
  People(std::uint64_t seed, const Timeline& time, const Partners& partners, const EventLog& log)
      : seed_(seed), time_(time), partners_(partners), log_(log) {}

  /// Acts on what has waited for a while.
  void attend(EngineActors&);

  std::size_t acts = 0;
  bool resolve_quarantines = true;
  bool steers = true;  ///< somebody holds orders, items, targets, and wants some sooner

 private:
  void archive(EngineActors&);
  void steer(EngineActors&);
  void resume_items(EngineActors&);
  void hold_all(EngineActors&);
  void lift_all(EngineActors&);
  void resolve(EngineActors&, const views::QuarantineSummary&);
  void act(EngineActors&, const views::PersonSummary&);
  std::optional<Intervention> for_service_order(const views::PersonSummary&) const;
  Intervention for_order(const views::PersonSummary&) const;

  std::uint64_t seed_;
  const Timeline& time_;
  const Partners& partners_;
  const EventLog& log_;
  std::size_t steered_ = 0;
  std::set<std::pair<std::string, std::string>> held_;  ///< order, item
  std::set<hold::Scope> held_as_a_whole_;
};

}  // namespace comd::sim
