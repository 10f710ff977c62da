#include "cmd/activation-sim/sim.h"

namespace comd::sim {
namespace {

wire::Fault fault(const char* code, std::string message) {
  wire::Fault result;
  result.set_fault_class(wire::FAULT_CLASS_PERMANENT);
  result.set_code(code);
  result.set_message(std::move(message));
  return result;
}

Sim::Verdict refuse(grpc::StatusCode status, const char* code, std::string message) {
  return {false, status, fault(code, std::move(message)), {}};
}

bool supports(const wire::Capabilities& can, const std::string& specification) {
  if (can.specifications().empty()) return true;
  return std::find(can.specifications().begin(), can.specifications().end(), specification) != can.specifications().end();
}

constexpr bool ends_badly(wire::ReportKind kind) {
  return kind == wire::REPORT_KIND_FAILED || kind == wire::REPORT_KIND_REJECTED;
}

}  // namespace

Sim::Sim(Config config, bool deduplicate, Reporter& reporter)
    : deduplicate_(deduplicate),
      reporter_(reporter),
      config_(std::make_shared<const Config>(std::move(config))),
      worker_([this] { run(); }) {}

Sim::~Sim() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  worker_.join();
}

Sim::Verdict Sim::submit(const wire::SubmitRequest& request) {
  const wire::ServiceOrder& order = request.service_order();
  const std::string& key = request.call().idempotency_key();
  if (key.empty() || order.id().empty() || order.service_id().empty() || order.action() == wire::ACTION_UNSPECIFIED)
    return refuse(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED",
                  "Expected an idempotency key, a service order id, a service id and an action, but one is missing.");
  const std::lock_guard lock(mutex_);
  if (!supports(config_->capabilities_of(request.call().target()), order.specification()))
    return refuse(grpc::StatusCode::INVALID_ARGUMENT, "UNSUPPORTED_SPECIFICATION",
                  "Expected a specification this system supports, but got " + order.specification() + ".");
  ++submits_;
  const std::uint32_t receipt = ++receipts_[key];
  if (receipt > 1) ++repeated_;
  Script script = script_of(*config_, request, receipt);
  const auto answer = script.answer;
  const JobPtr known = find(order.id(), 0, key);
  if (known && deduplicate_) {
    // The same intention again: the first answer holds, only the call itself can still go wrong.
    if (answer == Script::Answer::hang) return {true, 0, {}, {}};
    if (answer == Script::Answer::lose) return refuse(grpc::StatusCode::UNAVAILABLE, "", "the answer was lost");
    return {false, 0, {}, known->id};
  }
  if (answer == Script::Answer::hang) return {true, 0, {}, {}};
  if (answer == Script::Answer::refuse) return {false, script.status, script.fault, {}};
  accept(request, std::move(script));
  if (answer == Script::Answer::lose) return refuse(grpc::StatusCode::UNAVAILABLE, "", "the answer was lost");
  return {false, 0, {}, jobs_[order.id()].back()->id};
}

void Sim::accept(const wire::SubmitRequest& request, Script script) {
  auto job = std::make_shared<Job>();
  job->order = request.service_order();
  job->order.clear_previous();
  job->key = request.call().idempotency_key();
  job->script = std::move(script);
  auto& siblings = jobs_[job->order.id()];
  job->id = job->order.id() + "/" + std::to_string(job->order.attempt());
  const auto same = std::count_if(siblings.begin(), siblings.end(),
                                  [&](const JobPtr& other) { return other->order.attempt() == job->order.attempt(); });
  if (same > 0) job->id += "/again-" + std::to_string(same);
  siblings.push_back(job);
  ++open_;
  for (const Step& step : job->script.steps) schedule(job, step);
}

void Sim::schedule(const JobPtr& job, const Step& step) {
  due_.push({Steady::now() + step.at, ++sequence_, job, step});
  if (due_.top().sequence == sequence_) changed_.notify_all();
}

Sim::JobPtr Sim::find(const std::string& service_order, std::uint32_t attempt, const std::string& key) const {
  const auto found = jobs_.find(service_order);
  if (found == jobs_.end()) return nullptr;
  for (auto job = found->second.rbegin(); job != found->second.rend(); ++job)
    if ((attempt == 0 || (*job)->order.attempt() == attempt) && (key.empty() || (*job)->key == key)) return *job;
  return nullptr;
}

Sim::Verdict Sim::cancel(const wire::CancelRequest& request) {
  const std::lock_guard lock(mutex_);
  ++cancels_;
  const JobPtr job = find(request.service_order_id(), request.attempt(), "");
  if (!job)
    return refuse(grpc::StatusCode::NOT_FOUND, "NOT_FOUND",
                  "Service order " + request.service_order_id() + " was never received.");
  if (job->now == wire::REPORT_KIND_CANCELLED) return {};
  if (job->ended)
    return refuse(grpc::StatusCode::FAILED_PRECONDITION, "TOO_LATE", std::string("It is ") + name_of(job->now) + " already.");
  if (job->ponr) return refuse(grpc::StatusCode::FAILED_PRECONDITION, "PONR", "The point of no return is reached.");
  switch (job->script.cancel) {
    case CancelWay::ignore: break;
    case CancelWay::refuse:
      return refuse(grpc::StatusCode::FAILED_PRECONDITION, "NOT_CANCELLABLE", "activation-sim was told to refuse cancelling.");
    case CancelWay::refuse_later: schedule(job, {Millis{10}, Step::Do::report, wire::REPORT_KIND_CANCEL_REFUSED}); break;
    case CancelWay::accept:
      job->ended = true;
      job->now = wire::REPORT_KIND_CANCELLED;
      --open_;
      schedule(job, {Millis{10}, Step::Do::report, wire::REPORT_KIND_CANCELLED});
  }
  return {};
}

Sim::Verdict Sim::revise(const wire::ReviseRequest& request) {
  const wire::ServiceOrder& wanted = request.service_order();
  const std::lock_guard lock(mutex_);
  const JobPtr job = find(wanted.id(), wanted.attempt(), "");
  if (!job) return refuse(grpc::StatusCode::NOT_FOUND, "NOT_FOUND", "Service order " + wanted.id() + " was never received.");
  if (wanted.revision() <= job->revised) return {};  // repeated, or overtaken
  if (job->ended)
    return refuse(grpc::StatusCode::FAILED_PRECONDITION, "TOO_LATE", std::string("It is ") + name_of(job->now) + " already.");
  if (!job->script.amendable)
    return refuse(grpc::StatusCode::FAILED_PRECONDITION, "NOT_AMENDABLE", "activation-sim was told to refuse amending.");
  job->revised = wanted.revision();
  *job->order.mutable_characteristics() = wanted.characteristics();
  wire::SubmitRequest as_wanted;
  *as_wanted.mutable_call() = request.call();
  *as_wanted.mutable_service_order() = job->order;
  job->script.outputs = script_of(*config_, as_wanted, 1).outputs;
  return {};
}

tl::expected<wire::GetResponse, std::string> Sim::get(const wire::GetRequest& request) {
  const std::lock_guard lock(mutex_);
  ++asked_;
  const JobPtr job = find(request.service_order_id(), request.attempt(), request.submit_key());
  if (!job) return tl::unexpected("Service order " + request.service_order_id() + " was never received.");
  wire::GetResponse response;
  response.set_reference(job->id);
  *response.mutable_report() = report(*job, job->now);
  return response;
}

wire::Capabilities Sim::capabilities(const std::string& target) const {
  const std::lock_guard lock(mutex_);
  wire::Capabilities can = config_->capabilities_of(target);
  can.set_system("activation-sim " COMD_VERSION);
  return can;
}

wire::ServiceOrderReport Sim::report(const Job& job, wire::ReportKind kind) const {
  wire::ServiceOrderReport report;
  report.set_report_id(job.id + "/" + name_of(kind));
  report.set_service_order_id(job.order.id());
  report.set_attempt(job.order.attempt());
  report.set_kind(kind);
  const bool gives = kind == wire::REPORT_KIND_COMPLETED || kind == wire::REPORT_KIND_PARTIAL_ACTIVATION;
  if (gives) report.mutable_outputs()->insert(job.script.outputs.begin(), job.script.outputs.end());
  if (kind == wire::REPORT_KIND_IN_PROGRESS) report.set_milestone(job.script.milestone);
  if (ends_badly(kind)) *report.mutable_fault() = job.script.fault;
  if (kind == wire::REPORT_KIND_PARTIAL_ACTIVATION) report.set_message(job.script.fault.message());
  if (kind == wire::REPORT_KIND_CANCEL_REFUSED) report.set_message("activation-sim was told to refuse cancelling");
  if (kind == wire::REPORT_KIND_EXPECTED_DATE) report.mutable_expected()->set_seconds(std::time(nullptr) + 1);
  return report;
}

void Sim::take(const Due& due, std::vector<wire::ServiceOrderReport>& reports) {
  Job& job = *due.job;
  const bool cancelled = job.now == wire::REPORT_KIND_CANCELLED;
  if (due.step.what == Step::Do::effect) {
    if (job.ended) return;  // cancelled before
    job.ended = true;
    job.now = due.step.kind;
    --open_;
    if (!ends_badly(due.step.kind)) record_.add(job.order, job.key);
    return;
  }
  if (cancelled && due.step.kind != wire::REPORT_KIND_CANCELLED) return;  // what it would have said
  if (!job.ended && due.step.kind != wire::REPORT_KIND_EXPECTED_DATE && due.step.kind != wire::REPORT_KIND_CANCEL_REFUSED)
    job.now = due.step.kind;
  job.ponr = job.ponr || due.step.kind == wire::REPORT_KIND_PONR_REACHED;
  reports.push_back(report(job, due.step.kind));
}

void Sim::run() {
  std::unique_lock lock(mutex_);
  std::vector<wire::ServiceOrderReport> reports;
  while (!stopping_) {
    if (due_.empty())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, due_.top().at);
    const auto now = Steady::now();
    while (!due_.empty() && due_.top().at <= now) {
      take(due_.top(), reports);
      due_.pop();
    }
    if (reports.empty()) continue;
    lock.unlock();
    for (auto& one : reports) reporter_.send(std::move(one));
    reports.clear();
    lock.lock();
  }
}

void Sim::set_config(Config config) {
  const std::lock_guard lock(mutex_);
  config_ = std::make_shared<const Config>(std::move(config));
}

void Sim::reset() {
  const std::lock_guard lock(mutex_);
  jobs_.clear();
  receipts_.clear();
  due_ = {};
  record_.clear();
  submits_ = repeated_ = cancels_ = asked_ = open_ = 0;
  reporter_.clear();
}

void Sim::fill(const v1::GetRecordRequest& request, v1::GetRecordResponse& response) const {
  const std::lock_guard lock(mutex_);
  record_.fill(request, response);
  response.set_submits_received(submits_);
  response.set_submits_repeated(repeated_);
  response.set_cancels_received(cancels_);
  response.set_asked(asked_);
  response.set_service_orders_open(open_);
  const auto counts = reporter_.counts();
  response.set_reports_waiting(counts.waiting);
  response.set_reports_acknowledged(counts.acknowledged);
}

}  // namespace comd::sim
