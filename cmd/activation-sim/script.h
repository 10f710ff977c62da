#pragma once
#include "cmd/activation-sim/behaviour.h"

/// The whole future of one accepted service order, decided at once and without a clock: what is reported when, whether the
/// work succeeds, whether the call is answered.
namespace comd::sim {

/// One thing to do, so long after the call. `effect`: the end of the work itself, reported or not.
struct Step {
  enum class Do { effect, report };
  Millis at{0};
  Do what = Do::report;
  wire::ReportKind kind{};
  bool operator==(const Step&) const = default;
};

struct Script {
  enum class Answer { ok, refuse, hang, lose };
  Answer answer = Answer::ok;
  int status = 0;     ///< refuse
  wire::Fault fault;  ///< of the refusal, or of the end
  wire::ReportKind end = wire::REPORT_KIND_COMPLETED;
  std::map<std::string, std::string> outputs;
  std::string milestone;    ///< named by in_progress reports
  std::vector<Step> steps;  ///< by time
  CancelWay cancel = CancelWay::accept;
  bool amendable = true;
};

/// `receipt`: how often this idempotency key has arrived, this time included.
Script script_of(const Config&, const wire::SubmitRequest&, std::uint32_t receipt);

/// In [0, 1): the same for the same four, on every machine.
double draw(std::uint64_t seed, const std::string& service_order, std::uint32_t attempt, const std::string& fault);

/// A template to JSON text. {seq}: six digits; {hex}: eight; {int:A:B}: a number from A to B; {characteristic:NAME}: its value.
/// A template that is one {int:…} or {characteristic:…} alone keeps its type; everything else is a string.
std::string render(const std::string& text, const std::string& output, std::uint64_t seed, const wire::ServiceOrder&);

}  // namespace comd::sim
