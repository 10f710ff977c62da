#include "test/sim/world.h"

#include <algorithm>

#include "edge/catalog/catalog.h"
#include "test/sim/bad_stream.h"
#include "test/sim/life.h"
#include "test/sim/people.h"
#include "test/sim/services.h"

namespace comd::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kStepsMax = 400'000;
constexpr Millis kLongest = 60 * 24h;  ///< virtual; then an order that is not at its end is stuck

class World {
 public:
  explicit World(const Options& options)
      : options_(options),
        random_(options.seed),
        log_(make_memory_event_log()),
        partners_(std::make_shared<Partners>(options.seed, timeline_, random_)),
        auditor_(*log_),
        bad_(*log_, auditor_, timeline_),
        people_(options.seed, timeline_, *partners_, *log_),
        offer_(draw_offer(random_)) {
    strikes_ = random_.chance(0.4) && options.second_lock;  // only that lock notices what came behind an actor's back
    people_.resolve_quarantines = quick_ = random_.chance(0.4);
  }

  Outcome run() {
    begin_life();
    load_catalog();
    const std::size_t orders = 4 + random_.below(8);
    const std::size_t busy = 500 + random_.below(5'000);
    for (std::size_t i = 0; out_.findings.empty() && (i < busy || submitted_.size() < orders); ++i) {
      act(orders);
      move();
    }
    settle();
    fall_silent();
    finish();
    return std::move(out_);
  }

 private:
  // ── lives ────────────────────────────────────────────────────────────────────────────────────────────────────────

  void begin_life() {
    auto parse = [this](std::string_view) -> Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> {
      return offer_.catalog;
    };
    life_ = std::make_unique<Life>(log_, disk_, timeline_, partners_, parse, options_.planted, options_.seed);
    life_->log().any_version = !options_.second_lock;
    life_->log().watched = bad_.stream();
    ++life_number_;
    partners_->connect([this](service_order::Report report, ServiceOrderId id, std::function<void(bool)> recorded) {
      if (!life_) return recorded(false);
      const std::string said = report.id;
      execute(stream_of(id), service_order::Command{service_order::TakeReport{std::move(report)}},
              [this, recorded, id, said](const Reply& reply) {
                if (!reply.rejection) auditor_.reported(id, said);
                recorded(!reply.rejection);
              });
    });
  }

  void crash(bool strike = false) {
    ++out_.crashes;
    partners_->connect({});
    life_.reset();
    waiting_.clear();
    if (strike) make_bad();
    timeline_.now += Millis{random_.below(3'000)};
    begin_life();
  }

  /// What a client or a partner asks. Law 12: however much that is, only so many of them wait for one stream.
  void execute(const StreamId& stream, AnyCommand command, std::function<void(const Reply&)> done) {
    const std::size_t life = life_number_;
    ++waiting_[stream.value];
    life_->engine().execute(stream, std::move(command), Cause{"", "sim", {"t"}, "c", ""},
                            [this, life, id = stream.value, done = std::move(done)](const Reply& reply) {
                              if (life == life_number_) --waiting_[id];
                              done(reply);
                            });
    if (waiting_[stream.value] > kStreamWaitingMax)
      out_.findings.push_back(std::to_string(waiting_[stream.value]) + " commands wait for " + stream.value);
  }

  void load_catalog() {
    bool loaded = false;
    execute(StreamId{std::string(kCatalogStream)}, catalog_log::Command{catalog_log::Load{"test", "1", "d1", "x"}},
            [&](const Reply& reply) { loaded = !reply.rejection; });
    for (int i = 0; i < 10'000 && !loaded; ++i) move();
    if (!loaded) out_.findings.push_back("the catalogue was not loaded");
  }

  // ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

  void act(std::size_t orders) {
    if (submitted_.size() < orders && random_.chance(0.05)) submit_new();
    if (random_.chance(0.01)) delete_product();
    if (!submitted_.empty() && random_.chance(0.002)) submit(submitted_[random_.below(submitted_.size())]);
    if (!submitted_.empty() && random_.chance(0.001)) cancel(submitted_[random_.below(submitted_.size())]);
    if (!submitted_.empty() && random_.chance(0.003)) revise(submitted_[random_.below(submitted_.size())]);
    if (!submitted_.empty() && random_.chance(0.001)) burst();
    if (random_.chance(0.0015)) crash();
    if (random_.chance(0.0005)) life_->log().lose_next_batch = true;
    if (strikes_ && bad_.stream().value.empty() && random_.chance(0.003)) random_.chance(0.5) ? crash(true) : make_bad();
    if (random_.chance(0.001)) outage();
    if (random_.chance(0.0005)) fill_disk();
    if (random_.chance(0.0005)) sleep(Millis{random_.below(300'000)});
  }

  /// A client that repeats itself much too often: one order, or all of them.
  void burst() {
    const bool one = random_.chance(0.5);
    std::size_t at = random_.below(submitted_.size());
    for (std::size_t i = 0; i < 2 * kInFlightMax; ++i) submit(submitted_[(one ? at : at++) % submitted_.size()]);
  }

  /// While comd is down, or behind its back. Whoever is held up for long may run out of time: then any end will do.
  void make_bad() {
    for (std::string& finding : auditor_.look())
      out_.findings.push_back(std::move(finding));  // a crash may let a last batch through
    if (!bad_.strike(random_)) return;
    ++out_.quarantined;
    if (life_) life_->log().watched = bad_.stream();
    if (quick_) return;
    for (Submitted& s : submitted_)
      if (stream_of(s.id) == family_of(bad_.stream())) s.may_end_anyhow();
  }

  void outage() {
    static const char* lanes[] = {"access-system", "ip-system", "cpe-system"};
    const std::string lane = lanes[random_.below(3)];
    partners_->outage.insert(lane);
    timeline_.after(Millis{random_.below(120'000)}, [this, lane] { partners_->outage.erase(lane); });
  }

  /// Somebody else fills the disk, to the second or the third watermark, and cleans up later.
  void fill_disk() {
    disk_->free = std::uint64_t{random_.below(900)} << 20;
    timeline_.after(Millis{random_.below(600'000)}, [this] { disk_->free = std::uint64_t{50} << 30; });
  }

  /// The machine is suspended, never for so long that a queue deadline passes: the partners go on meanwhile.
  void sleep(Millis by) {
    const Instant until = timeline_.now + by;
    while (timeline_.next() && *timeline_.next() <= until) {
      timeline_.now = std::max(timeline_.now, *timeline_.next());
      timeline_.run_one();
    }
    timeline_.now = until;
  }

  void submit_new() {
    const std::vector<Line> lines = draw_lines(random_);
    const OrderId id{"po-s" + std::to_string(options_.seed) + "n" + std::to_string(submitted_.size())};
    Order order = make_order("E" + std::to_string(submitted_.size()), lines);
    std::vector<OrderId> others;
    for (const Submitted& s : submitted_)
      if (s.acknowledged && !at_its_end(s)) others.push_back(s.id);
    draw_wishes(random_, timeline_.now, order, others);
    submitted_.push_back(
        {id, std::move(order), {expected_end(options_.seed, id, lines, offer_.keeps_partial(options_.seed, id))}, lines});
    if (lines.size() == 1 && lines[0].sites == 0 && !(lines[0].router && offer_.cpe_by_people))
      submitted_.back().fiber = lines[0];
    submit(submitted_.back());
  }

  /// Orders the delete of what a completed order made.
  void delete_product() {
    for (std::size_t i = 0; i < submitted_.size(); ++i) {
      if (!submitted_[i].fiber || submitted_[i].deleted || !as_it_may(submitted_[i], OrderStatus::completed)) continue;
      submitted_[i].deleted = true;
      const OrderId made_by = submitted_[i].id;
      const Line line = *submitted_[i].fiber;
      const OrderId id{"po-s" + std::to_string(options_.seed) + "n" + std::to_string(submitted_.size())};
      submitted_.push_back({id,
                            make_delete("D" + std::to_string(i), made_by, line),
                            {expected_delete(options_.seed, made_by, line, id, offer_.keeps_partial(options_.seed, id))}});
      return submit(submitted_.back());
    }
  }

  void submit(const Submitted& what) {
    const std::size_t index = static_cast<std::size_t>(&what - submitted_.data());
    execute(stream_of(what.id), product_order::Command{product_order::Submit{what.order, "digest", ""}},
            [this, index](const Reply& reply) {
              Submitted& it = submitted_[index];
              if (reply.rejection) {
                if (reply.rejection->code == RejectionCode::limit) ++out_.turned_away;
                if (reply.rejection->where.starts_with("orderRelationship["))
                  return it.order.relations.clear();  // it ended meanwhile
                if (reply.rejection->code != RejectionCode::unavailable && reply.rejection->code != RejectionCode::limit)
                  out_.findings.push_back(it.id.value + " was rejected: " + reply.rejection->message);
                return;
              }
              it.acknowledged = true;
              auditor_.acknowledged(it.id);
            });
  }

  void cancel(Submitted& what) {
    const std::size_t index = static_cast<std::size_t>(&what - submitted_.data());
    what.ends.insert(OrderStatus::cancelled);
    what.anyhow |= offer_.may_refuse;
    const std::size_t life = life_number_;
    execute(stream_of(what.id), product_order::Command{product_order::Cancel{"sim", "sim", false, true}},
            [this, index, life](const Reply& reply) {
              if (reply.rejection || life != life_number_) return;  // refused, or nobody knows
              submitted_[index].ends = {OrderStatus::cancelled};
            });
  }

  /// A client wants less of an order under way, and then perhaps all of it after all. Until that is answered, or where it may have to
  /// wait, it may end either way.
  void revise(Submitted& what) {
    auto next = next_revision(what, random_.chance(0.5));
    if (!next || (!quick_ && stream_of(what.id) == family_of(bad_.stream()))) return;
    what.deleted = true;  // its product is not what a later delete would take it for
    const auto ends = ends_of(*next, what, offer_, options_.seed);
    what.ends.insert(ends.begin(), ends.end());
    const std::size_t index = static_cast<std::size_t>(&what - submitted_.data()), life = life_number_;
    const int which = next->digest == kBack ? 2 : 1;
    execute(stream_of(what.id), product_order::Command{*std::move(next)}, [this, index, life, ends, which](const Reply& reply) {
      if (life != life_number_) return;  // nobody knows
      if (reply.rejection) return submitted_[index].refused(which, *reply.rejection);
      out_.revised += reply.changed ? 1 : 0;
      submitted_[index].took(which, ends, offer_.catalog->revisions);
    });
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// One step: a message, or if there is none the next thing that time brings.
  void move() {
    ++out_.steps;
    if (life_->dead()) crash();
    if (out_.steps % 500 == 0) people_.attend(life_->engine());
    if (life_->has_job() && (!due() || random_.chance(0.8))) {
      life_->step(random_);
    } else if (!timeline_.run_one()) {
      wait();
    }
    look();
  }

  bool due() const { return timeline_.next() && *timeline_.next() <= timeline_.now; }

  void wait() {
    Millis by = 24h;
    if (auto next = timeline_.next()) by = std::min(by, *next - timeline_.now);
    if (auto next = life_->next_timeout()) by = std::min(by, *next);
    if (by < Millis{1}) by = Millis{1};
    if (by > 10min) {  // nothing happens for a while: people have time
      by = 10min;
      people_.attend(life_->engine());
    }
    timeline_.now += by;
    life_->advance(by);
  }

  void look() {
    for (std::string& finding : auditor_.look()) out_.findings.push_back(std::move(finding));
    for (std::string& twice : partners_->done_twice) out_.findings.push_back("work done twice: " + twice);
    partners_->done_twice.clear();
    if (const std::size_t now = life_->engine().in_flight(); now > kInFlightMax)
      out_.findings.push_back(std::to_string(now) + " commands are in flight");
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

  bool others_at_their_end() const { return left_waiting().empty(); }
  std::string left_waiting() const {
    const auto held_up = held_up_by(OrderId{family_of(bad_.stream()).value}, submitted_);
    for (const Submitted& s : submitted_)
      if (!held_up.contains(s.id) && !at_its_end(s)) return s.id.value;
    return {};
  }

  bool at_its_end(const Submitted& s) const {
    auto found = auditor_.orders().find(s.id.value);
    return found != auditor_.orders().end() && is_final(found->second.state.status);
  }

  /// It has ended so, and could not have ended otherwise.
  bool as_it_may(const Submitted& s, OrderStatus end) const {
    return s.ends == std::set{end} && at_its_end(s) && auditor_.orders().at(s.id.value).state.status == end;
  }

  bool nothing_left() const {
    const bool ended = std::ranges::all_of(submitted_, [&](const Submitted& s) { return at_its_end(s); });
    return ended && log_->tells(nullptr, 1).empty() && log_->outbox(nullptr, 1).empty();
  }

  /// Faults stop; then everything must reach its end.
  void settle() {
    partners_->faults.on = people_.steers = false;
    partners_->outage.clear();
    disk_->free = std::uint64_t{50} << 30;
    if (!quick_ && !bad_.stream().value.empty()) settle_around_the_bad();
    go_on_until([&] { return nothing_left(); });
  }

  template <class Done>
  void go_on_until(Done done) {
    const Instant until = timeline_.now + kLongest;
    std::size_t steps = 0;
    while (out_.findings.empty() && !done() && timeline_.now < until && ++steps < kStepsMax) {
      for (const Submitted& s : submitted_)  // a client repeats what was not acknowledged
        if (!s.acknowledged && steps % 1000 == 1) submit(s);
      move();
    }
  }

  /// Law 9: nobody does anything about a stream that cannot be read. It is found out and shown, everyone else reaches their end,
  /// and nothing keeps trying it.
  void settle_around_the_bad() {
    constexpr std::size_t kFoldsMax = 10;
    go_on_until([&] { return others_at_their_end() && bad_.in_quarantine(); });
    if (const auto id = left_waiting(); !id.empty())
      out_.findings.push_back(id + " does not reach its end because of " + bad_.stream().value);
    if (!bad_.in_quarantine()) out_.findings.push_back(bad_.stream().value + " cannot be read, and is not in quarantine");
    const std::size_t folds = life_->log().folds, life = life_number_;
    const Instant until = timeline_.now + 2h;
    go_on_until([&] { return timeline_.now >= until; });
    if (const std::size_t more = life_->log().folds - (life == life_number_ ? folds : 0); more > kFoldsMax)
      out_.findings.push_back(bad_.stream().value + " is in quarantine and was tried " + std::to_string(more) + " times");
    people_.resolve_quarantines = true;
  }

  /// Law 10: when the partners have said their last and the usual idle time is over, nobody is in memory. What a quarantine held back
  /// may come half a minute later.
  void fall_silent() {
    std::size_t steps = 0;
    while (out_.findings.empty() && timeline_.next() && ++steps < kStepsMax) move();
    const Instant until = timeline_.now + 1min;
    const auto nobody = [&] { return life_->engine().figures().residents == 0; };
    while (out_.findings.empty() && !nobody() && timeline_.now < until && ++steps < kStepsMax) move();
    if (const std::size_t left = life_->engine().figures().residents; left != 0 && out_.findings.empty())
      out_.findings.push_back(std::to_string(left) + " actors stay in memory with nothing to do");
  }

  void finish() {
    if (out_.findings.empty()) {
      for (const Submitted& s : submitted_) judge(s);
      for (std::string& finding : left_behind(*log_, auditor_, partners_->order_of_work, submitted_))
        out_.findings.push_back(std::move(finding));
      for (std::string& finding : auditor_.at_the_end()) out_.findings.push_back(std::move(finding));
    }
    out_.orders = submitted_.size();
    out_.calls = partners_->calls;
    out_.interventions = people_.acts;
    for (const auto& [id, folded] : auditor_.orders()) {
      ++out_.ends[std::string(to_text(folded.state.status))];
      out_.archived += folded.state.archived() ? 1 : 0;
    }
    for (const StoredCommit& stored : log_->read_feed({}, SIZE_MAX)) out_.hash = fate(out_.hash, stored.record);
    partners_->connect({});
    life_.reset();
  }

  void judge(const Submitted& s) {
    auto found = auditor_.orders().find(s.id.value);
    if (found == auditor_.orders().end()) return out_.findings.push_back(s.id.value + " was never recorded");
    auto wrong = s.wrong_end(options_.seed, offer_.may_refuse, auditor_.orders());
    if (!wrong.empty()) out_.findings.push_back(std::move(wrong));
  }

  Options options_;
  Random random_;
  Timeline timeline_;
  std::shared_ptr<EventLog> log_;
  std::shared_ptr<SimDisk> disk_ = std::make_shared<SimDisk>();
  std::shared_ptr<Partners> partners_;
  Auditor auditor_;
  BadStream bad_;
  People people_;
  const Offer offer_;
  bool strikes_ = false;  ///< once in this run an order's history becomes unreadable
  bool quick_ = false;    ///< people see to it at once; otherwise when everything else is done
  std::unique_ptr<Life> life_;
  std::size_t life_number_ = 0;
  std::map<std::string, std::size_t> waiting_;  ///< by stream: asked in this life, and not answered
  std::vector<Submitted> submitted_;
  Outcome out_;
};

}  // namespace

Outcome simulate(const Options& options) { return World{options}.run(); }

}  // namespace comd::sim
