#pragma once
#include <atomic>
#include <queue>

#include "cmd/activation-sim/record.h"
#include "cmd/activation-sim/reporter.h"
#include "cmd/activation-sim/script.h"

namespace comd::sim {

/// The activation system behind the gRPC services: what it was asked, what it does when, what became of it. One thread works
/// off what is due; no thread per request. Thread-safe.
class Sim {
 public:
  Sim(Config, bool deduplicate, Reporter&);
  ~Sim();

  tl::expected<void, std::string> open_record(const std::string& path) { return record_.open(path); }

  /// What to answer. `hang`: nothing, ever.
  struct Verdict {
    bool hang = false;
    int status = 0;
    wire::Fault fault;
    std::string reference;
  };
  Verdict submit(const wire::SubmitRequest&);
  Verdict cancel(const wire::CancelRequest&);
  Verdict revise(const wire::ReviseRequest&);
  tl::expected<wire::GetResponse, std::string> get(const wire::GetRequest&);
  wire::Capabilities capabilities(const std::string& target) const;

  void set_config(Config);
  void reset();
  void fill(const v1::GetRecordRequest&, v1::GetRecordResponse&) const;

 private:
  /// One accepted submit, from acceptance to its end and after: Get must tell the truth for as long as this process lives.
  struct Job {
    wire::ServiceOrder order;
    std::string key;
    std::string id;  ///< report ids begin with it
    Script script;
    wire::ReportKind now = wire::REPORT_KIND_ACKNOWLEDGED;
    bool ended = false, ponr = false;
    std::uint32_t revised = 0;  ///< by the newest revision that was taken
  };
  using JobPtr = std::shared_ptr<Job>;
  struct Due {
    Steady::time_point at;
    std::uint64_t sequence;
    JobPtr job;
    Step step;
    bool operator<(const Due& other) const {
      return std::tie(other.at, other.sequence) < std::tie(at, sequence);
    }  // earliest on top
  };

  // All with mutex_ held.
  void accept(const wire::SubmitRequest&, Script);
  void schedule(const JobPtr&, const Step&);
  JobPtr find(const std::string& service_order, std::uint32_t attempt, const std::string& key) const;
  void take(const Due&, std::vector<wire::ServiceOrderReport>& reports);
  wire::ServiceOrderReport report(const Job&, wire::ReportKind) const;

  void run();

  const bool deduplicate_;
  Reporter& reporter_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Config> config_;
  Record record_;
  std::unordered_map<std::string, std::vector<JobPtr>> jobs_;  ///< by service order, in the order of arrival
  std::unordered_map<std::string, std::uint32_t> receipts_;    ///< by idempotency key
  std::priority_queue<Due> due_;
  std::uint64_t sequence_ = 0, submits_ = 0, repeated_ = 0, cancels_ = 0, asked_ = 0, open_ = 0;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace comd::sim
