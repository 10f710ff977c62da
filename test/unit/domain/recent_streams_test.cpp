#include "domain/recent_streams.h"

#include <gtest/gtest.h>

namespace comd {
namespace {

const StreamId kA{"a"}, kB{"b"}, kC{"c"}, kD{"d"};

TEST(RecentStreams, KeepWhatWasUsedLately) {
  RecentStreams<int> kept(2);
  const auto put = [&](const StreamId& stream, int value) {
    kept.make_room();
    kept.put(stream, value);
  };
  put(kA, 1);
  put(kB, 2);
  put(kC, 3);  // a and b are the older ones now
  ASSERT_NE(kept.find(kA), nullptr);
  EXPECT_EQ(*kept.find(kA), 1);
  put(kD, 4);  // b has not been used since
  EXPECT_EQ(kept.peek(kB), nullptr);
  for (const auto& stream : {kA, kC, kD}) EXPECT_NE(kept.peek(stream), nullptr) << stream.value;
}

TEST(RecentStreams, LoseNothingWhileNobodyMakesRoom) {
  RecentStreams<int> kept(1);
  int& first = kept.put(kA, 1);
  for (const auto& stream : {kB, kC, kD}) kept.put(stream, 2);
  EXPECT_EQ(kept.find(kA), &first);
  kept.make_room();
  EXPECT_EQ(kept.find(kA), &first) << "it stays where it is";
}

TEST(RecentStreams, PeekingIsNoUse) {
  RecentStreams<int> kept(1);
  kept.put(kA, 1);
  kept.make_room();
  EXPECT_NE(kept.peek(kA), nullptr);
  kept.put(kB, 2);
  kept.make_room();
  EXPECT_EQ(kept.find(kA), nullptr);
}

}  // namespace
}  // namespace comd
