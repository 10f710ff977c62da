#include "domain/projection.h"

#include <gtest/gtest.h>

#include "domain/epoch.h"

namespace comd {
namespace {

service_order::State running() {
  service_order::State s;
  s.status = service_order::Status::in_progress;
  s.attempt = 1;
  s.timers["silence"] = Instant{Millis{5}};
  s.outputs["port"] = Value{"\"P-1\""};
  return s;
}

TEST(Projection, ReadsBackAsTheSame) {
  const auto recorded = to_bytes(project(running()));
  EXPECT_EQ(number_of(recorded), kProjection);
  EXPECT_TRUE(differing(recorded, project(running(), number_of(recorded))).empty());
  EXPECT_EQ(recorded.size(), 1 + 4 * project(running()).size());
}

TEST(Projection, NamesTheFieldThatIsFoldedOtherwise) {
  const auto recorded = to_bytes(project(running()));
  auto other = running();
  other.timers["silence"] += Millis{1};
  EXPECT_EQ(differing(recorded, project(other)), std::vector<std::string>{"timers"});
  other = running();
  other.status = service_order::Status::completed;
  other.outputs["port"] = Value{"\"P-2\""};
  EXPECT_EQ(differing(recorded, project(other)), (std::vector<std::string>{"status", "outputs"}));
}

/// Words for people may change from version to version; they are no part of it.
TEST(Projection, LeavesOutWordsForPeople) {
  auto other = running();
  other.note = "another wording";
  other.cancel_reason = "another wording";
  EXPECT_TRUE(differing(to_bytes(project(running())), project(other)).empty());
}

TEST(Projection, KeepsTextsApart) {
  auto one = running(), other = running();
  one.outputs = {{"ab", Value{"c"}}};
  other.outputs = {{"a", Value{"bc"}}};
  EXPECT_EQ(differing(to_bytes(project(one)), project(other)), std::vector<std::string>{"outputs"});
}

/// These bytes are in logs: what they are made of never changes. A change of it is a projection of a new number.
TEST(Projection, OneIsAsItWasReleased) {
  std::string hex;
  for (const char c : to_bytes(project(running()))) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    hex.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  EXPECT_EQ(hex, "0113339903fffbd348b4e6b502b6ef0b6322c8aa116e470fd5dffa329ebd53f307d7d7c75f");
}

TEST(Projection, OfAnUnknownNumberIsEmpty) { EXPECT_TRUE(project(running(), 2).empty()); }

TEST(Epochs, EachRestoreIsANewOneAndFenced) {
  epoch::State s;
  EXPECT_TRUE(epoch::decide(s, epoch::Reconcile{"anna", "why"}, Instant{})->empty());
  for (const std::uint64_t expected : {2u, 3u}) {
    const auto begun = epoch::decide(s, epoch::Begin{Position{40}, "restored"}, Instant{Millis{7}});
    for (const auto& event : *begun) epoch::evolve(s, event);
    EXPECT_EQ(s.number, expected);
    EXPECT_TRUE(s.fenced);
    EXPECT_EQ(s.after, Position{40});
  }
  const auto down = epoch::decide(s, epoch::Reconcile{"anna", "why"}, Instant{Millis{9}});
  for (const auto& event : *down) epoch::evolve(s, event);
  EXPECT_FALSE(s.fenced);
  EXPECT_EQ(views::decode_epoch(views::encode(s)), s);
  EXPECT_EQ(views::decode_epoch(std::nullopt), epoch::State{});
}

}  // namespace
}  // namespace comd
