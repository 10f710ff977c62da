#include "bench/kernels/history.h"

#include <fstream>
#include <iterator>

#include "bench/load/order_text.h"
#include "edge/catalog/catalog.h"
#include "edge/tmf/tmf622.h"

namespace comd::bench {
namespace {

using test::World;
using test::WorldCommand;

/// Takes the order through its life: a message within the family if there is one, else an effect.
class Life {
 public:
  Life(World& world, History& history) : world_(world), history_(history) {
    world_.now = history_.now;
    world_.on_commit = [this](const Commit& commit, const std::string&, const World::Changes& changes) { keep(commit, changes); };
  }

  void live() {
    execute(stream_of(history_.id), product_order::Command{product_order::Submit{history_.order, history_.digest, {}}});
    while (!world_.tells.empty() || !world_.effects.empty())
      if (!world_.tells.empty())
        deliver();
      else
        perform();
  }

 private:
  /// With a cause as long as a real one: the world's own says nothing.
  void keep(Commit commit, const World::Changes& changes) {
    commit.cause = {"TakeReport", "bench", history_.order.tenant, std::string(32, 'c'), std::string(55, 't')};
    for (const StreamSlice& slice : commit.streams) history_.events += slice.events.size();
    history_.records.push_back(encode(commit));
    history_.commits.push_back(std::move(commit));
    history_.changes.push_back(changes);
  }

  void execute(const StreamId& stream, const WorldCommand& command) {
    if (const auto done = world_.execute(stream, command); !done) world_.fail(stream, done.error().message);
  }

  void deliver() {
    const auto [from, tell] = *world_.tells.begin();
    if (const auto* sender = world_.find<service_order::State>(from); sender != nullptr) {
      auto note = product_order::note_of(*sender, tell);
      if (std::holds_alternative<product_order::NoteSettled>(note) && history_.in_progress.id.empty()) {
        history_.in_progress = *world_.find<product_order::State>(tell.to);
        history_.settlement = std::move(note);
      }
    }
    world_.deliver(from, tell);
  }

  void perform() {
    const auto [key, effect] = *world_.effects.begin();
    const StreamId stream = key.first;  // copies: what is performed is gone
    if (effect.kind == EffectKind::product)
      write(stream, effect);
    else
      activate(stream, effect);
  }

  void write(const StreamId& stream, const Effect& effect) {
    auto [product, command] = product_order::product_command_of(*world_.find<product_order::State>(stream), effect);
    execute(stream_of(product), command);
    const auto status = world_.find<product::State>(stream_of(product))->product.status;
    execute(stream, product_order::Command{product_order::SettleWrite{product, status}});
  }

  void activate(const StreamId& stream, const Effect& effect) {
    if (effect.record_send) execute(stream, service_order::Command{service_order::MarkSent{effect.key}});
    execute(stream, service_order::Command{service_order::SettleEffect{
                        effect.key, effect.kind, {service_order::Outcome::Kind::ok, {}, "ref-" + effect.key, {}}}});
    report(stream, service_order::ReportKind::acknowledged);
    report(stream, service_order::ReportKind::completed);
  }

  void report(const StreamId& stream, service_order::ReportKind kind) {
    service_order::Report report{"bench/" + std::to_string(++reports_), kind, 1, {}, {}, "", {}, "bench"};
    const service_order::Command command{service_order::TakeReport{report}};
    if (kind == service_order::ReportKind::completed && history_.working.spec.id.empty()) {
      history_.working = *world_.find<service_order::State>(stream);
      history_.completion = command;
    }
    execute(stream, command);
  }

  World& world_;
  History& history_;
  std::uint64_t reports_ = 0;
};

}  // namespace

Result<History, std::string> make_history(const std::string& catalog_file) {
  std::ifstream in(catalog_file, std::ios::binary);
  const auto catalog = catalog::parse_catalog(std::string{std::istreambuf_iterator<char>(in), {}});
  if (!catalog) return Err("Expected " + catalog_file + " to be a catalogue, but: " + catalog.error().front().message);
  History out;
  out.now = Instant{Millis{1'767'225'600'000}};
  out.catalogs.versions.push_back(*catalog);
  out.json = order_json("run-64-100000", {.bytes = 1024});
  const TenantId tenant{"default"};
  auto order = tmf::parse(out.json, {tenant, "load", {}, out.now});
  if (!order) return Err(order.error().front().message);
  out.order = *std::move(order);
  out.digest = tmf::digest(out.order);
  out.id = tmf::order_id(tenant, "load", out.order.external_id);
  World world(out.catalogs);
  Life(world, out).live();
  const auto* state = world.find<product_order::State>(stream_of(out.id));
  if (!world.broken.empty()) return Err(world.broken.front());
  if (state == nullptr || state->status != OrderStatus::completed) return Err(std::string("Expected the order to complete"));
  return out;
}

}  // namespace comd::bench
