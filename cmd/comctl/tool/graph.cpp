#include "cmd/comctl/tool/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace comd::ctl {
namespace {

/// What runs down at one place: the lines from `owner` to those still to be drawn.
struct Lane {
  std::string owner;
  std::size_t left = 0;
};

using Lanes = std::vector<std::optional<Lane>>;

std::set<std::string> known_prerequisites(const GraphNode& node, const std::set<std::string>& ids) {
  std::set<std::string> known;
  for (const auto& id : node.depends_on)
    if (ids.contains(id) && id != node.id) known.insert(id);
  return known;
}

/// First place right of `from` where nothing runs.
std::size_t free_place(const Lanes& lanes, std::size_t from) {
  while (from < lanes.size() && lanes[from]) ++from;
  return from;
}

/// One row's lines, two columns a lane: joins the lanes of `needs` and leads to `place`.
std::string row_lines(Lanes& lanes, const std::set<std::string>& needs, std::size_t place) {
  std::string out;
  bool from_left = false;
  for (std::size_t i = 0; i < place; ++i) {
    auto& lane = i < lanes.size() ? lanes[i] : lanes.emplace_back();
    const bool joined = lane && needs.contains(lane->owner);
    if (!joined) {
      out += lane ? "│" : from_left ? "─" : " ";
    } else {
      const bool ends = --lane->left == 0;
      out += ends ? (from_left ? "┴" : "╰") : (from_left ? "┼" : "├");
      if (ends) lane.reset();
      from_left = true;
    }
    out += from_left ? "─" : " ";
  }
  return out;
}

/// Lines that pass on the right of a node's mark.
std::string passing_lines(const Lanes& lanes, std::size_t place) {
  std::string out;
  for (std::size_t i = place + 1; i < lanes.size(); ++i) out += lanes[i] ? " │" : "  ";
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

/// A quoted string of the DOT language; line ends stay line ends.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out + "\"";
}

/// Labels by id; what no node has is shown by its id.
struct Names {
  explicit Names(const std::vector<GraphNode>& nodes) {
    for (const auto& node : nodes) labels.emplace(node.id, node.label);
  }
  const std::string& of(const std::string& id) const {
    const auto found = labels.find(id);
    return found == labels.end() ? id : found->second;
  }
  std::map<std::string, std::string> labels;
};

/// What the last column says: the data that arrives, and what is undone.
std::string remarks(const GraphNode& node, const Names& names) {
  std::vector<std::string> texts;
  for (const auto& flow : node.flows) texts.push_back(fmt::format("{} ← {}.{}", flow.name, names.of(flow.from), flow.output));
  if (!node.undoes.empty()) texts.push_back("undoes " + names.of(node.undoes));
  texts.insert(texts.end(), node.notes.begin(), node.notes.end());
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string_view dot_colour(std::string_view state) {
  switch (style_of(state)) {
    case Style::good: return "palegreen";
    case Style::bad: return "lightcoral";
    case Style::busy: return "lightskyblue";
    case Style::wait: return "khaki";
    default: return "white";
  }
}

}  // namespace

std::string_view mark_of(std::string_view state) {
  if (state == "inDoubt") return "?";
  if (state == "waiting" || state == "planned" || state.empty()) return "○";
  if (state == "cancelled" || state == "skipped") return "–";
  switch (style_of(state)) {
    case Style::good: return "✓";
    case Style::bad: return "✗";
    case Style::wait: return "‖";
    default: return "●";
  }
}

std::vector<GraphNode> in_drawing_order(std::vector<GraphNode> nodes) {
  std::set<std::string> ids;
  for (const auto& node : nodes) ids.insert(node.id);
  std::vector<GraphNode> ordered;
  std::set<std::string> drawn;
  std::vector<bool> taken(nodes.size(), false);
  const auto ready = [&](const GraphNode& node) {
    const auto needs = known_prerequisites(node, ids);
    return std::all_of(needs.begin(), needs.end(), [&](const auto& id) { return drawn.contains(id); });
  };
  std::vector<std::size_t> stack;  // candidates, the next one last
  for (std::size_t i = nodes.size(); i-- > 0;) stack.push_back(i);
  const auto take = [&](std::size_t i) {
    taken[i] = true;
    drawn.insert(nodes[i].id);
    ordered.push_back(nodes[i]);
    for (std::size_t j = nodes.size(); j-- > 0;)
      if (!taken[j] && known_prerequisites(nodes[j], ids).contains(nodes[i].id) && ready(nodes[j])) stack.push_back(j);
  };
  while (!stack.empty()) {
    const auto i = stack.back();
    stack.pop_back();
    if (!taken[i] && ready(nodes[i])) take(i);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (!taken[i]) ordered.push_back(nodes[i]);
  return ordered;
}

namespace {

/// The lines at the left of one node, around its mark.
struct Strokes {
  std::string before, after;
  std::size_t columns() const { return width(before) + 1 + width(after); }
};

std::vector<Strokes> strokes_of(const std::vector<GraphNode>& nodes) {
  std::set<std::string> ids;
  for (const auto& node : nodes) ids.insert(node.id);
  std::map<std::string, std::size_t> dependents;
  for (const auto& node : nodes)
    for (const auto& id : known_prerequisites(node, ids)) ++dependents[id];

  std::vector<Strokes> rows;
  Lanes lanes;
  for (const auto& node : nodes) {
    const auto needs = known_prerequisites(node, ids);
    std::size_t from = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i)
      if (lanes[i] && needs.contains(lanes[i]->owner)) from = i + 1;
    const auto place = free_place(lanes, from);
    auto before = row_lines(lanes, needs, place);
    if (const auto wanted = dependents[node.id]; wanted > 0) {
      lanes.resize(std::max(lanes.size(), place + 1));
      lanes[place] = Lane{node.id, wanted};
    }
    rows.push_back({std::move(before), passing_lines(lanes, place)});
  }
  return rows;
}

}  // namespace

std::string draw(const std::vector<GraphNode>& given, bool colour) {
  const auto nodes = in_drawing_order(given);
  const auto strokes = strokes_of(nodes);
  std::size_t widest = 0;
  for (const auto& row : strokes) widest = std::max(widest, row.columns());

  const Names names(nodes);
  std::vector<std::vector<Cell>> cells;
  std::vector<std::size_t> widths;
  for (const auto& node : nodes) {
    std::vector<Cell> line{{node.label, Style::bold}, {node.state, style_of(node.state)}};
    for (const auto& detail : node.details) line.emplace_back(detail);
    line.emplace_back(remarks(node, names), Style::dim);
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(printable(line[i].text)));
    cells.push_back(std::move(line));
  }

  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& row = strokes[i];
    out += paint(row.before, Style::dim, colour) + paint(mark_of(nodes[i].state), style_of(nodes[i].state), colour) +
           paint(row.after, Style::dim, colour);
    std::size_t gap = widest - row.columns() + 1;
    for (std::size_t c = 0; c < cells[i].size(); ++c) {
      if (widths[c] == 0) continue;
      const auto text = printable(cells[i][c].text);
      if (!text.empty()) out += std::string(gap, ' ') + paint(text, cells[i][c].style, colour);
      gap = text.empty() ? gap + widths[c] + 2 : widths[c] - width(text) + 2;
    }
    out += "\n";
  }
  return out;
}

std::string draw_dot(const std::string& title, const std::vector<GraphNode>& nodes) {
  std::set<std::string> ids;
  for (const auto& node : nodes) ids.insert(node.id);
  std::string out = fmt::format(
      "digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n", in_quotes(title));
  for (const auto& node : nodes) {
    std::string label = node.label + (node.state.empty() ? "" : "\n" + node.state);
    for (const auto& detail : node.details)
      if (!detail.empty()) label += "\n" + detail;
    out += fmt::format("  {} [label={}, fillcolor={}];\n", in_quotes(node.id), in_quotes(label), dot_colour(node.state));
  }
  for (const auto& node : nodes) {
    for (const auto& need : known_prerequisites(node, ids)) {
      std::string data;
      for (const auto& flow : node.flows)
        if (flow.from == need) data += (data.empty() ? "" : "\n") + flow.output + " → " + flow.name;
      out += fmt::format("  {} -> {}{};\n", in_quotes(need), in_quotes(node.id),
                         data.empty() ? "" : " [label=" + in_quotes(data) + "]");
    }
    if (!node.undoes.empty() && ids.contains(node.undoes))
      out += fmt::format("  {} -> {} [style=dashed, label=undoes];\n", in_quotes(node.id), in_quotes(node.undoes));
  }
  return out + "}\n";
}

}  // namespace comd::ctl
