#pragma once
#include "test/support/fill.h"

/// A stand-in activation system for tests without processes: it keeps its own record of the work it accepted, loses calls and
/// reports, fails, and answers late or twice while `faults` is set, and is prompt and honest afterwards.
namespace comd::test {

class Partner {
 public:
  using Kind = service_order::ReportKind;
  using Outcome = service_order::Outcome;
  struct Work {
    ServiceOrderId service_order;
    std::uint32_t attempt = 0;
    Kind status = Kind::in_progress;  ///< in_progress, or how it ended
    service_order::Fault fault;
    Values outputs;
    Values characteristics;                  ///< that it is done with
    std::map<std::string, bool> amendments;  ///< by key: whether it was taken
    std::size_t accepted = 0;                ///< how often this key was taken on as new work
  };
  struct Mail {
    ServiceOrderId service_order;
    service_order::Report report;
  };

  explicit Partner(Fill& random) : random_(random) {}

  bool faults = true;
  std::size_t calm = 0;  ///< the higher, the rarer the faults
  bool strikes(std::size_t rarity) { return faults && random_.below(rarity * (1 + calm)) == 0; }
  std::map<std::string, Work> works;  ///< by idempotency key
  std::vector<Mail> mail;             ///< reports on their way

  /// Nothing: the call was lost and its outcome will never be told.
  Outcome submit(const std::string& key, const ActivationRequest& request, bool deduplicates);

  Outcome ask(const std::string& key);
  Outcome cancel(const std::string& key);
  /// `key`: of the submission; `amendment`: of this call. Answered again as it was answered first.
  Outcome amend(const std::string& key, const std::string& amendment, const Values& characteristics);
  std::vector<Work*> running();
  void finish(Work& work);

 private:
  static service_order::Fault fault(std::string code, FaultClass fault_class);
  service_order::Fault random_fault();
  static Outcome unknown();
  void begin(Work& work);
  service_order::Report report_of(const Work& work);
  void say(const Work& work);
  void send(const Work& work, const service_order::Report& report);
  std::string next_id() { return "r" + std::to_string(++reports_); }

  Fill& random_;
  std::uint64_t reports_ = 0;
};

}  // namespace comd::test
