#include "edge/south/inventory_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "test/support/temp_file.h"
#include "test/unit/south/fake_inventory.h"

namespace comd::south {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 20s;

product::Snapshot a_product(const std::string& id) {
  product::Snapshot product;
  product.id = {id};
  product.status = product::Status::active;
  product.offering.id = "FIBER";
  return product;
}

struct Ended {
  bool ok = false;
  std::string detail;
};

class InventoryClientTest : public testing::Test {
 protected:
  TargetOptions target() const {
    TargetOptions target;
    target.name = "product-inventory";
    target.address = inventory.address();
    return target;
  }
  void connect(const TargetOptions& to, Millis timeout = 10s) {
    auto made = InventoryClient::make({to, timeout}, [](const product::Snapshot& product) {
      return R"({"id":")" + product.id.value + R"(","status":")" + std::string(to_text(product.status)) + R"("})";
    });
    ASSERT_TRUE(made) << made.error();
    client = *made;
  }
  std::future<Ended> start(const std::string& id, std::uint64_t version) {
    auto promise = std::make_shared<std::promise<Ended>>();
    client->push(a_product(id), version, {{"acme"}, {"po-1"}, "corr", "00-1-2-01"}, [promise](bool ok, std::string detail) {
      promise->set_value({ok, std::move(detail)});
    });
    return promise->get_future();
  }
  Ended result(std::future<Ended> future) {
    if (future.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "Expected the push to be settled, but it is not.";
      return {};
    }
    return future.get();
  }
  Ended push(const std::string& id, std::uint64_t version) { return result(start(id, version)); }

  FakeInventory inventory;
  std::shared_ptr<InventoryClient> client;
};

TEST_F(InventoryClientTest, AProductArrivesWithItsVersionAndWhatItCameFrom) {
  inventory.start();
  connect(target());
  const auto ended = push("pr-1", 3);
  EXPECT_TRUE(ended.ok) << ended.detail;
  EXPECT_EQ(ended.detail, "");
  const auto arrived = inventory.pushes();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].idempotency_key(), "pr-1/3");
  EXPECT_EQ(arrived[0].correlation_id(), "corr");
  EXPECT_EQ(arrived[0].traceparent(), "00-1-2-01");
  EXPECT_EQ(arrived[0].tenant(), "acme");
  EXPECT_EQ(arrived[0].order_id(), "po-1");
  EXPECT_EQ(arrived[0].product_id(), "pr-1");
  EXPECT_EQ(arrived[0].version(), 3U);
  EXPECT_EQ(arrived[0].product_json(), R"({"id":"pr-1","status":"active"})");
  const auto metadata = inventory.last_metadata();
  EXPECT_EQ(metadata.at("comd-correlation-id"), "corr");
  EXPECT_EQ(metadata.at("traceparent"), "00-1-2-01");
}

TEST_F(InventoryClientTest, TheSamePushAgainHasTheSameKeyAndTheNextVersionAnother) {
  inventory.start();
  connect(target());
  EXPECT_TRUE(push("pr-1", 1).ok);
  EXPECT_TRUE(push("pr-1", 1).ok);
  EXPECT_TRUE(push("pr-1", 2).ok);
  EXPECT_TRUE(push("pr-2", 1).ok);
  std::vector<std::string> keys;
  for (const auto& one : inventory.pushes()) keys.push_back(one.idempotency_key());
  EXPECT_EQ(keys, (std::vector<std::string>{"pr-1/1", "pr-1/1", "pr-1/2", "pr-2/1"}));
}

TEST_F(InventoryClientTest, ARefusalSaysWhoRefusedAndWhy) {
  inventory.answers["pr-1/1"] = {grpc::StatusCode::FAILED_PRECONDITION, "no such customer"};
  inventory.answers["pr-2/1"] = {grpc::StatusCode::UNAVAILABLE, "at lunch"};
  inventory.start();
  connect(target());
  for (const auto& [product, why] :
       {std::pair("pr-1", "FAILED_PRECONDITION: no such customer"), {"pr-2", "UNAVAILABLE: at lunch"}}) {
    const auto ended = push(product, 1);
    EXPECT_FALSE(ended.ok);
    EXPECT_EQ(ended.detail, "product-inventory at " + inventory.address() + ": " + why);
  }
  EXPECT_TRUE(push("pr-1", 2).ok) << "one refusal says nothing about the next version";
}

TEST_F(InventoryClientTest, NobodyListeningIsNotOkAtOnce) {
  inventory.start();
  inventory.stop();  // nobody listens there now
  connect(target(), 1h);
  const auto ended = push("pr-1", 1);
  EXPECT_FALSE(ended.ok);
  EXPECT_THAT(ended.detail, HasSubstr(inventory.address() + ": UNAVAILABLE: "));
}

TEST_F(InventoryClientTest, AnInventoryThatComesBackIsUsedAgain) {
  inventory.start();
  connect(target());
  EXPECT_TRUE(push("pr-1", 1).ok);
  inventory.stop();
  EXPECT_FALSE(push("pr-1", 2).ok);
  inventory.start();
  const auto end = std::chrono::steady_clock::now() + kPatience;
  bool ok = false;
  while (!ok && std::chrono::steady_clock::now() < end) ok = push("pr-1", 2).ok;
  EXPECT_TRUE(ok);
}

TEST_F(InventoryClientTest, APushThatIsNeverAnsweredEndsAtTheDeadline) {
  inventory.hang = {"pr-1/1"};
  inventory.start();
  connect(target(), 200ms);
  const auto ended = push("pr-1", 1);
  EXPECT_FALSE(ended.ok);
  EXPECT_THAT(ended.detail, HasSubstr("DEADLINE_EXCEEDED"));
}

TEST_F(InventoryClientTest, StopCancelsWhatIsUnderWayAndWaitsForIt) {
  inventory.hang = {"pr-1/1", "pr-2/1"};
  inventory.start();
  connect(target(), 1h);
  auto first = start("pr-1", 1), second = start("pr-2", 1);
  ASSERT_TRUE(inventory.saw_pushes(2));
  client->stop();
  for (auto* one : {&first, &second}) {
    ASSERT_EQ(one->wait_for(0s), std::future_status::ready) << "stop() returned before the push was settled";
    const auto ended = one->get();
    EXPECT_FALSE(ended.ok);
    EXPECT_THAT(ended.detail, HasSubstr("CANCELLED"));
  }
  client->stop();  // once more does no harm
}

TEST_F(InventoryClientTest, APushIsNeverSettledFromInsidePush) {
  inventory.start();
  inventory.stop();
  connect(target());
  std::promise<std::thread::id> where;
  client->push(a_product("pr-1"), 1, {}, [&](bool, const std::string&) { where.set_value(std::this_thread::get_id()); });
  EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
}

class InventoryOverTls : public InventoryClientTest {
 protected:
  void SetUp() override {
    inventory.identity = ours.issue("IP:127.0.0.1");
    inventory.start();
  }
  TargetOptions tls_target(const test::TempFile& trusted) const {
    auto to = target();
    to.tls = true;
    to.tls_files.ca = trusted.path();
    return to;
  }

  test::Authority ours{"ours"};
};

TEST_F(InventoryOverTls, APushArrives) {
  const test::TempFile trusted(ours.certificate());
  connect(tls_target(trusted));
  const auto ended = push("pr-1", 1);
  EXPECT_TRUE(ended.ok) << ended.detail;
  EXPECT_EQ(inventory.pushes().size(), 1U);
}

TEST_F(InventoryOverTls, AnInventoryThatAnotherAuthorityVouchesForGetsNothing) {
  const test::TempFile trusted(test::Authority("another").certificate());
  connect(tls_target(trusted));
  const auto ended = push("pr-1", 1);
  EXPECT_FALSE(ended.ok);
  EXPECT_THAT(ended.detail, HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(ended.detail, HasSubstr("certificate verify failed"));
  EXPECT_TRUE(inventory.pushes().empty());
}

TEST_F(InventoryOverTls, APushInTheClearIsNotOk) {
  connect(target());
  EXPECT_FALSE(push("pr-1", 1).ok);
  EXPECT_TRUE(inventory.pushes().empty());
}

TEST(InventoryOptions, AFileThatCannotBeReadIsNamed) {
  TargetOptions target;
  target.name = "product-inventory";
  target.address = "127.0.0.1:1";
  target.tls = true;
  target.tls_files.ca = "/nowhere/ca.pem";
  const auto made = InventoryClient::make({target}, [](const product::Snapshot&) { return std::string("{}"); });
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error(), HasSubstr("/nowhere/ca.pem"));
}

}  // namespace
}  // namespace comd::south
