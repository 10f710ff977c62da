#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "test/support/fiber.h"
#include "test/support/scenario.h"

/// Orders that change one product at the same time, and wait for each other.
namespace comd {
namespace {

const TenantId kTenant{"t"};
const OrderId kBase{"po-base"};
const ProductId kProduct = product_id(kBase, "1", 1);

CatalogSet catalogs() {
  auto out = fiber::catalog();
  out->claims = Claims::queue;
  return CatalogSet{{out}};
}

Order change(test::Fill& random, bool removes) {
  OrderItem item = fiber::item("1", removes && random.below(6) == 0 ? Action::remove : Action::modify);
  item.product = kProduct;
  if (item.action == Action::modify) {
    if (random.below(3) != 0) item.characteristics["bandwidth"] = number_value(static_cast<std::int64_t>(1 + random.below(900)));
    if (random.below(2) == 0) item.characteristics["router"] = Value{random.below(2) == 0 ? "true" : "false"};
  }
  return fiber::order({item});
}

/// Partners who do what they are told at once. What comes next is drawn.
class Chain {
 public:
  explicit Chain(std::uint64_t seed) : random_(seed), world(catalogs()) {
    world.on_commit = [this](const Commit& commit, const std::string&, const test::World::Changes&) { watch(commit); };
    RC_ASSERT(submit(kBase, fiber::order({fiber::item("1")})));
    settle();
  }

  bool submit(const OrderId& id, const Order& order) {
    return world.execute(stream_of(id), product_order::Command{product_order::Submit{order, id.value, ""}}).has_value();
  }
  void settle() {
    for (int i = 0; i < 20'000 && !at_rest(); ++i) step();
    RC_ASSERT(at_rest());
    world.check_replay();
    RC_ASSERT(world.broken == std::vector<std::string>{});
  }
  OrderStatus status(const OrderId& id) const { return world.find<product_order::State>(stream_of(id))->status; }
  const product::State& product() const { return *world.find<product::State>(stream_of(kProduct)); }

 private:
  test::Fill random_;

 public:
  test::World world;
  std::vector<OrderId> asked, granted;  ///< in the order in which they did and were

 private:
  void watch(const Commit& commit) {
    for (const StreamSlice& slice : commit.streams)
      for (const AnyEvent& event : slice.events) {
        const auto* of_product = std::get_if<product::Event>(&event);
        if (of_product == nullptr) continue;
        if (const auto* queued = std::get_if<product::ClaimQueued>(of_product)) asked.push_back(queued->order);
        const auto* claimed = std::get_if<product::Claimed>(of_product);
        if (claimed == nullptr) continue;
        granted.push_back(claimed->order);
        if (slice.events.size() == 1) asked.push_back(claimed->order);
      }
  }
  bool at_rest() const { return world.effects.empty() && world.tells.empty(); }

  void step() {
    const std::size_t tells = world.tells.size();
    const std::size_t at = random_.below(tells + world.effects.size());
    if (at < tells) {
      const auto [from, tell] = *std::next(world.tells.begin(), static_cast<std::ptrdiff_t>(at));
      return world.deliver(from, tell);
    }
    const auto [key, effect] = *std::next(world.effects.begin(), static_cast<std::ptrdiff_t>(at - tells));
    if (effect.kind == EffectKind::product) return perform_product(key.first, effect);
    const StreamId stream = key.first;
    using namespace service_order;
    if (effect.record_send) execute(stream, service_order::Command{MarkSent{effect.key}});
    execute(stream, service_order::Command{SettleEffect{effect.key, effect.kind, {Outcome::Kind::ok, {}, "ref", {}}}});
    Report report;
    report.id = "done";
    report.kind = ReportKind::completed;
    report.outputs = {{"portId", text_value("port of " + world.find<service_order::State>(stream)->spec.service.value)}};
    execute(stream, service_order::Command{TakeReport{report}});
  }
  void perform_product(const StreamId& stream, const Effect& effect) {
    const auto [id, command] = product_command_of(*world.find<product_order::State>(stream), effect);
    const auto done = world.execute(stream_of(id), command);
    const product::State& state = *world.find<product::State>(stream_of(id));
    if (const auto place = product::place_in_line(state, OrderId{stream.value}); place > 0)
      return execute(stream, product_order::Command{product_order::NoteInLine{id, state.product.claimed_by, place}});
    if (!done && std::ranges::find(asked, OrderId{stream.value}) == asked.end())
      asked.push_back(OrderId{stream.value});  // too late
    if (std::holds_alternative<product::Claim>(command))
      return execute(stream, product_order::Command{product_order::SettleClaim{id, done.has_value(), state.product,
                                                                               done ? "" : done.error().message}});
    RC_ASSERT(done.has_value());
    execute(stream, product_order::Command{product_order::SettleWrite{id, state.product.status}});
  }
  void execute(const StreamId& stream, const test::WorldCommand& command) {
    const auto done = world.execute(stream, command);
    RC_ASSERT(done.has_value());
  }
};

TEST(ClaimsProperty, OrdersSubmittedAtOnceEndAsIfTheyHadBeenSubmittedOneAfterTheOther) {
  EXPECT_TRUE(rc::check("chain = sequence", [](std::uint64_t seed) {
    test::Fill random(seed);
    std::map<OrderId, Order> orders;
    const bool removes = random.below(3) == 0;
    for (std::size_t n = 2 + random.below(5); n > 0; --n) orders[OrderId{"po-" + std::to_string(n)}] = change(random, removes);
    Chain at_once(seed);
    for (const auto& [id, order] : orders) RC_ASSERT(at_once.submit(id, order));
    at_once.settle();
    Chain in_turn(seed + 1);
    RC_ASSERT(at_once.asked.size() == orders.size());
    for (const OrderId& id : at_once.asked) {
      const bool taken = in_turn.submit(id, orders.at(id));
      in_turn.settle();
      RC_ASSERT(at_once.status(id) == (taken ? in_turn.status(id) : OrderStatus::failed));
    }
    RC_ASSERT(at_once.granted == in_turn.granted);
    RC_ASSERT(at_once.product().product == in_turn.product().product);
    RC_ASSERT(at_once.product().queue.empty());
  }));
}

}  // namespace
}  // namespace comd
