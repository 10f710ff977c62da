#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/tidy/source.h"

/// Every check is shown a violation it must find, and its neighbour that is fine.
namespace comd::tidy {
namespace {

using testing::HasSubstr;

std::string include(const std::string& path, const std::string& header) {
  return to_text(check_includes({path, "#pragma once\n#include <" + header + ">\n"}));
}

TEST(CodeOnly, BlanksCommentsAndLiterals) {
  EXPECT_EQ(code_only("a // rand()\nb"), "a          \nb");
  EXPECT_EQ(code_only("a /* x\ny */ b"), "a     \n     b");
  EXPECT_EQ(code_only(R"(f("a\"b", 'c'))"), R"(f("    ", ' '))");
  EXPECT_EQ(code_only("x = 10'000; // c"), "x = 10'000;     ");
  EXPECT_EQ(code_only("R\"(rand()\n)\" y"), "R\"       \n \" y");
}

TEST(Includes, NameTheMissingArrowAndTheTable) {
  const std::string text = include("domain/order.h", "rocksdb/db.h");
  EXPECT_THAT(text, HasSubstr("domain/order.h:2:"));
  EXPECT_THAT(text, HasSubstr("domain → rocksdb/db.h"));
  EXPECT_THAT(text, HasSubstr("test/tidy/includes.cpp"));
}

TEST(Includes, FollowTheTable) {
  EXPECT_EQ(include("domain/order.h", "domain/ids.h"), "");
  EXPECT_EQ(include("domain/order.h", "vector"), "");
  EXPECT_EQ(include("domain/result.h", "tl/expected.hpp"), "");
  EXPECT_NE(include("domain/order.h", "random"), "") << "pure";
  EXPECT_NE(include("domain/order.h", "unistd.h"), "");
  EXPECT_NE(include("domain/order.h", "events/record.h"), "");
  EXPECT_EQ(include("actors/engine.h", "caf/all.hpp"), "");
  EXPECT_NE(include("actors/engine.h", "rocksdb/db.h"), "");
  EXPECT_NE(include("actors/engine.h", "grpcpp/grpcpp.h"), "");
  EXPECT_NE(include("actors/engine.h", "edge/tmf/reader.h"), "");
  EXPECT_NE(include("storage/keys.h", "caf/all.hpp"), "");
  EXPECT_NE(include("edge/tmf/reader.h", "grpcpp/grpcpp.h"), "") << "JSON needs no gRPC";
  EXPECT_NE(include("edge/grpc/server.h", "caf/all.hpp"), "");
  EXPECT_NE(include("cmd/comctl/main.cpp", "actors/engine.h"), "") << "comctl speaks gRPC only";
  EXPECT_EQ(include("cmd/comd/main.cpp", "rocksdb/db.h"), "");
  EXPECT_NE(include("surprise/file.h", "vector"), "") << "every folder has a row";
}

TEST(Length, HasALimit) {
  std::string text;
  for (std::size_t i = 0; i < kLinesMax; ++i) text += "x\n";
  EXPECT_EQ(to_text(check_length({"domain/a.cpp", text})), "");
  EXPECT_THAT(to_text(check_length({"domain/a.cpp", text + "x\n"})), HasSubstr("domain/a.cpp:401: Expected at most 400 lines"));
  EXPECT_EQ(to_text(check_length({"docs/a.md", text + "x\n"})), "");
}

std::string banned(const std::string& path, const std::string& code) { return to_text(check_banned({path, "\n" + code + "\n"})); }

TEST(Banned, NamesTheReplacement) {
  EXPECT_THAT(banned("test/unit/a_test.cpp", "std::this_thread::sleep_for(1s);"),
              HasSubstr("a_test.cpp:2: 'sleep_for' is banned here: wait on"));
  EXPECT_THAT(banned("domain/a.cpp", "auto t = std::chrono::system_clock::now();"), HasSubstr("take the time from Clock"));
  EXPECT_THAT(banned("edge/grpc/a.cpp", "int x = rand();"), HasSubstr("<random>"));
  EXPECT_THAT(banned("actors/a.cpp", "assert(x);"), HasSubstr("CHECK"));
  EXPECT_THAT(banned("storage/a.cpp", "std::cout << x;"), HasSubstr("log with fields"));
  EXPECT_THAT(banned("domain/a.cpp", "throw 1;"), HasSubstr("Result"));
  EXPECT_THAT(banned("domain/a.cpp", "using namespace std;"), HasSubstr("std::"));
  EXPECT_THAT(banned("cmd/comd/a.cpp", "std::thread(f).detach();"), HasSubstr("join"));
  EXPECT_THAT(banned("domain/a.cpp", "std::chrono::steady_clock::now();"), HasSubstr("argument"));
  EXPECT_THAT(banned("storage/a.cpp", "std::random_device d;"), HasSubstr("seed"));
}

TEST(Banned, LeavesTheRestAlone) {
  EXPECT_EQ(banned("domain/a.cpp", "// rand() is banned"), "");
  EXPECT_EQ(banned("domain/a.cpp", "f(\"system_clock::now\");"), "");
  EXPECT_EQ(banned("domain/a.cpp", "static_assert(x); operand(1);"), "");
  EXPECT_EQ(banned("cmd/comctl/a.cpp", "std::cout << x;"), "");
  EXPECT_EQ(banned("test/e2e/wait.cpp", "std::this_thread::sleep_for(1ms);"), "");
}

TEST(Header, OpensWithPragmaOnce) {
  EXPECT_EQ(to_text(check_header({"domain/a.h", "#pragma once\n"})), "");
  EXPECT_NE(to_text(check_header({"domain/a.h", "#ifndef A_H\n"})), "");
  EXPECT_EQ(to_text(check_header({"domain/a.cpp", "int x;\n"})), "");
}

std::string markdown(const std::string& text) {
  static const std::string other = "# Other\n## How to add an event\n";
  static const std::string folder;
  const Reader read = [](const std::string& path) -> const std::string* {
    if (path == "docs/other.md") return &other;
    return path == "examples" ? &folder : nullptr;
  };
  return to_text(check_markdown({"docs/a.md", text}, read));
}

TEST(Markdown, HasOneTitle) {
  EXPECT_EQ(markdown("# Title\n## Part\n"), "");
  EXPECT_THAT(markdown("## Part\n"), HasSubstr("there are 0"));
  EXPECT_THAT(markdown("# One\n# Two\n"), HasSubstr("there are 2"));
  EXPECT_EQ(markdown("# One\n```sh\n# a comment\n```\n"), "");
}

TEST(Markdown, LinksLeadSomewhere) {
  EXPECT_EQ(markdown("# T\n[a](other.md) [b](../examples/) [c](https://example.org/x) [d](#t)\n"), "");
  EXPECT_EQ(markdown("# T\n[a](other.md#how-to-add-an-event)\n"), "");
  EXPECT_THAT(markdown("# T\n[a](gone.md)\n"), HasSubstr("docs/a.md:2: Expected a file behind the link 'gone.md'"));
  EXPECT_THAT(markdown("# T\n[a](other.md#nothing)\n"), HasSubstr("Expected a heading"));
}

TEST(Symbols, OfTheDomainArePure) {
  EXPECT_EQ(to_text(check_domain_symbols(
                "\norder.cpp.o:\n                 U operator new(unsigned long)\n                 U memcpy\n")),
            "");
  for (const char* symbol :
       {"std::chrono::_V2::system_clock::now()", "std::random_device::_M_getval()", "open", "time", "rand", "getenv",
        "std::basic_ifstream<char, std::char_traits<char> >::basic_ifstream()", "pthread_create", "socket"}) {
    EXPECT_THAT(to_text(check_domain_symbols(std::string("\norder.cpp.o:\n                 U ") + symbol + "\n")),
                HasSubstr(symbol));
  }
}

}  // namespace
}  // namespace comd::tidy
