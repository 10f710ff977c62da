#pragma once
#include "cmd/comctl/tool/graph.h"
#include "cmd/comctl/tool/output.h"
#include "cmd/comctl/tool/text.h"

/// Documents (documents.h) as tables for people. Times are UTC.
namespace comd::ctl {

/// "100/access", "100/port site 2", "100/access undo" for a service order; "order" for the product order itself; else the id.
std::string short_name(std::string_view stream);

/// A text with the ids of service orders in it shortened like that.
std::string shortened(std::string_view text);

/// "2026-11-21 00:01:02" or, exactly, "2026-11-21 00:01:02.345"; empty for null.
std::string shown_time(const Json& time, bool exact = false);

/// "There are more: --page-token …", or nothing.
std::string more_line(const Json& document, bool colour);
/// Texts in one cell.
std::string joined(const Json& texts, std::string_view separator = ", ");
/// A line of its own under an empty one.
std::string heading(std::string_view text, bool colour);

std::string show_orders(const Json& document, bool colour);
std::string show_order(const Json& document, bool colour);
/// What the service orders have reached, oldest first; empty: nothing.
std::string show_milestones(const Json& service_orders, bool colour);
std::string show_timeline(const Json& document, bool colour);
std::string show_explanation(const Json& document, bool colour);
std::string show_plan(const Json& document, bool colour);
std::string plan_dot(const Json& document);
std::string show_products(const Json& document, bool colour);
std::string show_product(const Json& document, bool colour);
std::string show_services(const Json& document, bool colour);
std::string show_service(const Json& document, bool colour);
std::string show_catalogs(const Json& document, bool colour);
/// Which new orders take a version: "acme and 10 %".
std::string rollout_text(const Json& catalog);
std::string show_unmatched(const Json& document, bool colour);
std::string show_examination(const Json& document, bool colour);
std::string show_lanes(const Json& document, bool colour);
std::string show_fallout(const Json& document, bool colour);
std::string show_fallout_item(const Json& document, bool colour);
std::string show_actions(const Json& document, bool colour);
std::string show_repair(const Json& document, bool colour);
std::string show_repair_started(const Json& document, bool colour);
std::string show_repairs(const Json& document, bool colour);
std::string show_quarantines(const Json& document, bool colour);
std::string show_quarantine(const Json& document, bool colour);
std::string show_subjects(const Json& document, bool colour);
std::string show_subject(const Json& document, bool colour);
std::string show_status(const Json& document, bool colour);

/// Results of `order submit`: those taken, of more than `kShownInFull` only the sums; and those refused, with what is wrong.
inline constexpr std::size_t kShownInFull = 50;
std::string show_submissions(const Json& document, bool colour);
std::string show_refusals(const Json& document, bool colour);

/// One line of `order watch`. The order's id leads when several are followed.
std::string watch_line(const Json& event, bool several, bool colour);

}  // namespace comd::ctl
