#include <fmt/format.h>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/system.grpc.pb.h"

/// The way to each activation system.
namespace comd::ctl {
namespace {

using System = api::v1::SystemService;

constexpr char kNone[] = "–";

std::string rate_text(const Json& rate) {
  if (rate.is_null()) return kNone;
  const auto per = rate.at("perMs").get<std::int64_t>();
  const auto unit = per == 1'000 ? "s" : per == 60'000 ? "m" : per == 3'600'000 ? "h" : fmt::format("{}ms", per);
  return fmt::format("{}/{}", text_at(rate, "calls"), unit);
}

Cell breaker_cell(const Json& lane) {
  const auto state = text_at(lane, "breaker");
  if (state == "open")
    return {fmt::format("open until {}", shown_time(lane.at("openUntil")).substr(std::string("2026-11-21 ").size())), Style::bad};
  return state == "closed" ? Cell{"closed", Style::good} : Cell{"half-open", Style::wait};
}

/// "64", or "4 of 64" while it grows.
std::string window_text(const Json& lane) {
  const auto now = text_at(lane, "window"), limit = text_at(lane, "windowLimit");
  return now == limit ? now : now + " of " + limit;
}

/// "3", or "0 +12 held".
std::string waiting_text(const Json& lane) {
  const auto held = text_at(lane, "heldBack");
  return text_at(lane, "waiting") + (held == "0" ? "" : " +" + held + " held");
}

std::string oldest_text(const Json& lane, std::chrono::sys_time<Millis> now) {
  const auto since = parse_time(text_at(lane, "oldest"));
  return since ? show_duration(std::max(now - *since, Millis{0})) : kNone;
}

}  // namespace

std::string show_lanes(const Json& document, bool colour) {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  Table table{{{"LANE"},
               {"BREAKER"},
               {"FAILURES", true},
               {"WAITING", true},
               {"OLDEST", true},
               {"AHEAD", true},
               {"UNDER WAY", true},
               {"WINDOW", true},
               {"RATE", true},
               {"ENDED/S", true},
               {"DRAINED IN", true}},
              {}};
  for (const auto& lane : document.at("lanes")) {
    const auto drained =
        lane.at("drainedInMs").is_null() ? kNone : show_duration(Millis(lane.at("drainedInMs").get<std::int64_t>()));
    const bool over = lane.at("waiting").get<std::uint64_t>() > lane.at("backlogLimit").get<std::uint64_t>();
    table.rows.push_back({printable(text_at(lane, "lane")), breaker_cell(lane), text_at(lane, "failures"),
                          Cell{waiting_text(lane), over ? Style::bad : Style::plain}, oldest_text(lane, now),
                          text_at(lane, "ahead"), text_at(lane, "underWay"), window_text(lane), rate_text(lane.at("rate")),
                          fmt::format("{:.1f}", lane.at("endedPerSecond").get<double>()), drained});
  }
  std::string out = table.render(colour);
  for (const auto& lane : document.at("lanes"))
    if (lane.at("waiting").get<std::uint64_t>() > lane.at("backlogLimit").get<std::uint64_t>())
      out += fmt::format("{}: more than {} wait, so new orders that need it are refused\n", printable(text_at(lane, "lane")),
                         text_at(lane, "backlogLimit"));
  return out;
}

int lanes(const Session& session) {
  const auto response = session.client.call(&System::Stub::ListLanes, {});
  if (!response) return session.fail(response.error());
  session.print(document_of(*response), show_lanes);
  return kDone;
}

}  // namespace comd::ctl
