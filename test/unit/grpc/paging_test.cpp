#include "edge/grpc/paging.h"

#include <gtest/gtest.h>

#include "edge/grpc/index_walk.h"
#include "storage/keys.h"

namespace comd::north {
namespace {

TEST(Paging, ATokenComesBackAsWhereThePageEnded) {
  const std::string last("0000018f\0po-x\xff", 14);
  EXPECT_EQ(read_page_token(page_token("filter", last), "filter").value(), last);
  EXPECT_EQ(read_page_token("", "filter").value(), "");
}

TEST(Paging, ATokenFitsOnlyItsFilters) {
  const auto refused = read_page_token(page_token("state=held", "x"), "state=failed");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "page_token");
}

TEST(Paging, WhatIsNoTokenIsRefused) {
  const auto token = page_token("f", "abc");
  for (const std::string& bad : {std::string("x"), std::string("12345678"), token + "0", token + "zz", token.substr(0, 10)}) {
    EXPECT_FALSE(read_page_token(bad, "f") && read_page_token(bad, "f").value() == "abc") << bad;
  }
  EXPECT_FALSE(read_page_token("zz", "f"));
  EXPECT_FALSE(read_page_token(token + "0", "f"));
}

TEST(Paging, ThePageSizeHasADefaultAndALimit) {
  EXPECT_EQ(page_size(0).value(), 100u);
  EXPECT_EQ(page_size(1'000).value(), 1'000u);
  EXPECT_EQ(page_size(1'001).error().code, RejectionCode::invalid);
}

/// A log whose order index holds these keys.
std::unique_ptr<EventLog> log_with(std::initializer_list<std::string> keys) {
  auto log = make_memory_event_log();
  Append append;
  append.record = encode(Commit{});
  for (const auto& key : keys) append.rows.push_back({keys::row(Table::order_index, key), ""});
  EXPECT_TRUE(log->append({&append, 1}).front());
  return log;
}

std::string seen(const EventLog& log, const IndexQuery& query, std::size_t most = 100) {
  std::string out;
  std::size_t count = 0;
  const auto end = walk(log, query, [&](const std::string& suffix) {
    if (count++ == most) return false;
    out += suffix + " ";
    return true;
  });
  return out + (end.more ? "+" + end.last : ".");
}

TEST(IndexWalk, MergesRangesInOrder) {
  const auto log = log_with({"a|1", "a|4", "b|2", "b|3", "c|0"});
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|", "b|"}, false, "", "", "", 100}), "1 2 3 4 .");
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|", "b|"}, true, "", "", "", 100}), "4 3 2 1 .");
  EXPECT_EQ(seen(*log, {Table::order_index, {"x|"}, true, "", "", "", 100}), ".");
}

TEST(IndexWalk, GoesOnBehindTheLastOne) {
  const auto log = log_with({"a|1", "a|4", "b|2", "b|3"});
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|", "b|"}, false, "", "", "", 100}, 2), "1 2 +2");
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|", "b|"}, false, "2", "", "", 100}), "3 4 .");
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|", "b|"}, true, "3", "", "", 100}), "2 1 .");
}

TEST(IndexWalk, KeepsToItsBounds) {
  const auto log = log_with({"a|1x", "a|2x", "a|3x", "a|4x"});
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|"}, false, "", "2", "4", 100}), "2x 3x .");
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|"}, true, "", "2", "4", 100}), "3x 2x .");
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|"}, true, "3x", "2", "4", 100}), "2x .");
}

TEST(IndexWalk, LooksAtNoMoreThanItsLimit) {
  const auto log = log_with({"a|1", "a|2", "a|3"});
  EXPECT_EQ(seen(*log, {Table::order_index, {"a|"}, false, "", "", "", 2}), "1 2 +2");
}

}  // namespace
}  // namespace comd::north
