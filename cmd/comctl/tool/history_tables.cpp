#include <fmt/format.h>

#include "cmd/comctl/tool/history.h"

namespace comd::ctl {
namespace {

constexpr std::size_t kValue = 60;  ///< columns of a value before it is cut

std::string value_of(const Json& change, const char* name) {
  return change.at(name).is_null() ? "–" : cut(printable(shortened(text_at(change, name))), kValue);
}

/// "  status: queued → submitted", one line a field.
std::string lines_of(const Json& changes, const std::string& indent, bool with_stream, bool colour) {
  std::string out, stream;
  for (const auto& change : changes) {
    if (const auto own = text_at(change, "stream"); with_stream && own != stream) {
      stream = own;
      out += indent + paint(printable(short_name(stream)), Style::bold, colour) + "\n";
    }
    out += fmt::format("{}  {}: {} → {}\n", indent, printable(shortened(text_at(change, "field"))), value_of(change, "before"),
                       value_of(change, "after"));
  }
  return out;
}

std::string event_line(const Json& event, bool colour) {
  std::string out = shown_time(event.at("time"), true) + "  " + printable(short_name(text_at(event, "stream"))) + " v" +
                    text_at(event, "version") + "  " + paint(text_at(event, "event"), Style::bold, colour);
  if (const auto text = shortened(text_at(event, "text")); !text.empty()) out += ": " + printable(text);
  if (const auto reason = shortened(text_at(event, "reason")); !reason.empty()) out += " (" + printable(reason) + ")";
  const auto subject = text_at(event, "cause.subject"), command = text_at(event, "cause.command");
  return out + paint("  " + printable(command) + (subject.empty() ? "" : " by " + printable(subject)), Style::dim, colour) + "\n";
}

std::string heading_of(const std::string& text, bool colour) { return "\n" + paint(text, Style::bold, colour) + "\n"; }

}  // namespace

std::string show_diff(const Json& document, bool colour) {
  std::string out = paint(fmt::format("{}: position {} to {}", text_at(document, "id"), text_at(document, "fromPosition"),
                                      text_at(document, "toPosition")),
                          Style::dim, colour) +
                    "\n";
  if (document.at("changes").empty()) return out + "Nothing changed.\n";
  out += lines_of(document.at("changes"), "", true, colour) + heading_of("What happened", colour);
  for (const auto& event : document.at("events")) out += event_line(event, colour);
  if (document.at("truncated") == true)
    out += paint("Only the newest are shown: there were more than the server gives at once.", Style::dim, colour) + "\n";
  return out;
}

std::string show_step(const Json& step, std::uint64_t total, bool colour) {
  const auto state = text_at(step, "state");
  return paint(fmt::format("{}/{}", text_at(step, "step"), total), Style::dim, colour) + "  " +
         event_line(step.at("event"), colour) + lines_of(step.at("changes"), "  ", false, colour) + "    is now " +
         paint(state, style_of(state), colour) + "\n";
}

std::string show_difference(const Json& order, bool colour) {
  const auto verdict = text_at(order, "verdict"), external = text_at(order, "externalId");
  std::string out = paint(text_at(order, "orderId"), Style::bold, colour) +
                    (external.empty() ? "" : " (" + printable(external) + ")") + "  " +
                    paint(verdict, verdict == "refused" ? Style::bad : Style::wait, colour) + "  " +
                    printable(text_at(order, "state")) + ", decomposed by " + printable(text_at(order, "catalogVersion")) + "\n";
  if (const auto reason = text_at(order, "reason"); !reason.empty()) out += "  " + printable(reason) + "\n";
  for (const auto& violation : order.at("violations")) {
    const auto where = text_at(violation, "where");
    out += "  " + (where.empty() ? "" : printable(where) + ": ") + printable(text_at(violation, "message")) + "\n";
  }
  out += lines_of(order.at("changes"), "", false, colour);
  for (const auto& one : order.at("serviceOrders")) {
    const auto kind = text_at(one, "kind");
    const auto style = kind == "added" ? Style::good : kind == "dropped" ? Style::bad : Style::wait;
    out += "  " + paint(kind, style, colour) + " " + printable(short_name(text_at(one, "id"))) + " (" +
           printable(text_at(one, "specification")) + ")\n" + lines_of(one.at("changes"), "  ", false, colour);
  }
  return out;
}

std::string show_what_if(const Json& totals, bool colour) {
  Facts facts;
  const auto add = [&](const char* name, const char* path, Style style) {
    const auto count = text_at(totals, path);
    facts.add(name, {count, count == "0" ? Style::dim : style});
  };
  add("orders", "done", Style::plain);
  add("same plan", "same", Style::good);
  add("other plan", "differ", Style::wait);
  add("refused", "refused", Style::bad);
  add("cannot be decided", "undecidable", Style::bad);
  add("without a plan", "unplanned", Style::plain);
  facts.add("service orders", fmt::format("{} added, {} dropped, {} changed", text_at(totals, "serviceOrders.added"),
                                          text_at(totals, "serviceOrders.dropped"), text_at(totals, "serviceOrders.changed")));
  return facts.render(colour);
}

std::string show_try(const Json& document, bool colour) {
  std::string out = paint(fmt::format("{} as it was after position {}, {}", text_at(document, "orderId"),
                                      text_at(document, "atPosition"), shown_time(document.at("time"), true)),
                          Style::dim, colour) +
                    "\n";
  if (document.at("rejection").is_object())
    return out + paint("Would be refused", Style::bad, colour) + ": " + printable(text_at(document, "rejection.message")) +
           "\n  → " + printable(text_at(document, "rejection.hint")) + "\n";
  out += paint("Would be recorded", Style::bold, colour) + "\n";
  for (const auto& event : document.at("events")) out += "  " + event_line(event, colour);
  if (document.at("events").empty()) out += "  nothing: it is so already\n";
  if (!document.at("changes").empty())
    out += heading_of("Would change", colour) + lines_of(document.at("changes"), "  ", true, colour);
  if (!document.at("calls").empty()) out += heading_of("Would leave", colour);
  for (const auto& call : document.at("calls"))
    out += fmt::format("  {} {} to {}, key {}{}\n", text_at(call, "kind"), printable(short_name(text_at(call, "serviceOrder"))),
                       printable(text_at(call, "target")), printable(text_at(call, "key")),
                       call.at("pending") == true ? " (was to leave anyway)" : "");
  if (!document.at("timers").empty()) out += heading_of("Would wait", colour);
  for (const auto& timer : document.at("timers"))
    out += fmt::format("  {} {} until {}: {}\n", printable(short_name(text_at(timer, "stream"))), text_at(timer, "name"),
                       shown_time(timer.at("due")), printable(shortened(text_at(timer, "reason"))));
  if (document.at("quiet") != true) out += "\nIt still moved when the server stopped waiting: more would have followed.\n";
  return out + paint("\nNothing was recorded, and nothing left.", Style::dim, colour) + "\n";
}

}  // namespace comd::ctl
