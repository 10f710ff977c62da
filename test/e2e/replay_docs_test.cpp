#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "test/e2e/system.h"
#include "test/support/paths.h"

/// docs/replay.md, run: every `$ …` line of its ```console blocks, in their order, against a comd that has finished the example
/// orders. What a block shows below a command must be in its output: line by line, in order, with "…" for what differs from run to
/// run and any run of spaces for any other. A command ends with 0, or with what "# exit code N" behind it says. In blocks that begin
/// ```console offline comd is stopped; it is started again behind them.
///   $DATA      comd's data directory
///   $WORK      a directory of the reader's own
///   examples/  those of the project
namespace comd::e2e {
namespace {

struct Command {
  std::string line;
  int exit = 0;
  std::vector<std::string> shown;
  std::size_t at = 0;  ///< line of the document
};
struct Block {
  bool offline = false;
  std::vector<Command> commands;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> out;
  std::istringstream in(document);
  bool inside = false;
  std::size_t at = 0;
  for (std::string line; std::getline(in, line);) {
    ++at;
    if (!inside && line.starts_with("```console")) {
      inside = true;
      out.push_back({line == "```console offline", {}});
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside && line.starts_with("$ ")) {
      constexpr std::string_view kExit = "  # exit code ";
      Command command{line.substr(2), 0, {}, at};
      if (const auto mark = command.line.find(kExit); mark != std::string::npos) {
        command.exit = std::stoi(command.line.substr(mark + kExit.size()));
        command.line.resize(mark);
      }
      out.back().commands.push_back(std::move(command));
    } else if (inside && !out.back().commands.empty() && !line.empty()) {
      out.back().commands.back().shown.push_back(line);
    }
  }
  return out;
}

std::string squeezed(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// The parts of a shown line between "…".
std::vector<std::string> parts_of(const std::string& line) {
  constexpr std::string_view kAny = "…";
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= line.size();) {
    const auto any = std::min(line.find(kAny, from), line.size());
    if (auto part = squeezed(line.substr(from, any - from)); !part.empty()) out.push_back(std::move(part));
    from = any + kAny.size();
  }
  return out;
}

/// The first line that is not there; empty: all are.
std::string missing(const std::string& output, const std::vector<std::string>& shown) {
  const auto text = squeezed(output);
  std::size_t from = 0;
  for (const auto& line : shown) {
    for (const auto& part : parts_of(line)) {
      const auto found = text.find(part, from);
      if (found == std::string::npos) return line;
      from = found + part.size();
    }
  }
  return {};
}

class ReplayDocs : public testing::Test {
 protected:
  void SetUp() override {
    sim = std::make_unique<ActivationSim>(directory, "sim", read_file(source("examples/activation-sim.yaml")), true, comd.port());
    for (const auto* target :
         {"access-activation", "ip-activation", "cpe-activation", "mobile-activation", "ethernet-activation"})
      comd.add_target(target, sim->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    for (const auto* file : {"examples/catalog.yaml", "examples/catalog-2026.2.yaml"})
      ASSERT_TRUE(comd.load_catalog(source(file)).ok());
    work = directory.path() + "/work";
    std::filesystem::create_directories(work);
    std::filesystem::create_directory_symlink(source("examples"), work + "/examples");
    finish_examples();
  }

  /// As `./dev run` does: what changes the products of others comes behind them.
  void finish_examples() {
    submit("12-cancelled");
    ASSERT_EQ(comd.comctl({"order", "cancel", "EX-1012", "--reason", "the customer thought again"}).exit, 0);
    for (const auto* name :
         {"01-business-fiber", "02-fiber-without-router", "03-mobile", "04-ethernet-three-sites", "05-bundle-nested",
          "06-bundle-flat", "09-fiber-rolls-back", "10-ethernet-one-site-fails", "11-router-out-of-stock"})
      submit(name);
    ASSERT_TRUE(finished());
    for (const auto* name : {"07-modify-bandwidth", "08-delete-mobile"}) submit(name);
    ASSERT_TRUE(finished());
  }
  void submit(const std::string& name) {
    const auto done = comd.comctl({"order", "submit", source("examples/orders/" + name + ".json")});
    ASSERT_EQ(done.exit, 0) << done.output;
  }
  bool finished() {
    return wait_until(Seconds{60}, [&] {
      const auto orders = comd.list();
      return std::all_of(orders.begin(), orders.end(), [](const auto& order) { return order.terminal(); });
    });
  }

  Finished run_line(const std::string& line) const {
    const std::string set_up = "cd '" + work + "' && export PATH='" + test::built("") +
                               "/bin':$PATH COMCTL_SERVER=" + comd.address() + " DATA='" + comd.data() + "' WORK='" + work +
                               "' NO_COLOR=1\n";
    return run({"/bin/sh", "-c", set_up + line}, Seconds{120});
  }
  void try_out(const Command& command) const {
    SCOPED_TRACE("docs/replay.md, line " + std::to_string(command.at) + ": " + command.line);
    const auto done = run_line(command.line);
    EXPECT_EQ(done.exit, command.exit) << done.output;
    EXPECT_EQ(missing(done.output, command.shown), "") << "is not in its place in:\n" << done.output;
  }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> sim;
  std::string work;
};

TEST_F(ReplayDocs, EveryCommandDoesWhatTheDocumentSays) {
  const auto blocks = blocks_of(read_file(source("docs/replay.md")));
  ASSERT_FALSE(blocks.empty());
  for (const auto& block : blocks) {
    ASSERT_FALSE(block.commands.empty()) << "a console block without a command";
    if (block.offline) { ASSERT_EQ(comd.stop(), 0) << comd.log(); }
    for (const auto& command : block.commands) try_out(command);
    if (block.offline) { ASSERT_TRUE(comd.start()) << comd.log(); }
  }
}

TEST(ReplayDocsReader, SeesWhatIsMissing) {
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
