#include "test/unit/actors/fixture.h"

namespace comd {

TestLog::TestLog() : ForwardingLog(make_memory_event_log()) {}

std::vector<Result<Appended, AppendError>> TestLog::append(std::span<const Append> batch) {
  batches.push_back(batch.size());
  if (fail_next) {
    const AppendError error = *std::exchange(fail_next, std::nullopt);
    return std::vector<Result<Appended, AppendError>>(batch.size(), Err(error));
  }
  return inner->append(batch);
}

std::vector<StoredCommit> TestLog::read_stream(const StreamId& id, Version after) const {
  ++folds;
  auto out = inner->read_stream(id, after);
  if (as_read)
    for (StoredCommit& commit : out) as_read(commit);
  return out;
}

void ManualPartner::call(ActivationCall made, Done done) {
  if (before_call) before_call(made);
  calls.push_back({std::move(made), std::move(done)});
}

void ManualInventory::push(const product::Snapshot& product, std::uint64_t version, CallMeta, Done done) {
  pushes.push_back({product, version, std::move(done)});
}

EngineTest::EngineTest(EngineOptions options) : options_(std::move(options)) {
  options_.seed = 1;
  options_.writes_at_once = false;  // so that there is a time in which an append is under way
  log_->inner = make_memory_event_log();
}
EngineTest::~EngineTest() = default;

void EngineTest::start(Faults faults) {
  config_ = std::make_unique<caf::actor_system_config>();
  config_->set("scheduler.policy", caf::atom("testing"));
  config_->set("logger.verbosity", caf::atom("quiet"));
  system_ = std::make_unique<caf::actor_system>(*config_);
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  registry_ = std::make_unique<prometheus::Registry>();
  CatalogParser parse = [](std::string_view bytes) -> Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> {
    if (bytes == "broken") return Err(std::vector<Rejection>{{RejectionCode::invalid, "Expected a catalogue", "line 1", {}}});
    auto out = fiber::catalog();
    if (bytes == "by hand")
      for (auto& [id, specification] : out->specifications) specification.target = kManualTarget;
    out->version = std::string(bytes);
    if (bytes == "queue") out->claims = Claims::queue;
    return out;
  };
  EngineParts parts{log_,
                    clock_,
                    partner_,
                    inventory_,
                    parse,
                    options_,
                    std::make_shared<Metrics>(*registry_),
                    faults,
                    [this](const std::string& why) { failure_ = why; },
                    disk_,
                    keys_};
  engine_ = std::make_unique<EngineActors>(*system_, std::move(parts));
  run();
}

void EngineTest::crash() {
  if (!engine_) return;
  engine_->kill();
  run();
  engine_.reset();
  system_.reset();
  partner_->calls.clear();
}

void EngineTest::run() {
  while (scheduler_->has_job()) scheduler_->run_once();
}

void EngineTest::step() {
  if (scheduler_->has_job()) scheduler_->run_once();
}

void EngineTest::advance(Millis by) {
  clock_->now_ += by;
  scheduler_->advance_time(by);
  run();
}

std::shared_ptr<std::optional<Reply>> EngineTest::send(const StreamId& stream, AnyCommand command) {
  auto out = std::make_shared<std::optional<Reply>>();
  engine_->execute(stream, std::move(command), {"", "tester", {"t"}, "corr-1", "trace-1"}, [out](Reply reply) {
    EXPECT_FALSE(out->has_value()) << "answered twice";
    *out = std::move(reply);
  });
  return out;
}

Reply EngineTest::execute(const StreamId& stream, AnyCommand command) {
  auto out = send(stream, std::move(command));
  run();
  EXPECT_TRUE(out->has_value()) << "not answered";
  return out->value_or(Reply{});
}

void EngineTest::load_catalog() {
  const Reply reply = execute(StreamId{"catalog"}, catalog_log::Command{catalog_log::Load{"test", "1", "d1", "1"}});
  EXPECT_FALSE(reply.rejection) << reply.rejection->message;
}

AnyCommand EngineTest::submit(Order order, std::string digest) {
  return product_order::Command{product_order::Submit{std::move(order), std::move(digest), {}}};
}

Reply EngineTest::submit_order() { return execute(stream_of(fiber::kOrder), submit()); }

product_order::State EngineTest::order_state() const {
  auto folded = fold<product_order::State>(log_->inner->read_stream(stream_of(fiber::kOrder)), stream_of(fiber::kOrder));
  EXPECT_TRUE(folded.has_value());
  return folded->state;
}

service_order::State EngineTest::service_order_state(std::string_view key) const {
  const StreamId stream = stream_of(fiber::so(key));
  auto folded = fold<service_order::State>(log_->inner->read_stream(stream), stream);
  EXPECT_TRUE(folded.has_value());
  return folded->state;
}

std::vector<Commit> EngineTest::commits() const {
  std::vector<Commit> out;
  for (const StoredCommit& stored : log_->inner->read_feed({}, 10'000)) out.push_back(*decode(stored.record));
  return out;
}

std::size_t EngineTest::commits_by(std::string_view command) const {
  const auto all = commits();
  return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Commit& c) { return c.cause.command == command; }));
}

service_order::Outcome EngineTest::ok() { return {service_order::Outcome::Kind::ok, {}, "ref", {}}; }

service_order::Outcome EngineTest::outcome(service_order::Outcome::Kind kind) {
  return {kind, {FaultClass::transient, "LOST", "lost"}, {}, {}};
}

void EngineTest::answer(std::size_t call, service_order::Outcome outcome) {
  partner_->calls.at(call).done(std::move(outcome));
  run();
}

Reply EngineTest::report(std::string_view key, service_order::ReportKind kind, Values outputs) {
  service_order::Report report;
  report.id = std::string(key) + "-" + std::to_string(++reports_);
  report.kind = kind;
  report.outputs = std::move(outputs);
  report.reporter = "partner";
  return execute(stream_of(fiber::so(key)), service_order::Command{service_order::TakeReport{report}});
}

double EngineTest::gauge(const std::string& name) const {
  for (const auto& family : registry_->Collect())
    if (family.name == name) return family.metric.at(0).gauge.value + family.metric.at(0).counter.value;
  return -1;
}

}  // namespace comd
