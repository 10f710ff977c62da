#include "test/e2e/docs.h"

/// The documents that take a reader through what comd can do, run.
namespace comd::e2e {
namespace {

class ReplayDocs : public DocsWalk {
 protected:
  /// As `./dev run` does: what changes the products of others comes behind them.
  void finish_examples() {
    order("12-cancelled");
    ASSERT_EQ(comd.comctl({"order", "cancel", "EX-1012", "--reason", "the customer thought again"}).exit, 0);
    for (const auto* name :
         {"01-business-fiber", "02-fiber-without-router", "03-mobile", "04-ethernet-three-sites", "05-bundle-nested",
          "06-bundle-flat", "09-fiber-rolls-back", "10-ethernet-one-site-fails", "11-router-out-of-stock"})
      order(name);
    ASSERT_TRUE(finished());
    for (const auto* name : {"07-modify-bandwidth", "08-delete-mobile"}) order(name);
    ASSERT_TRUE(finished());
  }
  void order(const std::string& name) { submit("examples/orders/" + name + ".json"); }
  bool finished() {
    return wait_until(Seconds{60}, [&] {
      const auto orders = comd.list();
      return std::all_of(orders.begin(), orders.end(), [](const auto& order) { return order.terminal(); });
    });
  }
};

TEST_F(ReplayDocs, EveryCommandDoesWhatTheDocumentSays) {
  begin("examples/activation-sim.yaml");
  finish_examples();
  walk("docs/replay.md");
}

/// Three orders of which the line is done, and the address and the router are under way and will not end by themselves.
class ChangeDocs : public DocsWalk {
 protected:
  bool under_way(const std::string& external_id) {
    const auto shown = comd.comctl({"order", "get", external_id, "--output", "json"});
    std::size_t accepted = 0;
    for (auto at = shown.output.find("\"acknowledged\""); at != std::string::npos;
         at = shown.output.find("\"acknowledged\"", at + 1))
      ++accepted;
    return accepted == 2;
  }
};

TEST_F(ChangeDocs, EveryCommandDoesWhatTheDocumentSays) {
  begin("examples/changing/activation-sim.yaml");
  for (const auto* name : {"order", "other-order", "third-order"}) submit("examples/changing/" + std::string(name) + ".json");
  for (const auto* id : {"EX-2001", "EX-2002", "EX-2031"})
    ASSERT_TRUE(wait_until(Seconds{60}, [&] { return under_way(id); })) << comd.comctl({"order", "get", id}).output;
  walk("docs/changing-orders.md");
}

TEST(DocsReader, SeesWhatIsMissing) {
  EXPECT_EQ(missing("a  b\nc 12 d", {"a b", "c … d"}), "");
  EXPECT_EQ(missing("a  b\nc 12 d", {"c … d", "a b"}), "a b");
  EXPECT_EQ(missing("a b", {"b c"}), "b c");
  const auto blocks = blocks_of("```console offline\n$ x y  # exit code 5\nout\n```\n");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_TRUE(blocks[0].offline);
  EXPECT_EQ(blocks[0].commands[0].line, "x y");
  EXPECT_EQ(blocks[0].commands[0].exit, 5);
  EXPECT_EQ(blocks[0].commands[0].shown, std::vector<std::string>{"out"});
}

}  // namespace
}  // namespace comd::e2e
