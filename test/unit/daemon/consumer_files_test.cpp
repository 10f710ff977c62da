#include "cmd/comd/daemon/consumer_files.h"

#include <gmock/gmock.h>

#include <fstream>

#include "test/contract/temp_dir.h"

namespace comd::daemon {
namespace {

using testing::HasSubstr;

const north::ConsumerRecord kBilling{"billing",    Position{42}, 1'800'000'000'001, "host-1", Millis{30'000}, Instant{Millis{5}},
                                     Instant{Millis{7}}};

TEST(ConsumerFiles, WhatWasSavedIsThereForTheNextLife) {
  const contract::TempDir dir;
  auto crm = kBilling;
  crm.name = "crm.v2";
  crm.holder = "\xff";  // no UTF-8: shown as well as it can be, and no reason not to start
  {
    const auto files = make_consumer_files(dir / "consumers");
    ASSERT_TRUE(files->load()->empty());
    ASSERT_TRUE(files->save({"billing", {}, 1, {}, {}, {}, {}}));
    ASSERT_TRUE(files->save(kBilling));
    ASSERT_TRUE(files->save(crm));
  }
  const auto loaded = make_consumer_files(dir / "consumers")->load();
  ASSERT_TRUE(loaded) << loaded.error();
  ASSERT_EQ(loaded->size(), 2u);
  EXPECT_THAT(*loaded, testing::Contains(kBilling));
}

TEST(ConsumerFiles, AForgottenOneIsGone) {
  const contract::TempDir dir;
  const auto files = make_consumer_files(dir / "consumers");
  ASSERT_TRUE(files->save(kBilling));
  EXPECT_TRUE(files->remove("billing"));
  EXPECT_TRUE(files->remove("billing")) << "again";
  EXPECT_TRUE(files->load()->empty());
}

TEST(ConsumerFiles, AFileThatCannotBeReadIsNamed) {
  const contract::TempDir dir;
  const auto files = make_consumer_files(dir.path());
  std::ofstream(dir / "billing.json.new") << "half a";  // a crash while it was written
  EXPECT_TRUE(files->load()->empty());
  std::ofstream(dir / "billing.json") << "half a";
  EXPECT_THAT(files->load().error(), HasSubstr("billing.json to say how far"));
  std::ofstream(dir / "billing.json") << R"({"format": 99})";
  EXPECT_THAT(files->load().error(), HasSubstr("of a later comd"));
}

}  // namespace
}  // namespace comd::daemon
