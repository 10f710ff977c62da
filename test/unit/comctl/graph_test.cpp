#include "cmd/comctl/tool/graph.h"

#include <gtest/gtest.h>

namespace comd::ctl {
namespace {

GraphNode node(std::string id, std::string state, std::vector<std::string> needs = {}, std::vector<Flow> flows = {}) {
  return {.id = id,
          .label = id,
          .state = std::move(state),
          .details = {},
          .flows = std::move(flows),
          .depends_on = std::move(needs),
          .undoes = {},
          .notes = {}};
}

TEST(Graph, drawsWhatWaitsForWhatAndTheDataThatFlows) {
  EXPECT_EQ(draw({node("access", "completed"), node("ip", "inProgress", {"access"}, {{"port", "access", "portId"}}),
                  node("cpe", "waiting", {"access"}, {{"port", "access", "portId"}})},
                 false),
            "✓   access  completed\n"
            "├─● ip      inProgress  port ← access.portId\n"
            "╰─○ cpe     waiting     port ← access.portId\n");
}

TEST(Graph, aChainIndents) {
  EXPECT_EQ(draw({node("a", "completed"), node("b", "completed", {"a"}), node("c", "failed", {"b"})}, false),
            "✓     a  completed\n"
            "╰─✓   b  completed\n"
            "  ╰─✗ c  failed\n");
}

TEST(Graph, linesThatPassAreNotJoined) {
  // voip's line is passed by nothing that needs it; sip needs both; cpe all three.
  EXPECT_EQ(draw({node("access", "completed"), node("ip", "completed", {"access"}), node("voip", "inProgress"),
                  node("sip", "waiting", {"access", "voip"}), node("cpe", "waiting", {"access", "ip", "voip"})},
                 false),
            "✓       access  completed\n"
            "├─✓     ip      completed\n"
            "│ │ ●   voip    inProgress\n"
            "├─│─┼─○ sip     waiting\n"
            "╰─┴─┴─○ cpe     waiting\n");
}

TEST(Graph, dependentsFollowWhatTheyDependOnSiteBySite) {
  const auto ordered =
      in_drawing_order({node("port1", ""), node("port2", ""), node("vlan1", "", {"port1"}), node("vlan2", "", {"port2"})});
  std::vector<std::string> ids;
  for (const auto& one : ordered) ids.push_back(one.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"port1", "vlan1", "port2", "vlan2"}));
}

TEST(Graph, everyNodeIsDrawnOnceAlsoInACycle) {
  const auto text = draw({node("a", "", {"b"}), node("b", "", {"a"}), node("c", "", {"c", "gone"})}, false);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

TEST(Graph, compensationSaysWhatItUndoes) {
  auto undo = node("access undo", "inProgress");
  undo.undoes = "access";
  EXPECT_EQ(draw({node("access", "completed"), undo}, false),
            "✓ access       completed\n"
            "● access undo  inProgress  undoes access\n");
}

TEST(Dot, namesDataOnEdgesAndEscapes) {
  auto b = node("b", "failed", {"a"}, {{"port", "a", "portId"}});
  b.label = "say \"b\"";
  b.undoes = "a";
  EXPECT_EQ(draw_dot("po-1", {node("a", "completed"), b}),
            "digraph \"po-1\" {\n"
            "  rankdir=LR;\n"
            "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n"
            "  \"a\" [label=\"a\\ncompleted\", fillcolor=palegreen];\n"
            "  \"b\" [label=\"say \\\"b\\\"\\nfailed\", fillcolor=lightcoral];\n"
            "  \"a\" -> \"b\" [label=\"portId → port\"];\n"
            "  \"b\" -> \"a\" [style=dashed, label=undoes];\n"
            "}\n");
}

}  // namespace
}  // namespace comd::ctl
