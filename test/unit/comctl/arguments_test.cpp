#include "cmd/comctl/tool/arguments.h"

#include <CLI/CLI.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cmd/comctl/tool/completion.h"
#include "cmd/comctl/tool/run.h"
#include "cmd/comctl/tool/submissions.h"

namespace comd::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

Options parsed(const std::string& line) {
  Options options;
  make_app(options)->parse(line);
  return options;
}

struct Ran {
  int exit;
  std::string out, err;
};

Ran ran(std::vector<const char*> words) {
  std::istringstream in;
  std::ostringstream out, err;
  words.insert(words.begin(), "comctl");
  const int exit = run(static_cast<int>(words.size()), words.data(), Streams{in, out, err});
  return {exit, out.str(), err.str()};
}

TEST(Arguments, globalOptionsMayFollowTheCommand) {
  const auto options =
      parsed("order list --state held,failed --from 2026-01-31 --sort date --server host:1 -o yaml --timeout 500ms");
  EXPECT_EQ(options.command, "order list");
  EXPECT_THAT(options.states, ElementsAre("held", "failed"));
  EXPECT_TRUE(options.from.has_value());
  EXPECT_TRUE(options.oldest_first);
  EXPECT_EQ(options.server, "host:1");
  EXPECT_EQ(options.output, Output::yaml);
  EXPECT_EQ(options.timeout, Millis(500));
}

TEST(Arguments, pathsOfNestedCommands) {
  EXPECT_EQ(parsed("inventory product get pr-1").command, "inventory product get");
  EXPECT_EQ(parsed("status").command, "status");
  EXPECT_EQ(parsed("order watch po-1 po-2 --expect completed --for 2m").ids.size(), 2u);
}

TEST(Arguments, wrongUsageIsExitCode2AndSaysWhatWasExpected) {
  for (const auto& words : std::vector<std::vector<const char*>>{{},
                                                                 {"order"},
                                                                 {"order", "get"},
                                                                 {"order", "cancel", "po-1"},
                                                                 {"--nonsense"},
                                                                 {"order", "list", "--from", "soon"},
                                                                 {"order", "list", "--page-size", "0"},
                                                                 {"order", "list", "-o", "dot"},
                                                                 {"completion", "tcsh"}}) {
    const auto result = ran(words);
    EXPECT_EQ(result.exit, kUsage) << testing::PrintToString(words);
    EXPECT_NE(result.err, "") << testing::PrintToString(words);
    EXPECT_EQ(result.out, "") << testing::PrintToString(words);
  }
  EXPECT_THAT(ran({"order", "list", "--from", "soon"}).err, HasSubstr("Expected a date or a time such as 2026-01-31"));
}

TEST(Arguments, everyCommandHasHelpWithAnExample) {
  Options options;
  const auto app = make_app(options);
  for (const auto& command : completion_commands(*app)) {
    if (!command.commands.empty()) continue;
    std::vector<std::string> words;
    std::istringstream path(command.path);
    for (std::string word; path >> word;) words.push_back(word);
    std::vector<const char*> argv;
    for (std::size_t i = 1; i < words.size(); ++i) argv.push_back(words[i].c_str());
    argv.push_back("--help");
    const auto help = ran(argv);
    EXPECT_EQ(help.exit, kDone) << command.path;
    EXPECT_THAT(help.out, HasSubstr("Example:\n  " + command.path)) << command.path;
  }
}

TEST(Completion, knowsEveryCommandAndOptionOfTheTree) {
  Options options;
  const auto app = make_app(options);
  const auto commands = completion_commands(*app);
  std::vector<std::string> paths;
  for (const auto& command : commands) paths.push_back(command.path);
  EXPECT_THAT(paths, IsSupersetOf({"comctl", "comctl order submit", "comctl order plan", "comctl inventory service list",
                                   "comctl catalog validate", "comctl fallout retry", "comctl task provide",
                                   "comctl unmatched list", "comctl lanes", "comctl status", "comctl completion"}));
  for (const auto& script : {bash_completion(*app), zsh_completion(*app), fish_completion(*app)}) {
    for (const auto& path : paths) EXPECT_THAT(script, HasSubstr(path));
    for (const auto& name : {"idempotency-key", "external-id", "page-token", "tls-ca"}) EXPECT_THAT(script, HasSubstr(name));
  }
}

/// What bash itself would offer after `line`.
std::vector<std::string> offered(const std::string& line) {
  const auto script = std::filesystem::path(testing::TempDir()) / "comctl_completion_test.bash";
  {
    Options options;
    std::ofstream file(script);
    file << bash_completion(*make_app(options)) << "COMP_WORDS=(" << line << " '')\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
         << "_comctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  }
  std::vector<std::string> words;
  FILE* pipe = popen(("bash " + script.string() + " 2>&1").c_str(), "r");
  std::array<char, 256> buffer{};
  while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    std::string word(buffer.data());
    word.pop_back();
    words.push_back(std::move(word));
  }
  pclose(pipe);
  return words;
}

TEST(Completion, bashOffersWhatFits) {
  EXPECT_THAT(offered("comctl"), IsSupersetOf({"order", "inventory", "catalog", "status", "--output"}));
  EXPECT_THAT(offered("comctl --server x:1 order"), IsSupersetOf({"submit", "watch", "cancel"}));
  EXPECT_THAT(offered("comctl order list --output"), ElementsAre("table", "json", "yaml", "dot"));
  EXPECT_THAT(offered("comctl order list --sort"), ElementsAre("date", "-date"));
  EXPECT_THAT(offered("comctl order list"), IsSupersetOf({"--state", "--external-id", "--jeopardy", "--output"}));
  EXPECT_THAT(offered("comctl order get"), Not(Contains("submit")));
  EXPECT_THAT(offered("comctl completion"), IsSupersetOf({"bash", "zsh", "fish"}));
}

TEST(Submissions, oneOrderAnArrayOrOneALine) {
  const auto names = [](const std::vector<Submission>& all) {
    std::vector<std::string> out;
    for (const auto& one : all) out.push_back(one.from);
    return out;
  };
  EXPECT_THAT(names(split_submissions("a.json", "{\n \"x\": 1\n}")), ElementsAre("a.json"));
  EXPECT_THAT(names(split_submissions("a.json", " [{\"x\":1}, {\"x\":2}]")), ElementsAre("a.json[0]", "a.json[1]"));
  EXPECT_THAT(names(split_submissions("a.jsonl", "{\"x\":1}\n\nbroken\n{\"x\":3}")),
              ElementsAre("a.jsonl:1", "a.jsonl:3", "a.jsonl:4"));
  EXPECT_THAT(names(split_submissions("stdin", "{\"x\":1}\n{\"x\":2}\n")), ElementsAre("stdin:1", "stdin:2"));
  EXPECT_EQ(split_submissions("a.json", "{\"x\": ").front().json, "{\"x\": ") << "the server says where it is broken";
  EXPECT_EQ(split_submissions("a.json", "[{\"x\": 1").front().json, "[{\"x\": 1");
}

TEST(Submissions, aFileThatIsNotThereIsUsage) {
  const auto result = ran({"order", "submit", "/nowhere/order.json"});
  EXPECT_EQ(result.exit, kUsage);
  EXPECT_THAT(result.err, HasSubstr("Expected a file at /nowhere/order.json"));
}

}  // namespace
}  // namespace comd::ctl
