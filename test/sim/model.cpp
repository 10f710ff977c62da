#include "test/sim/model.h"

#include "test/sim/partner.h"
#include "test/support/fiber.h"

namespace comd::sim {
namespace {

bool works(std::uint64_t seed, const OrderId& order, const std::string& item, int site, const std::string& key) {
  const std::string id = "so-" + order.value.substr(3) + "." + item + ".1." + std::to_string(site) + "." + key + ".r1";
  const Fate fate = fate_of(seed, id);
  return !fate.permanent && fate.transient_failures < 3 && fate.person != Fate::Person::fails;
}

struct LineEnd {
  int done = 0, failed = 0;
};

LineEnd run(std::uint64_t seed, const OrderId& order, const Line& line) {
  LineEnd end;
  auto count = [&](bool ok) { ok ? ++end.done : ++end.failed; };
  if (line.sites > 0) {
    const bool evc = works(seed, order, line.item, 0, "evc");
    count(evc);
    for (int site = 1; site <= line.sites; ++site) count(evc && works(seed, order, line.item, site, "site"));
    return end;
  }
  const bool access = works(seed, order, line.item, 0, "access");
  count(access);
  count(access && works(seed, order, line.item, 0, "ip"));
  if (line.router && access && works(seed, order, line.item, 0, "cpe")) ++end.done;  // optional: its failure is nobody's
  return end;
}

}  // namespace

bool Offer::keeps_partial(std::uint64_t seed, const OrderId& id) const {
  return policy == FailurePolicy::keep_partial || (policy == FailurePolicy::hold && accepts(seed, id.value));
}

Offer draw_offer(Random& random) {
  Offer out;
  out.policy = static_cast<FailurePolicy>(1 + random.below(3));
  out.catalog = fiber::catalog(out.policy);
  out.catalog->specifications["access@1"].milestones = {{"surveyed", "", MilestoneRule::At::report},
                                                        {"begun", "", MilestoneRule::At::in_progress},
                                                        {"done", "", MilestoneRule::At::completed}};
  auto& cpe = out.catalog->specifications["cpe@1"];
  out.cpe_by_people = random.chance(0.5);  // it is optional: what becomes of it is not in the order's end
  if (!out.cpe_by_people)
    cpe.delivery = Delivery::queryable;
  else if (random.chance(0.5))
    cpe.target = kManualTarget;
  out.may_refuse = random.chance(0.4);
  if (out.may_refuse)
    for (const char* name : {"access@1", "ip@1"}) out.catalog->specifications[name].cancel_refused = CancelRefused::deny;
  out.catalog->specifications["access@1"].modify_in_flight = out.cpe_by_people;
  out.catalog->revisions = out.may_refuse ? Revisions::supersede : Revisions::queue;
  if (random.chance(0.3)) out.catalog->scheduling = Scheduling::by_requested_completion;
  return out;
}

OrderStatus expected_end(std::uint64_t seed, const OrderId& order, const std::vector<Line>& lines, bool keep_partial) {
  int complete = 0, partly = 0, failed = 0;
  bool chain_broken = false;
  for (const Line& line : lines) {
    LineEnd end;
    if (line.after_previous && chain_broken) {
      ++failed;
      continue;
    }
    end = run(seed, order, line);
    chain_broken = end.failed > 0;
    if (end.failed == 0)
      ++complete;
    else if (end.done > 0)
      ++partly;
    else
      ++failed;
  }
  if (partly + failed == 0) return OrderStatus::completed;
  if (!keep_partial) return OrderStatus::failed;
  return complete == 0 && partly == 0 ? OrderStatus::failed : OrderStatus::partial;
}

OrderStatus expected_delete(std::uint64_t seed, const OrderId& made_by, const Line& line, const OrderId& order,
                            bool keep_partial) {
  int done = 0, failed = 0;
  auto count = [&](bool ok) { ok ? ++done : ++failed; };
  count(works(seed, order, line.item, 0, "ip"));
  if (line.router && works(seed, made_by, line.item, 0, "cpe")) count(works(seed, order, line.item, 0, "cpe"));
  count(failed == 0 && works(seed, order, line.item, 0, "access"));  // goes last: the others are built on it
  if (failed == 0) return OrderStatus::completed;
  return keep_partial && done > 0 ? OrderStatus::partial : OrderStatus::failed;
}

Order make_delete(const std::string& external_id, const OrderId& made_by, const Line& line) {
  Order out;
  out.tenant = {"t"};
  out.source = "sim";
  out.external_id = external_id;
  out.document = "{}";
  OrderItem item;
  item.id = line.item;
  item.action = Action::remove;
  item.product = ProductId{"pr-" + made_by.value.substr(3) + "." + line.item + ".1"};
  out.items.push_back(std::move(item));
  return out;
}

std::vector<Line> draw_lines(Random& random) {
  std::vector<Line> lines;
  const std::size_t count = 1 + random.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    Line line;
    line.item = std::to_string(i + 1);
    if (random.chance(0.25))
      line.sites = 1 + static_cast<int>(random.below(4));
    else
      line.router = random.chance(0.5);
    line.after_previous = i > 0 && random.chance(0.4);
    lines.push_back(line);
  }
  return lines;
}

Order make_order(const std::string& external_id, const std::vector<Line>& lines) {
  Order out;
  out.tenant = {"t"};
  out.source = "sim";
  out.external_id = external_id;
  out.document = "{}";
  for (const Line& line : lines) {
    OrderItem item;
    item.id = line.item;
    item.action = Action::add;
    if (line.sites > 0) {
      item.offering = OfferingRef{"ethernet", {}, {}};
      for (int site = 1; site <= line.sites; ++site) item.places.push_back({"site-" + std::to_string(site), "site", {}});
    } else {
      item.offering = OfferingRef{"fiber", {}, {}};
      item.characteristics = {{"bandwidth", {line.fast ? "500" : "100"}}, {"router", {line.router ? "true" : "false"}}};
    }
    if (line.after_previous) item.relations.push_back({RelationKind::relies_on, out.items.back().id});
    out.items.push_back(std::move(item));
  }
  return out;
}

}  // namespace comd::sim
