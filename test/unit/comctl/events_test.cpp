#include <mutex>

#include "comd/api/v1/events.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `events` and `webhook` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::AllOf;
using testing::HasSubstr;

SubscribeResponse event(const std::string& id, std::uint64_t position, std::uint64_t resume_after) {
  SubscribeResponse out;
  out.set_resume_after(resume_after);
  auto& event = *out.mutable_event();
  event.set_id(id);
  event.set_type("ProductOrderStateChangeEvent");
  event.set_position(position);
  event.set_order_id("po-1");
  event.set_subject("po-1");
  event.set_state_before("inProgress");
  event.set_state("completed");
  event.set_payload_json(R"({"productOrder":{"id":"po-1"}})");
  return out;
}

class FakeEvents final : public EventsService::Service {
 public:
  grpc::Status Subscribe(grpc::ServerContext*, const SubscribeRequest* request,
                         grpc::ServerWriter<SubscribeResponse>* writer) override {
    std::vector<SubscribeResponse> answers;
    bool last = false;
    {
      const std::lock_guard lock(mutex);
      asked.push_back(*request);
      if (streams.empty()) return {grpc::StatusCode::INTERNAL, "nothing left to show"};
      answers = streams.front();
      streams.erase(streams.begin());
      last = streams.empty();
    }
    for (const auto& answer : answers) writer->Write(answer);
    return last ? grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "that was all")
                : grpc::Status(grpc::StatusCode::UNAVAILABLE, "going down");
  }
  grpc::Status ListWebhooks(grpc::ServerContext*, const ListWebhooksRequest*, ListWebhooksResponse* response) override {
    auto& webhook = *response->add_webhooks();
    webhook.set_name("billing");
    webhook.set_url("https://billing.example/");
    webhook.set_failures(4);
    webhook.set_last_error("HTTP 503");
    return grpc::Status::OK;
  }
  grpc::Status Redeliver(grpc::ServerContext*, const RedeliverRequest* request, RedeliverResponse* response) override {
    response->set_queued(static_cast<std::uint32_t>(request->event_ids_size()) - 1);
    response->add_unknown(request->event_ids(request->event_ids_size() - 1));
    return grpc::Status::OK;
  }

  std::mutex mutex;
  std::vector<std::vector<SubscribeResponse>> streams;
  std::vector<SubscribeRequest> asked;
};

class EventsCommand : public AgainstServer {
 protected:
  void SetUp() override { serve(events); }
  FakeEvents events;
};

TEST_F(EventsCommand, GoesOnWhereItStoppedAndShowsNothingTwice) {
  // The first stream breaks inside the commit at 7: all of it comes again.
  events.streams = {{event("5.0.state", 5, 5), event("7.0.state", 7, 6)},
                    {event("7.0.state", 7, 6), event("7.1.state", 7, 7), event("9.0.state", 9, 9)}};
  const auto ran = run({"events", "--from", "beginning", "--types", "ProductOrder*", "-o", "json"});
  std::vector<std::string> ids;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) ids.push_back(json_of(line).at("id").get<std::string>());
  EXPECT_THAT(ids, testing::ElementsAre("5.0.state", "7.0.state", "7.1.state", "9.0.state"));
  ASSERT_EQ(events.asked.size(), 2u);
  EXPECT_TRUE(events.asked[0].has_after_position());
  EXPECT_EQ(events.asked[0].after_position(), 0u);
  EXPECT_EQ(events.asked[1].after_position(), 6u);
  EXPECT_EQ(events.asked[1].types(0), "ProductOrder*");
  EXPECT_THAT(ran.err, HasSubstr("going on after position 6"));
}

TEST_F(EventsCommand, PrintsALineForPeople) {
  events.streams = {{event("5.0.state", 5, 5)}};
  const auto ran = run({"events"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("ProductOrderStateChangeEvent"), HasSubstr("inProgress → completed"), HasSubstr("po-1")));
  EXPECT_FALSE(events.asked.front().has_after_position()) << "from now on";
  EXPECT_EQ(run({"events", "--from", "yesterday"}).exit, kUsage);
}

TEST_F(EventsCommand, WebhookListSaysWhatAReceiverAnswers) {
  EXPECT_THAT(run({"webhook", "list"}).out, AllOf(HasSubstr("billing"), HasSubstr("billing: HTTP 503")));
}

TEST_F(EventsCommand, WebhookRedeliverSaysWhichIdsAreNotThere) {
  const auto ran = run({"webhook", "redeliver", "billing", "1.0.create", "9.9.state"});
  EXPECT_EQ(ran.exit, kNotFound);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1 queued"), HasSubstr("9.9.state is not among the dead letters")));
  EXPECT_EQ(run({"webhook", "redeliver", "billing", "1.0.create", "--all"}).exit, kUsage);
}

}  // namespace
}  // namespace comd::ctl
