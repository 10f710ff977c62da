#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>

#include "test/support/paths.h"
#include "test/tidy/source.h"

/// The project as it is, against every check.
namespace comd::tidy {
namespace {

const std::vector<Source>& project() {
  static const std::vector<Source> sources = read_project(test::source(""));
  return sources;
}

template <class Check>
std::vector<Finding> all(Check check) {
  std::vector<Finding> findings;
  for (const Source& source : project()) {
    for (Finding& finding : check(source)) findings.push_back(std::move(finding));
  }
  return findings;
}

void expect_none(const std::vector<Finding>& findings) { EXPECT_TRUE(findings.empty()) << to_text(findings); }

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

TEST(Project, IsThere) { EXPECT_GT(project().size(), 50U); }
TEST(Project, IncludesFollowTheTable) { expect_none(all(check_includes)); }
TEST(Project, FilesAreShort) { expect_none(all(check_length)); }
TEST(Project, NothingBannedIsCalled) { expect_none(all(check_banned)); }
TEST(Project, HeadersAreIncludedOnce) { expect_none(all(check_header)); }

TEST(Project, DocumentsHaveOneTitleAndWorkingLinks) {
  std::map<std::string, const std::string*> texts;
  static const std::string folder;
  for (const Source& source : project()) {
    texts[source.path] = &source.text;
    for (auto path = std::filesystem::path(source.path).parent_path(); !path.empty(); path = path.parent_path())
      texts[path.string()] = &folder;
  }
  const Reader read = [&](const std::string& path) {
    const auto it = texts.find(path);
    return it == texts.end() ? nullptr : it->second;
  };
  expect_none(all([&](const Source& source) { return check_markdown(source, read); }));
}

TEST(Project, TheDomainAsksNothingOfTheOutside) {
  const std::string symbols = output_of("nm -uC " + test::built("libcomd_domain.a"));
  EXPECT_NE(symbols.find(" U "), std::string::npos) << "Expected undefined symbols in the domain library, but nm lists none.";
  expect_none(check_domain_symbols(symbols));
}

}  // namespace
}  // namespace comd::tidy
