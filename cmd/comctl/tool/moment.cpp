#include "cmd/comctl/tool/moment.h"

#include <charconv>

#include "comd/api/v1/as_of.pb.h"

namespace comd::ctl {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  constexpr std::string_view kAgo = " ago";
  Moment out;
  if (text == "now") return out;
  if (text.starts_with('@')) {
    out.position = number_in(text.substr(1));
    return out.position ? std::optional(out) : std::nullopt;
  }
  if (text.starts_with('v')) {
    out.version = number_in(text.substr(1));
    return out.version ? std::optional(out) : std::nullopt;
  }
  if (text.ends_with(kAgo)) {
    out.ago = parse_duration(text.substr(0, text.size() - kAgo.size()));
    return out.ago ? std::optional(out) : std::nullopt;
  }
  out.time = parse_time(text);
  return out.time ? std::optional(out) : std::nullopt;
}

google::protobuf::Timestamp timestamp_of(Time time) {
  google::protobuf::Timestamp out;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<std::int32_t>((time - seconds).count()) * 1'000'000);
  return out;
}

std::string as_of_line(const Json& document, bool colour) {
  const auto position = text_at(document, "asOfPosition");
  return position.empty() ? "" : paint("as it was after position " + position, Style::dim, colour) + "\n";
}

void fill(api::v1::AsOf& out, const Moment& moment) {
  if (moment.position) out.set_position(*moment.position);
  if (moment.version) out.set_version(*moment.version);
  if (moment.time) *out.mutable_time() = timestamp_of(*moment.time);
  if (moment.ago)
    *out.mutable_time() = timestamp_of(std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()) - *moment.ago);
}

}  // namespace comd::ctl
