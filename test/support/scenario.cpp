#include "test/support/scenario.h"

namespace comd::test {
namespace {

ServiceSpecification random_specification(Fill& random, std::string name) {
  ServiceSpecification spec;
  spec.name = std::move(name);
  spec.version = "1";
  spec.target = spec.name == "cpe" && random.below(3) == 0 ? std::string(kManualTarget) : spec.name + "-system";
  spec.delivery = static_cast<Delivery>(1 + random.below(3));
  spec.ponr = static_cast<PointOfNoReturn>(1 + random.below(3));
  spec.compensate_add = random.below(5) != 0;
  spec.compensate_modify = random.below(5) != 0;
  for (std::size_t rules = random.below(3); rules > 0; --rules) {
    RetryRule rule;
    if (random.below(2) == 0) rule.fault_class = static_cast<FaultClass>(1 + random.below(4));
    if (random.below(3) == 0) rule.code = random.below(2) == 0 ? "E*" : "E1";
    rule.attempts = static_cast<std::uint32_t>(1 + random.below(4));
    rule.then = static_cast<Then>(1 + random.below(4));
    spec.retry.push_back(rule);
  }
  spec.expected_duration = std::chrono::minutes(1 + random.below(120));
  if (random.below(2) == 0)
    spec.milestones = {{"surveyed", "", MilestoneRule::At::report},
                       {"begun", "", MilestoneRule::At::in_progress},
                       {"done", "", MilestoneRule::At::completed}};
  spec.partial_activation = static_cast<PartialActivation>(random.below(3));
  spec.cancel_refused = static_cast<CancelRefused>(random.below(2));
  spec.modify_in_flight = random.below(2) == 0;
  if (spec.partial_activation == PartialActivation::complete)
    spec.retry.push_back({std::string(kPartialActivation),
                          {},
                          3,
                          std::chrono::seconds(1),
                          2,
                          std::chrono::minutes(1),
                          0.1,
                          static_cast<Then>(1 + random.below(4))});
  return spec;
}

OrderItem add_item(Fill& random, std::string id) {
  OrderItem item;
  item.id = std::move(id);
  item.action = Action::add;
  item.quantity = static_cast<std::uint32_t>(1 + random.below(2));
  item.offering = OfferingRef{"O", "Offering", ""};
  item.characteristics["speed"] = number_value(static_cast<std::int64_t>(random.below(1000)));
  if (random.below(2) == 0) item.characteristics["router"] = text_value("R1");
  for (std::size_t sites = random.below(3); sites > 0; --sites)
    item.places.push_back({"site-" + std::to_string(sites), "installation", "Site"});
  return item;
}

}  // namespace

CatalogSet random_catalog(Fill& random) {
  auto catalog = std::make_shared<Catalog>();
  catalog->name = "test";
  catalog->version = "1";
  catalog->digest = "digest-1";
  catalog->failure_policy = static_cast<FailurePolicy>(1 + random.below(3));
  catalog->scheduling = static_cast<Scheduling>(random.below(2));
  for (const char* name : {"access", "ip", "cpe", "line"}) {
    auto spec = random_specification(random, name);
    catalog->specifications[specification_id(spec)] = spec;
  }
  Offering offering;
  offering.id = "O";
  ServiceRule access, ip, cpe, line;
  access.key = "access", access.specification = "access@1";
  access.characteristics.push_back({"speed", Mapping::Source::product, {}, "speed", "", false});
  ip.key = "ip", ip.specification = "ip@1", ip.depends_on = {"access"};
  ip.characteristics.push_back({"port", Mapping::Source::output, {}, "access", "portId", random.below(2) == 0});
  cpe.key = "cpe", cpe.specification = "cpe@1", cpe.depends_on = {"access"}, cpe.optional = true;
  cpe.when = {Predicate::Kind::exists, "router", {}, {}, {}, {}};
  line.key = "line", line.specification = "line@1", line.depends_on = {"access"}, line.per = Per::site;
  offering.services = {access, ip, cpe, line};
  if (random.below(2) == 0) catalog->revisions = Revisions::queue;
  if (random.below(2) == 0) offering.claims = Claims::queue;
  catalog->offerings.push_back(offering);
  return CatalogSet{{catalog}};
}

Order random_order(Fill& random, const std::vector<ProductId>& products) {
  Order order;
  order.tenant = TenantId{"t1"};
  order.external_id = "ext-" + std::to_string(random.below(1'000'000));
  order.parties = {{"customer-1", "Customer"}};
  order.document = "{}";
  if (products.empty() || random.below(3) == 0) {
    order.items.push_back(add_item(random, "1"));
    if (random.below(2) == 0) {
      order.items.push_back(add_item(random, "2"));
      if (random.below(2) == 0) order.items[1].relations.push_back({RelationKind::relies_on, "1"});
    }
    return order;
  }
  std::set<ProductId> chosen;
  for (std::size_t n = 1 + random.below(2); n > 0; --n) chosen.insert(products[random.below(products.size())]);
  for (const ProductId& product : chosen) {
    OrderItem item = add_item(random, std::to_string(order.items.size() + 1));
    item.action = random.below(2) == 0 ? Action::modify : Action::remove;
    item.quantity = 1;
    item.product = product;
    if (item.action == Action::remove) item.characteristics.clear(), item.places.clear();
    order.items.push_back(std::move(item));
  }
  return order;
}

Walk::Walk(std::uint64_t seed, bool revises)
    : random_(seed), revises_(revises), world(random_catalog(random_)), partner(random_), person(random_, world, partner) {
  world.push = random_.below(2) == 0;
  cancels_ = random_.below(3) == 0;
  partner.calm = random_.below(8);
}
Walk::~Walk() = default;

void Walk::step() {
  world.jitter = static_cast<double>(random_.below(1000)) / 1000;
  if (revises_ && partner.faults && random_.below(40) == 0) return revise();
  if (random_.below(10) == 0) return person.act();
  if (partner.faults && random_.below(60) == 0) return person.hold();
  if (archives && random_.below(40) == 0) return archive();
  switch (random_.below(partner.faults ? 20 : 14)) {
    case 0:
    case 1:
    case 2:
    case 3: return deliver_tell();
    case 4:
    case 5:
    case 6:
    case 7: return perform_effect();
    case 8:
    case 9: return settle_call();
    case 10: return finish_work();
    case 11:
    case 12: return deliver_report();
    case 13: return pass_time();
    case 14: return submit();
    case 15: return cancels_ && random_.below(6) == 0 ? cancel() : deliver_tell();
    case 16:
      return random_.below(1 + partner.calm) == 0 ? in_flight_.clear() : deliver_tell();  // a crash: outcomes are never told
    case 17: return random_.below(4) == 0 ? news() : deliver_report();
    case 18: return random_.below(4) == 0 ? look_at_related() : perform_effect();
    default: return perform_effect();
  }
}

bool Walk::settled() const {
  for (const auto& [stream, member] : world.members)
    if (const auto* order = world.find<product_order::State>(stream); kind_of(stream.value) == StreamKind::product_order)
      if (!is_final(order->status)) return false;
  return world.tells.empty() && world.effects.empty() && in_flight_.empty() && partner.mail.empty();
}

bool Walk::calm_down(std::size_t limit) {
  partner.faults = false;
  for (std::size_t i = 0; i < limit; ++i) {
    if (settled()) return true;
    step();
  }
  return settled();
}

void Walk::archive() {
  for (const auto& [stream, member] : std::map(world.members)) {
    if (kind_of(stream.value) != StreamKind::product_order) continue;
    const auto& before = *world.find<product_order::State>(stream);
    const bool archived = before.archived();
    const bool over = is_final(before.status);
    const auto done = world.execute(stream, product_order::Command{product_order::Archive{"comd", ""}});
    if (done && *done && (archived || !over)) world.fail(stream, "was archived, though it was not the time");
  }
}

std::string Walk::unsettled() const {
  std::string out;
  for (const auto& [stream, member] : world.members) {
    if (kind_of(stream.value) == StreamKind::product_order) {
      const auto& s = *world.find<product_order::State>(stream);
      out += stream.value + " " + std::string(to_text(s.status)) + " (" + s.reason + ")\n";
    }
    if (kind_of(stream.value) == StreamKind::service_order) {
      const auto& s = *world.find<service_order::State>(stream);
      if (!service_order::is_final(s.status))
        out += "  " + stream.value + " " + std::string(service_order::to_text(s.status)) + "\n";
    }
  }
  for (const auto& [key, effect] : world.effects) out += "  effect " + effect.key + "\n";
  for (const auto& [from, tell] : world.tells) out += "  tell " + tell.name + " to " + tell.to.value + "\n";
  return out;
}

void Walk::submit() {
  if (orders_ >= 3) return;
  std::vector<ProductId> products;
  for (const auto& [stream, member] : world.members)
    if (kind_of(stream.value) == StreamKind::product) products.push_back(ProductId{stream.value});
  product_order::Submit submit{random_order(random_, products), "digest-" + std::to_string(orders_), ""};
  if (random_.below(6) == 0) submit.order.requested_start = world.now + std::chrono::hours(random_.below(48));
  if (random_.below(2) == 0) submit.order.requested_completion = world.now + std::chrono::minutes(random_.below(600));
  for (OrderItem& item : submit.order.items)
    if (random_.below(6) == 0) item.requested_start = world.now + std::chrono::hours(random_.below(48));
  if (orders_ > 0 && random_.below(3) == 0)
    submit.order.relations.push_back(
        {static_cast<OrderRelationKind>(1 + random_.below(2)), OrderId{"po-" + std::to_string(random_.below(orders_))}});
  const StreamId id{"po-" + std::to_string(orders_)};
  if (world.execute(id, product_order::Command{submit})) ++orders_;
}

void Walk::deliver_tell() {
  if (world.tells.empty()) return;
  const auto [from, tell] = *std::next(world.tells.begin(), static_cast<std::ptrdiff_t>(random_.below(world.tells.size())));
  world.deliver(from, tell);
}

void Walk::perform_effect() {
  std::vector<std::pair<StreamId, Effect>> ready;
  for (const auto& [key, effect] : world.effects)
    if (effect.not_before <= world.now) ready.emplace_back(key.first, effect);
  if (ready.empty()) return;
  const auto& [stream, effect] = ready[random_.below(ready.size())];
  if (effect.kind == EffectKind::product) return perform_product(stream, effect);
  if (effect.kind == EffectKind::push) {
    const auto& p = *world.find<product::State>(stream);
    return flies(stream, product::Command{product::SettlePush{p.writes, !partner.faults || random_.below(2) == 0, "pushed"}});
  }
  perform_call(stream, effect);
}

void Walk::perform_product(const StreamId& stream, const Effect& effect) {
  auto [product, command] = product_order::product_command_of(*world.find<product_order::State>(stream), effect);
  const bool claim = std::holds_alternative<product::Claim>(command);
  const auto done = world.execute(stream_of(product), command);
  const auto* state = world.find<product::State>(stream_of(product));
  const OrderId order{stream.value};
  if (const std::uint32_t place = claim && state ? product::place_in_line(*state, order) : 0; place > 0) {
    flies(stream, product_order::Command{product_order::NoteInLine{product, state->product.claimed_by, place}});
  } else if (claim) {
    flies(stream,
          product_order::Command{product_order::SettleClaim{
              product, done.has_value(), state ? state->product : product::Snapshot{}, done ? "" : done.error().message}});
  } else if (std::holds_alternative<product::Withdraw>(command)) {
    const bool granted = state != nullptr && state->product.claimed_by == order;
    flies(stream,
          product_order::Command{product_order::SettleClaim{product, granted, state ? state->product : product::Snapshot{}, {}}});
  } else if (done) {
    flies(stream, product_order::Command{product_order::SettleWrite{product, state->product.status}});
  } else {
    world.fail(stream, "a write was refused: " + done.error().message);
  }
}

void Walk::perform_call(const StreamId& stream, const Effect& effect) {
  const auto& before = *world.find<service_order::State>(stream);
  const auto& spec = *service_order::find_specification(world.catalogs(), before.spec.catalog_version, before.spec.specification);
  const ActivationRequest request = service_order::request_of(before, effect);
  const std::string key = service_order::attempt_key(request.service_order, request.attempt);
  if (effect.record_send) static_cast<void>(world.execute(stream, service_order::Command{service_order::MarkSent{effect.key}}));
  if (partner.strikes(15)) return;  // a crash before the call
  service_order::Outcome outcome;
  switch (effect.kind) {
    case EffectKind::submit:
      outcome = partner.submit(key, request, spec.delivery == Delivery::idempotent);
      check_work(stream, key);
      break;
    case EffectKind::ask: outcome = partner.ask(key); break;
    case EffectKind::amend: outcome = partner.amend(key, effect.key, request.characteristics); break;
    default: outcome = partner.cancel(key); break;
  }
  flies(stream, service_order::Command{service_order::SettleEffect{effect.key, effect.kind, outcome}}, effect.call_timeout);
}

void Walk::check_work(const StreamId& stream, const std::string& key) {
  std::size_t alive = 0;
  const auto& state = *world.find<service_order::State>(stream);
  const auto* spec = service_order::find_specification(world.catalogs(), state.spec.catalog_version, state.spec.specification);
  const bool completes = spec->partial_activation == PartialActivation::complete;
  for (const auto& [other, work] : partner.works) {
    if (work.service_order.value != stream.value) continue;
    if (work.accepted > 1) world.fail(stream, "the same key was worked on twice: " + other);
    const bool ended =
        work.status == Partner::Kind::failed || work.status == Partner::Kind::rejected || work.status == Partner::Kind::cancelled;
    // What was activated in part may be started anew, for the rest of it: by policy or by a person.
    const bool for_the_rest = work.status == Partner::Kind::partial && (completes || state.reopens > 0);
    alive += !ended && !for_the_rest;
  }
  if (alive > 1) world.fail(stream, "worked on twice, last as " + key);
}

void Walk::flies(const StreamId& stream, WorldCommand settle, Millis call_timeout) {
  if (partner.strikes(12)) return;
  in_flight_.push_back({stream, std::move(settle), world.now + call_timeout});
}

void Walk::settle_call() {
  if (in_flight_.empty()) return;
  std::swap(in_flight_[random_.below(in_flight_.size())], in_flight_.back());
  const Call call = std::move(in_flight_.back());
  in_flight_.pop_back();
  static_cast<void>(world.execute(call.stream, call.settle));
}

void Walk::finish_work() {
  const auto running = partner.running();
  if (!running.empty()) partner.finish(*running[random_.below(running.size())]);
}

void Walk::deliver_report() {
  if (partner.mail.empty()) return;
  std::swap(partner.mail[random_.below(partner.mail.size())], partner.mail.back());
  const Partner::Mail mail = partner.mail.back();
  partner.mail.pop_back();
  const auto taken = world.execute(stream_of(mail.service_order), service_order::Command{service_order::TakeReport{mail.report}});
  if (!taken) world.fail(stream_of(mail.service_order), "a report was refused: " + taken.error().message);
}

void Walk::cancel() {
  if (orders_ == 0) return;
  static_cast<void>(world.execute(StreamId{"po-" + std::to_string(random_.below(orders_))},
                                  product_order::Command{product_order::Cancel{"changed my mind", "client", false, true}}));
}

void Walk::revise() {
  if (orders_ == 0) return;
  const StreamId id{"po-" + std::to_string(random_.below(orders_))};
  const auto& state = *world.find<product_order::State>(id);
  Order order = state.order;
  OrderItem& item = order.items[random_.below(order.items.size())];
  if (item.action != Action::remove) {
    const OrderItem other = add_item(random_, item.id);
    if (random_.below(2) == 0)
      item.characteristics = other.characteristics;
    else
      item.characteristics["speed"] = other.characteristics.at("speed");
    if (random_.below(2) == 0) item.places = other.places;
  }
  if (random_.below(4) == 0) order.items.push_back(add_item(random_, std::to_string(state.revision) + "-new"));
  if (random_.below(4) == 0 && order.items.size() > 1) {
    order.items.pop_back();
    for (OrderItem& left : order.items)
      std::erase_if(left.relations, [&](const auto& r) { return find_item(order, r.item) == nullptr; });
  }
  if (random_.below(4) == 0) order.priority = static_cast<std::uint8_t>(random_.below(5));
  if (random_.below(4) == 0) order.items.front().requested_start = world.now + std::chrono::hours(random_.below(48));
  if (random_.below(4) == 0) order.relations.clear();
  const auto revision = static_cast<std::uint32_t>(state.revision + 1 + state.queued.size());
  product_order::Revise next{order, std::to_string(revision) + "+" + state.digest, revision, {}, "client", "thought again"};
  next.accept_cost = random_.below(2) == 0;
  revisions += world.execute(id, product_order::Command{std::move(next)}) ? 1 : 0;
}

void Walk::look_at_related() {
  if (orders_ == 0) return;
  const StreamId id{"po-" + std::to_string(random_.below(orders_))};
  static_cast<void>(world.execute(id, product_order::Command{product_order::CheckRelated{}}));
}

void Walk::news() {
  for (const auto& [stream, member] : world.members) {
    if (kind_of(stream.value) != StreamKind::service || random_.below(3) != 0) continue;
    static_cast<void>(
        world.execute(stream, service::Command{service::TakeNews{"n" + std::to_string(random_.below(5)),
                                                                 static_cast<service::NewsKind>(1 + random_.below(6)),
                                                                 "news",
                                                                 {},
                                                                 "partner"}}));
    return;
  }
}

void Walk::pass_time() {
  if (world.wakeups.empty()) return;
  std::optional<Instant> next;
  for (const auto& [key, wakeup] : world.wakeups) next = next ? std::min(*next, wakeup.due) : wakeup.due;
  for (const auto& [key, effect] : world.effects)
    if (effect.not_before > world.now) next = std::min(*next, effect.not_before);
  world.now = std::max(world.now, *next);
  std::erase_if(in_flight_, [&](const Call& call) { return call.until < world.now; });
  for (const auto& [key, wakeup] : std::map(world.wakeups)) {
    if (wakeup.due > world.now) continue;
    const auto kind = kind_of(key.first.value);
    const WorldCommand due =
        kind == StreamKind::product_order   ? WorldCommand(product_order::Command{product_order::TimerDue{key.second}})
        : kind == StreamKind::service_order ? WorldCommand(service_order::Command{service_order::TimerDue{key.second}})
                                            : WorldCommand(product::Command{product::TimerDue{key.second}});
    static_cast<void>(world.execute(key.first, due));
  }
}

}  // namespace comd::test
