#include <gmock/gmock.h>

#include "comd/api/v1/events.grpc.pb.h"
#include "edge/catalog/catalog.h"
#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two webhooks, one of them another tenant's.
class Desk final : public outward::WebhookDesk {
 public:
  std::vector<outward::WebhookStanding> list() const override {
    outward::WebhookStanding ours, theirs;
    ours.name = "billing";
    ours.tenant = TenantId{"default"};
    ours.waiting = 3;
    ours.dead = letters.size();
    theirs.name = "secret";
    theirs.tenant = TenantId{"other"};
    return {ours, theirs};
  }
  std::optional<std::vector<outward::DeadLetter>> dead(const std::string&) const override { return letters; }
  Result<outward::Redelivery, Rejection> redeliver(const std::string&, const std::vector<std::string>& ids) override {
    asked = ids;
    return outward::Redelivery{1, {}};
  }

  std::vector<outward::DeadLetter> letters{
      {"1.0.create", Position{1}, "ProductOrderCreateEvent", OrderId{"po-a"}, {}, {}, 12, "HTTP 400"},
      {"2.0.state", Position{2}, "ProductOrderStateChangeEvent", OrderId{"po-a"}, {}, {}, 12, "HTTP 400"}};
  std::optional<std::vector<std::string>> asked;
};

class WebhookCalls : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.webhooks = desk;
    auto started = start_server(*engine, catalog::parse_catalog, nullptr, options);
    ASSERT_TRUE(started) << started.error();
    second = std::move(*started);
    events = api::EventsService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(second->port()), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override {
    second->stop(Millis{2'000});
    North::TearDown();
  }
  grpc::Status redeliver(const api::RedeliverRequest& request) {
    Call call;
    api::RedeliverResponse response;
    return events->Redeliver(&call, request, &response);
  }

  std::shared_ptr<Desk> desk = std::make_shared<Desk>();
  std::unique_ptr<Server> second;
  std::unique_ptr<api::EventsService::Stub> events;
};

TEST_F(WebhookCalls, ATenantSeesItsOwnWebhooksOnly) {
  Call call;
  api::ListWebhooksResponse response;
  ASSERT_TRUE(events->ListWebhooks(&call, {}, &response).ok());
  ASSERT_EQ(response.webhooks_size(), 1);
  EXPECT_EQ(response.webhooks(0).name(), "billing");
  EXPECT_EQ(response.webhooks(0).waiting(), 3u);
  EXPECT_EQ(response.webhooks(0).dead_letters(), 2u);
  api::RedeliverRequest request;
  request.set_webhook("secret");
  request.set_all(true);
  const auto refused = redeliver(request);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_FALSE(desk->asked) << "and touches no other";
}

TEST_F(WebhookCalls, DeadLettersAreListedUpToALimitWithTheirNumber) {
  Call call;
  api::ListDeadLettersRequest request;
  request.set_webhook("billing");
  request.set_limit(1);
  api::ListDeadLettersResponse response;
  ASSERT_TRUE(events->ListDeadLetters(&call, request, &response).ok());
  ASSERT_EQ(response.letters_size(), 1);
  EXPECT_EQ(response.letters(0).event_id(), "1.0.create");
  EXPECT_EQ(response.letters(0).error(), "HTTP 400");
  EXPECT_EQ(response.total(), 2u);
}

TEST_F(WebhookCalls, RedeliveryTakesIdsOrAllAndSaysWhenItIsNeither) {
  api::RedeliverRequest request;
  request.set_webhook("billing");
  EXPECT_EQ(redeliver(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.add_event_ids("1.0.create");
  EXPECT_TRUE(redeliver(request).ok());
  EXPECT_THAT(desk->asked.value(), ElementsAre("1.0.create"));
  request.set_all(true);
  EXPECT_EQ(redeliver(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_event_ids();
  EXPECT_TRUE(redeliver(request).ok());
  EXPECT_THAT(desk->asked.value(), IsEmpty());
}

}  // namespace
}  // namespace comd::north
