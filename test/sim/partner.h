#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "actors/ports.h"
#include "test/sim/random.h"

/// The activation systems of a simulated world: they lose calls and answers, answer late, call back twice and out of order, fail,
/// and deduplicate nothing unless their catalogue entry says so. They count the work they really did.
namespace comd::sim {

/// Virtual time and what happens at which time.
class Timeline {
 public:
  Instant now{Millis{1'800'000'000'000}};
  void at(Instant when, std::function<void()> what) { events_.emplace(std::max(when, now), std::move(what)); }
  void after(Millis delay, std::function<void()> what) { at(now + delay, std::move(what)); }
  std::optional<Instant> next() const { return events_.empty() ? std::nullopt : std::optional(events_.begin()->first); }
  /// Runs the earliest event if it is due.
  bool run_one();

 private:
  std::multimap<Instant, std::function<void()>> events_;
};

/// What becomes of a service order: how often it fails before it works, or that it never will.
struct Fate {
  std::uint32_t transient_failures = 0;
  bool permanent = false;
  bool cancellable = false;
  bool amendable = false;
  /// The partner refuses until a person has looked at it; then it works, or the person does it or lets it fail.
  enum class Person { none, tries_again, does_it, fails } person = Person::none;
};
Fate fate_of(std::uint64_t seed, const std::string& service_order);
/// Whether people accept what is missing of an order that is held because something failed. Otherwise they have it undone.
bool accepts(std::uint64_t seed, const std::string& order);

struct NetworkFaults {
  bool on = true;  ///< off: the network and the callbacks work
  double not_sent = 0.05, lost_call = 0.05, lost_answer = 0.05, late_arrival = 0.05, lost_callback = 0.03, twice = 0.1,
         contradicts = 0.05;
};

class Partners final : public ActivationPort {
 public:
  using Deliver = std::function<void(service_order::Report, ServiceOrderId, std::function<void(bool recorded)>)>;

  Partners(std::uint64_t seed, Timeline& timeline, Random& random) : seed_(seed), time_(timeline), random_(random) {}

  /// Where callbacks go; set anew in every life of comd.
  void connect(Deliver deliver) { deliver_ = std::move(deliver); }
  void call(ActivationCall, Done) override;

  /// What a person hears who asks the partner.
  enum class Truth { nothing, working, done, failed };
  Truth truth(const std::string& service_order) const;

  NetworkFaults faults;
  std::set<std::string> outage;     ///< lanes that cannot be reached now
  std::map<std::string, int> work;  ///< done work per (service order, action, revision)
  std::vector<std::string> done_twice;
  std::vector<std::string> order_of_work;  ///< service orders as their work was done
  std::size_t calls = 0;

 private:
  struct Job {
    ActivationCall call;
    bool finished = false, cancelled = false;
    std::uint32_t revised = 0;                  ///< by the newest revision that was taken
    std::optional<service_order::Report> last;  ///< how it ended
  };

  void arrive(const ActivationCall&);
  void perform(const std::string& key);
  void report(const std::string& key, service_order::ReportKind, Millis delay, service_order::Fault = {});
  void send(ServiceOrderId, service_order::Report, Millis delay, bool may_be_lost);
  service_order::Outcome answer(const ActivationCall&);
  service_order::Outcome ask(const ActivationCall&);
  service_order::Outcome cancel(const ActivationCall&);
  service_order::Outcome amend(const ActivationCall&);

  std::uint64_t seed_;
  Timeline& time_;
  Random& random_;
  Deliver deliver_;
  std::map<std::string, Job> jobs_;  ///< by idempotency key
  std::map<ServiceOrderId, std::string> newest_;
};

}  // namespace comd::sim
