#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cmd/comctl/tool/text.h"

/// A plan drawn as text. One line per service order; a line runs down from each one to those that wait for it:
///
///   ✓ access       completed   fiber-access@1.0
///   ├─● static-ip  inProgress  ip-address@1.0    port ← access.portId
///   ╰─○ cpe        waiting     managed-cpe@1.0   port ← access.portId
///
/// A line that only passes is crossed ("│"), one that is joined has a knot ("├", "┼", "┴", "╰").
namespace comd::ctl {

/// A characteristic that is an output of an earlier service order.
struct Flow {
  std::string name;
  std::string from;  ///< id of a node
  std::string output;
};

struct GraphNode {
  std::string id;
  std::string label;
  std::string state;                    ///< empty: a rule, which is in none
  std::vector<std::string> details;     ///< further columns
  std::vector<Flow> flows;              ///< data that arrives
  std::vector<std::string> depends_on;  ///< ids; unknown ones are ignored
  std::string undoes;                   ///< id of the node a compensation undoes
  std::vector<std::string> notes;       ///< said last
};

/// In an order where each follows what it depends on and, as far as that allows, comes right after it. A cycle (never in a
/// plan of comd's) ends in the order given.
std::vector<GraphNode> in_drawing_order(std::vector<GraphNode> nodes);

std::string draw(const std::vector<GraphNode>& nodes, bool colour);
std::string draw_dot(const std::string& title, const std::vector<GraphNode>& nodes);

/// "✓" completed, "●" running, "○" not begun, "✗" failed, "‖" waits for somebody, "?" in doubt, "–" cancelled.
std::string_view mark_of(std::string_view state);

}  // namespace comd::ctl
