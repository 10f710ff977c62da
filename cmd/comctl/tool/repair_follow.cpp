#include <fmt/format.h>

#include <thread>

#include "cmd/comctl/tool/progress.h"
#include "cmd/comctl/tool/repair.h"
#include "comd/api/v1/repair.grpc.pb.h"

/// Following a bulk repair.
namespace comd::ctl {
namespace {

using Repairs = api::v1::RepairService;
using SteadyClock = std::chrono::steady_clock;

constexpr Millis kPoll{250}, kLine{3'000};
constexpr std::size_t kColumns = 60;

bool waits_or_over(const std::string& status) { return status == "finished" || status == "cancelled" || status == "paused"; }

/// A line that repaints on a terminal; elsewhere one every few seconds, and one when something changes.
class Painter {
 public:
  explicit Painter(const Session& session) : streams_(session.streams) {}
  ~Painter() {
    if (streams_.err_is_terminal && painted_) streams_.err << "\n" << std::flush;
  }
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

  void show(const api::v1::Repair& repair) {
    const auto now = SteadyClock::now();
    if (!streams_.err_is_terminal && painted_ && repair.status() == status_ && now - shown_ < kLine) return;
    const auto line = repair_line(repair, std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()));
    streams_.err << (streams_.err_is_terminal ? "\r\x1b[K" + line : line + "\n") << std::flush;
    painted_ = true;
    shown_ = now;
    status_ = repair.status();
  }

 private:
  const Streams& streams_;
  bool painted_ = false;
  SteadyClock::time_point shown_;
  std::string status_;
};

}  // namespace

std::string repair_line(const api::v1::Repair& repair, Time now) {
  const auto& t = repair.totals();
  const Time started{Millis(repair.started_at().seconds() * 1'000 + repair.started_at().nanos() / 1'000'000)};
  const Tally tally{t.members(), t.moved() + t.stuck() + t.refused() + t.skipped(), 0};
  auto line = progress_line(tally, std::max(now - started, Millis{0}), kColumns) + "  " + repair.status();
  if (t.stuck() > 0) line += fmt::format(", {} stuck", t.stuck());
  if (t.refused() > 0) line += fmt::format(", {} refused", t.refused());
  return line;
}

Outcome<api::v1::Repair> follow_repair(const Session& session, const std::string& id) {
  Painter painter(session);
  api::v1::GetRepairRequest request;
  request.set_id(id);
  request.set_without_members(true);
  auto last_contact = SteadyClock::now();
  bool said = false;
  for (;;) {
    const auto now = session.client.call(&Repairs::Stub::Get, request);
    if (now) {
      last_contact = SteadyClock::now();
      said = false;
      painter.show(now->repair());
      if (waits_or_over(now->repair().status())) return now->repair();
    } else {
      if (!worth_repeating(now.error()) || SteadyClock::now() - last_contact > session.options.patience)
        return tl::unexpected(now.error());
      if (!said) session.say("The server went away; the repair goes on when it is back, and so does this");
      said = true;
      session.client.wait_for_server(kPoll);
    }
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace comd::ctl
