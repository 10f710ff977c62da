#include "actors/disk.h"
#include "test/unit/actors/fixture.h"

/// A disk that runs full, and is emptied again.
namespace comd {
namespace {

using service_order::ReportKind;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::uint64_t kMiB = 1u << 20;

class FakeDisk final : public DiskSpace {
 public:
  Result<Room, std::string> room() override {
    if (blind) return Err(std::string("no such device"));
    return Room{free - held, 100 * kMiB};
  }
  std::uint64_t reserved() const override { return held; }
  Result<bool, std::string> reserve(std::uint64_t bytes) override {
    ++made;
    if (bytes > free) return Err(std::string("No space left on device"));
    held = bytes;
    return true;
  }
  void release() override { held = 0; }

  std::uint64_t free = 90 * kMiB;  ///< the reserve included
  std::uint64_t held = 0;
  int made = 0;
  bool blind = false;
};

DiskLimits limits() { return {{50 * kMiB, 0}, {0, 20}, {10 * kMiB, 0}, 4 * kMiB}; }

// ── the watch ───────────────────────────────────────────────────────────────────────────────────────────────────────

class Watching : public ::testing::Test {
 protected:
  DiskState with_free(std::uint64_t mib) {
    disk_->free = mib * kMiB + 4 * kMiB;  // besides the reserve
    return watch_.look().state;
  }
  std::shared_ptr<FakeDisk> disk_ = std::make_shared<FakeDisk>();
  DiskWatch watch_{disk_, limits()};
};

TEST_F(Watching, EachWatermarkIsAState) {
  EXPECT_EQ(with_free(50), DiskState::ok);
  EXPECT_EQ(with_free(49), DiskState::warn);
  EXPECT_EQ(with_free(20), DiskState::warn);
  EXPECT_EQ(with_free(19), DiskState::refuse);
  EXPECT_EQ(with_free(9), DiskState::read_only);
  EXPECT_EQ(watch_.look().free, 9 * kMiB);
}

TEST_F(Watching, AStateIsLeftOnlyWithATenthMoreThanItsWatermark) {
  with_free(9);
  EXPECT_EQ(with_free(10), DiskState::read_only);
  EXPECT_EQ(with_free(11), DiskState::refuse);
  EXPECT_EQ(with_free(21), DiskState::refuse);
  EXPECT_EQ(with_free(22), DiskState::warn);
  EXPECT_EQ(with_free(54), DiskState::warn);
  EXPECT_EQ(with_free(55), DiskState::ok);
}

TEST_F(Watching, TheReserveIsKeptHoweverFullTheDiskIsAndMadeAgainOnlyWhenThereIsRoom) {
  with_free(60);
  EXPECT_EQ(disk_->held, 4 * kMiB);
  with_free(9);
  EXPECT_EQ(disk_->held, 4 * kMiB);
  disk_->release();  // as at a start on a full disk
  EXPECT_EQ(watch_.look().state, DiskState::read_only) << "what the reserve gave free is no room";
  with_free(15);
  EXPECT_EQ(disk_->held, 0u);
  with_free(30);
  EXPECT_EQ(disk_->held, 4 * kMiB);
  const int made = disk_->made;
  with_free(40);
  EXPECT_EQ(disk_->made, made);
}

TEST_F(Watching, ADiskThatDoesNotAnswerIsAsItWas) {
  with_free(9);
  disk_->blind = true;
  EXPECT_EQ(with_free(60), DiskState::read_only);
  disk_->blind = false;
  EXPECT_EQ(watch_.look().state, DiskState::ok);
}

TEST(DiskLimitsTest, WatermarksThatCrossAreNamed) {
  EXPECT_FALSE(out_of_order(limits(), 100 * kMiB));
  EXPECT_THAT(*out_of_order(limits(), 1'000 * kMiB),
              AllOf(HasSubstr("Expected disk.warn to be no less than disk.refuse (200 MiB)"), HasSubstr("but it is 50 MiB")));
  EXPECT_THAT(*out_of_order({{3, 0}, {2, 0}, {7, 0}, 0}, 100), HasSubstr("disk.refuse to be no less than disk.read_only"));
  EXPECT_FALSE(out_of_order({{}, {}, {}, 0}, 100));
}

TEST(DiskLimitsTest, AmountsAreReadable) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1'023), "1023 bytes");
  EXPECT_EQ(bytes_text(1'536), "1.5 KiB");
  EXPECT_EQ(bytes_text(512 * kMiB), "512 MiB");
  EXPECT_EQ(bytes_text(std::uint64_t{1} << 30), "1 GiB");
}

// ── the engine ──────────────────────────────────────────────────────────────────────────────────────────────────────

class FullDisk : public EngineTest {
 protected:
  FullDisk() {
    options_.disk = limits();
    disk_ = space_;
  }
  void SetUp() override {
    start();
    load_catalog();
  }
  void fill_to(std::uint64_t mib) {
    space_->free = mib * kMiB + 4 * kMiB;
    advance(1s);
  }
  std::shared_ptr<FakeDisk> space_ = std::make_shared<FakeDisk>();
  const StreamId order_ = stream_of(fiber::kOrder);
};

TEST_F(FullDisk, WarnsAndGoesOn) {
  fill_to(30);
  EXPECT_EQ(gauge("comd_disk_state"), 1);
  EXPECT_EQ(gauge("comd_disk_free_bytes"), 30.0 * kMiB);
  EXPECT_FALSE(submit_order().rejection);
}

TEST_F(FullDisk, RefusesNewOrdersAndFinishesTheRest) {
  submit_order();
  fill_to(15);
  const Reply refused = execute(StreamId{"po-new"}, submit());
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::limit);
  EXPECT_THAT(refused.rejection->message,
              AllOf(HasSubstr("Expected at least 20 MiB"), HasSubstr("disk.refuse"), HasSubstr("there are 15 MiB")));
  EXPECT_THAT(refused.rejection->hint, HasSubstr("make room"));
  EXPECT_EQ(refused.retry_after, DiskMode::kRetryOrder);

  const Reply repeated = submit_order();
  EXPECT_FALSE(repeated.rejection) << "it is no new order";
  answer(0, ok());
  EXPECT_FALSE(report("access", ReportKind::completed, {{"portId", {"\"p1\""}}}).rejection);
  EXPECT_EQ(partner_->calls.size(), 3u);
  EXPECT_EQ(gauge("comd_disk_state"), 2);
}

TEST_F(FullDisk, RecordsNothingAndStartsNothingUntilThereIsRoom) {
  submit_order();
  fill_to(5);
  EXPECT_EQ(gauge("comd_disk_state"), 3);
  const Position tail = log_->tail();

  const Reply refused = execute(order_, product_order::Command{product_order::Cancel{"x", "tester"}});
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::unavailable);
  EXPECT_THAT(refused.rejection->message, AllOf(HasSubstr("disk.read_only"), HasSubstr("only reads")));
  EXPECT_EQ(refused.retry_after, DiskMode::kRetryCommand);
  const Reply report_refused = report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
  ASSERT_TRUE(report_refused.rejection);
  EXPECT_EQ(report_refused.rejection->code, RejectionCode::unavailable);

  answer(0, ok());    // its outcome waits
  advance(24h * 10);  // and every timer is due
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(gauge("comd_timers_fired_total"), 0);
  EXPECT_EQ(partner_->calls.size(), 1u);

  fill_to(60);
  advance(1s);
  EXPECT_EQ(commits_by("SettleEffect"), 1u) << "comes back by itself";
  EXPECT_GT(gauge("comd_timers_fired_total"), 0);
}

TEST_F(FullDisk, WhatWasUnderWayWhenItRanFullIsNotRecordedEither) {
  const Position tail = log_->tail();
  auto reply = send(order_, submit());
  DiskView full = engine_->shared().disk.view();
  full.state = DiskState::read_only;
  engine_->shared().disk.set(full);
  run();
  ASSERT_TRUE(reply->has_value());
  ASSERT_TRUE((*reply)->rejection);
  EXPECT_EQ((*reply)->rejection->code, RejectionCode::unavailable);
  EXPECT_THAT((*reply)->rejection->message, HasSubstr("disk.read_only"));
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_TRUE(failure_.empty());
  fill_to(60);
  EXPECT_TRUE(submit_order().changed);
}

TEST_F(FullDisk, StartsReadOnlyOnAFullDisk) {
  submit_order();
  crash();
  space_->free = 5 * kMiB;
  start();
  EXPECT_EQ(engine_->shared().disk.view().state, DiskState::read_only);
  EXPECT_TRUE(partner_->calls.empty());
  EXPECT_TRUE(submit_order().rejection);
}

}  // namespace
}  // namespace comd
