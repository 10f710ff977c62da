#include <gmock/gmock.h>

#include "test/unit/grpc/personal_fixture.h"

/// A later version of an order under way, over the API.
namespace comd::north {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Base>
class Revising : public Base {
 protected:
  grpc::Status revise(const std::string& id, const std::string& json, std::uint32_t revision, api::ReviseOrderResponse& response,
                      bool dry_run = false, std::optional<std::uint64_t> if_version = {}) {
    Call call;
    api::ReviseOrderRequest request;
    request.set_order_id(id);
    request.set_tmf622_json(json);
    request.set_revision(revision);
    request.set_reason("thought again");
    request.set_dry_run(dry_run);
    if (if_version) request.set_if_version(*if_version);
    return this->orders->Revise(&call, request, &response);
  }
  static std::vector<std::string> kinds(const api::ReviseOrderResponse& response) {
    std::vector<std::string> out;
    for (const auto& step : response.steps()) out.push_back(step.kind() + " " + step.service_key());
    return out;
  }
  void end(const std::string& service_order, wire::ReportKind kind, const std::string& report_id) {
    auto message = this->completed(service_order, report_id);
    message.set_kind(kind);
    EXPECT_EQ(this->report(message).code(), 0);
  }
};

class Revise : public Revising<North> {};

TEST_F(Revise, WhereTheCatalogueSaysSoTheNextOneWaitsAndIsSeenToWait) {
  std::string yaml = kCatalog;
  yaml.insert(yaml.find("specifications:"), "revisions: queue\n");
  load_catalog(yaml);
  const auto id = submitted(order_json("EX-1", 100, "PAIR"));
  rest();
  api::ReviseOrderResponse response;
  ASSERT_TRUE(revise(id, order_json("EX-1", 100, "LINE"), 2, response).ok());
  EXPECT_FALSE(response.queued());
  rest();
  for (const bool dry_run : {true, false}) {
    api::ReviseOrderResponse next;
    const auto status = revise(id, order_json("EX-1", 200, "LINE"), 3, next, dry_run);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_TRUE(next.queued());
    EXPECT_EQ(next.revision(), 3U);
    EXPECT_EQ(next.steps_size(), 0) << "what it does depends on what is there then";
    EXPECT_EQ(get(id).queued_revisions_size(), dry_run ? 0 : 1);
  }
  EXPECT_EQ(get(id).queued_revisions(0).reason(), "thought again");
  EXPECT_EQ(get(id).revision(), 2U);
  end(get(id).service_orders(0).id(), wire::REPORT_KIND_CANCELLED, "r-0");
  until([&] { return get(id).revision() == 3; });
  EXPECT_EQ(get(id).queued_revisions_size(), 0);
}

TEST_F(Revise, ADryRunSaysWhatTheRunThenDoes) {
  load_catalog();
  const auto id = submitted(order_json("EX-1", 100, "PAIR"));
  rest();
  api::ReviseOrderResponse rehearsed, done;
  ASSERT_TRUE(revise(id, order_json("EX-1", 100, "LINE"), 2, rehearsed, true).ok());
  EXPECT_THAT(kinds(rehearsed), ElementsAre("cancel first", "drop second", "add line"));
  EXPECT_TRUE(rehearsed.has_expected_completion());
  EXPECT_EQ(get(id).revision(), 1U) << "nothing was recorded";
  EXPECT_EQ(get(id).version(), rehearsed.version());

  const auto status = revise(id, order_json("EX-1", 100, "LINE"), 2, done, false, rehearsed.version());
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(done.changed());
  rest();
  const auto order = get(id);
  EXPECT_EQ(order.revision(), 2U);
  EXPECT_EQ(order.summary().service_orders(), 1U);
  ASSERT_EQ(order.service_orders_size(), 3);
  end(order.service_orders(0).id(), wire::REPORT_KIND_CANCELLED, "r-0");
  EXPECT_EQ(report(completed(order.service_orders(2).id(), "r-2")).code(), 0);
  until([&] { return get(id).summary().state() == "completed"; });
  // The same again is answered as before, and so is the first submission.
  ASSERT_TRUE(revise(id, order_json("EX-1", 100, "LINE"), 2, done).ok());
  EXPECT_FALSE(done.changed());
  EXPECT_EQ(submitted(order_json("EX-1", 100, "PAIR")), id);
}

TEST_F(Revise, IsRefusedWithTheReasonWhenItIsStaleOrTheOrderHasMoved) {
  load_catalog();
  const auto id = submitted(order_json("EX-1"));
  rest();
  api::ReviseOrderResponse response;
  const auto stale = revise(id, order_json("EX-1", 200), 3, response);
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_THAT(stale.error_message(), HasSubstr("Expected revision 2, but got 3"));
  ASSERT_TRUE(revise(id, order_json("EX-1", 200), 2, response, true).ok());
  const auto version = response.version();
  end(service_order_of(id), wire::REPORT_KIND_FAILED, "r-1");
  until([&] { return get(id).version() > version; });
  EXPECT_FALSE(revise(id, order_json("EX-1", 200), 2, response, false, version).ok());
  EXPECT_EQ(revise(id, order_json("EX-2", 200), 2, response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(revise("po-none", order_json("EX-1"), 2, response).error_code(), grpc::StatusCode::NOT_FOUND);
}

class RevisePersonalData : public Revising<PersonalData> {};

std::string with_number(std::string json, const std::string& number) {
  return json.replace(json.find(kNumber), kNumber.size(), number);
}

TEST_F(RevisePersonalData, WhatSaysTheSameIsKeptAndWhatSaysOtherwiseIsNot) {
  const auto id = submitted(mobile("EX-1"));
  until([&] { return get(id).service_orders(0).status() == "submitted"; });
  api::ReviseOrderResponse response;
  ASSERT_TRUE(revise(id, mobile("EX-1", "another description"), 2, response, true).ok());
  EXPECT_THAT(kinds(response), ElementsAre("keep sim", "keep mail"));
  ASSERT_TRUE(revise(id, with_number(mobile("EX-1"), "+49-555-other"), 2, response, true).ok());
  EXPECT_THAT(kinds(response), ElementsAre("cancel sim", "drop mail", "redo sim", "add mail"));
}

TEST_F(RevisePersonalData, ForgettingTakesWhatEarlierRevisionsHadToo) {
  const auto id = submitted(mobile("EX-1"));
  until([&] { return get(id).service_orders(0).status() == "submitted"; });
  auto nobody = mobile("EX-1");
  const std::string parties = R"("relatedParty":[{"id":")" + kParty + R"(","role":"Customer","name":"Q."}],)";
  nobody.erase(nobody.find(parties), parties.size());
  api::ReviseOrderResponse response;
  const auto status = revise(id, nobody, 2, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  complete(id);
  api::ForgetSubjectResponse answer;
  ASSERT_TRUE(forget(forget_request(kParty, true), answer).ok()) << "it is still found, although no revision of now names it";
  EXPECT_EQ(answer.subject().orders_size(), 1);
}

}  // namespace
}  // namespace comd::north
