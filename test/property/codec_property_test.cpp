#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "test/support/fill.h"

namespace comd {
namespace {

Commit random_commit(std::uint64_t seed) {
  test::Fill fill(seed);
  return fill.make<Commit>();
}

TEST(CodecProperty, WhatIsWrittenIsRead) {
  EXPECT_TRUE(rc::check("decode(encode(c)) = c", [](std::uint64_t seed) {
    const Commit commit = random_commit(seed);
    const auto back = decode(encode(commit));
    RC_ASSERT(back.has_value());
    RC_ASSERT((*back == commit));
  }));
}

TEST(CodecProperty, TheSameCommitIsTheSameBytes) {
  EXPECT_TRUE(rc::check("encode is a function", [](std::uint64_t seed) {
    const Commit commit = random_commit(seed);
    const std::string bytes = encode(commit);
    RC_ASSERT((encode(decode(bytes).value()) == bytes));
  }));
}

TEST(CodecProperty, ArbitraryBytesNeverCrash) {
  EXPECT_TRUE(rc::check("decode is total on bytes", [](const std::string& bytes) {
    static_cast<void>(decode(bytes));
    static_cast<void>(decode_part(bytes, StreamId{"po-1"}));
  }));
}

/// Random bytes seldom get past the first field. Damaged records do.
TEST(CodecProperty, DamagedRecordsNeverCrash) {
  EXPECT_TRUE(rc::check("decode is total on damaged records", [](std::uint64_t seed) {
    std::string bytes = encode(random_commit(seed));
    test::Fill fill(seed + 1);
    for (int i = 0; i < 200; ++i) {
      std::string damaged = bytes;
      for (std::size_t n = fill.below(4); n > 0 && !damaged.empty(); --n)
        damaged[fill.below(damaged.size())] = static_cast<char>(fill.below(256));
      if (fill.below(3) == 0) damaged.resize(fill.below(damaged.size() + 1));
      const auto back = decode(damaged);
      if (!back) RC_ASSERT(!back.error().message.empty());
      if (back) static_cast<void>(decode(encode(*back)));
    }
  }));
}

}  // namespace
}  // namespace comd
