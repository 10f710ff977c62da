#include "actors/archiver.h"
#include "events/record_view.h"
#include "test/unit/grpc/personal_fixture.h"

/// Personal data from one end to the other: it comes in, is seen where it should be, stands nowhere in between, and can be erased.
namespace comd::north {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(PersonalData, IsSeenAtTheDoorsAndStandsNowhereInBetween) {
  const auto id = submitted(mobile("EX-1"));
  note(id);
  complete(id);
  const auto product = product_of(id);
  const auto shown = all_doors(id, product);
  for (const auto& value : {kParty, kNumber, kPlace, kNote, kExtra, kPin, kRemark, kPlaceId, kAgent})
    EXPECT_THAT(shown, HasSubstr(value));
  EXPECT_THAT(shown, Not(HasSubstr("sealed:")));
  EXPECT_THAT(partner->seen(), AllOf(HasSubstr(kNumber), HasSubstr(kPlace), HasSubstr("pin=\"" + kPin + "\"")));

  // What goes wrong must not tell either: a conflict, a refusal, a malformed order.
  api::SubmitResponse response;
  EXPECT_EQ(submit(mobile("EX-1", kRemark), response).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_FALSE(
      submit(R"({"externalId":"EX-2","relatedParty":[{"id":")" + kParty + R"("}],"priority":")" + kRemark + R"("})", response)
          .ok());

  const auto files = text_of_files(), lines = log_lines.str(), counted = metrics();
  EXPECT_THAT(lines, HasSubstr("Refused a submission"));
  for (const auto& value : kPersonal) {
    EXPECT_EQ(files.find(value), std::string::npos) << value << " stands in a file";
    EXPECT_EQ(lines.find(value), std::string::npos) << value << " stands in the log lines";
    EXPECT_EQ(counted.find(value), std::string::npos) << value << " is in a metric";
    for (const auto& row : log->derived())
      EXPECT_EQ((row.first + row.second).find(value), std::string::npos) << value << " in a row";
  }
  for (const auto& stored : log->read_feed({}, 1'000)) {
    const auto record = view_of(stored.record);
    for (const auto& slice : record->slices)
      for (const auto& event : slice.events)
        for (const auto& value : kPersonal) EXPECT_THAT(payload_json(event), Not(HasSubstr(value)));
  }
  EXPECT_EQ(log->derived(), rebuild(*log));
}

TEST_F(PersonalData, IsErasedEverywhereAndNothingElseChanges) {
  const auto id = submitted(mobile("EX-1"));
  note(id);
  complete(id);
  const auto product = product_of(id);
  const auto before = rows_of_others();

  api::ForgetSubjectResponse answer;
  const auto refused = forget(forget_request(kParty, false), answer);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), AllOf(HasSubstr(product + " is active"), Not(HasSubstr(kParty))));
  auto request = forget_request(kParty, true);
  request.set_dry_run(true);
  ASSERT_TRUE(forget(request, answer).ok());
  EXPECT_THAT(answer.erased(), testing::ElementsAre(id));
  EXPECT_THAT(all_doors(id, product), HasSubstr(kNumber)) << "a dry run does nothing";

  const auto status = forget(forget_request(kParty, true), answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(answer.changed());
  EXPECT_THAT(answer.erased(), testing::ElementsAre(id));
  EXPECT_EQ(answer.keys(), 2u);
  wait_until_erased(kParty);

  const auto shown = all_doors(id, product);
  for (const auto& value : kPersonal) {
    if (value != kAgent) { EXPECT_THAT(shown, Not(HasSubstr(value))); }
  }
  EXPECT_THAT(shown, AllOf(HasSubstr("erased"), HasSubstr("completed"), HasSubstr("MOBILE"), Not(HasSubstr("sealed:"))));
  EXPECT_EQ(rows_of_others(), before) << "not a byte of what is derived has changed";
  EXPECT_EQ(log->derived(), rebuild(*log));

  ASSERT_TRUE(forget(forget_request(kParty, true), answer).ok());
  EXPECT_FALSE(answer.changed()) << "the same again records nothing";
  api::SubmitResponse repeat;
  ASSERT_TRUE(submit(mobile("EX-1"), repeat).ok());
  EXPECT_EQ(repeat.order_id(), id);
  EXPECT_EQ(repeat.outcome(), api::SUBMIT_OUTCOME_REPEATED);
  EXPECT_EQ(submit(mobile("EX-1", "other"), repeat).error_code(), grpc::StatusCode::ALREADY_EXISTS);

  // Late words of a partner find no key, and are not kept.
  auto late = completed(get(id).service_orders(0).id(), "late");
  (*late.mutable_outputs())["voicemailPin"] = "\"" + kPin + "\"";
  EXPECT_EQ(report(late).code(), 0);
  EXPECT_EQ(text_of_files().find(kPin), std::string::npos);
  EXPECT_EQ(log_lines.str().find(kParty), std::string::npos);
}

TEST_F(PersonalData, IsErasedInAnArchivedOrderToo) {
  const auto id = submitted(mobile("EX-1"));
  complete(id);
  rest();
  Archiver archiver(*engine, std::nullopt);
  const auto run = archiver.run({.older_than = Millis{-1'000}});
  ASSERT_TRUE(run) << run.error().message;
  ASSERT_EQ(run->orders, 1u) << run->first_refusal;
  api::GetOrderRequest request;
  request.set_order_id(id);
  request.set_archived(true);
  EXPECT_THAT(ask(*orders, &api::ProductOrderService::Stub::Get, request), HasSubstr(kNumber));
  EXPECT_EQ(show(kParty).orders(0).id(), id);
  api::ForgetSubjectResponse answer;
  const auto status = forget(forget_request(kParty, true), answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(answer.erased(), testing::ElementsAre(id));
  wait_until_erased(kParty);
  EXPECT_THAT(ask(*orders, &api::ProductOrderService::Stub::Get, request),
              AllOf(HasSubstr("completed"), Not(HasSubstr(kNumber)), Not(HasSubstr(kParty))));
  api::SubmitResponse repeat;
  ASSERT_TRUE(submit(mobile("EX-1"), repeat).ok());
  EXPECT_EQ(repeat.outcome(), api::SUBMIT_OUTCOME_REPEATED);
}

TEST_F(PersonalData, WhoIsNamedByAnItemIsASubjectToo) {
  const auto id = submitted(mobile("EX-1"));
  complete(id);
  EXPECT_EQ(show(kAgent).orders(0).id(), id);
  api::ForgetSubjectResponse answer;
  const auto status = forget(forget_request(kAgent, true), answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto shown = all_doors(id, product_of(id));
  EXPECT_THAT(shown, AllOf(HasSubstr(kParty), Not(HasSubstr(kAgent)), Not(HasSubstr(kNumber))))
      << "the party has a key of its own; the document is gone for all whom it names";
}

TEST_F(PersonalData, AnOpenOrderIsNotForgottenUnlessItMayWait) {
  const auto id = submitted(mobile("EX-1"));
  api::ForgetSubjectResponse answer;
  const auto refused = forget(forget_request(kParty, true), answer);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr(id + " is inProgress"));
  auto request = forget_request(kParty, true);
  request.set_when_closed(true);
  ASSERT_TRUE(forget(request, answer).ok());
  EXPECT_EQ(answer.subject().status(), "waiting");
  complete(id);
  EXPECT_THAT(all_doors(id, product_of(id)), HasSubstr(kNumber)) << "not before the look at it";
  Call call;
  api::WithdrawSubjectRequest withdraw;
  withdraw.set_subject(kParty);
  withdraw.set_reason("a mistake");
  api::WithdrawSubjectResponse withdrawn;
  ASSERT_TRUE(subjects->Withdraw(&call, withdraw, &withdrawn).ok());
  EXPECT_EQ(withdrawn.subject().status(), "kept");
  ASSERT_TRUE(forget(forget_request(kParty, true), answer).ok());
  wait_until_erased(kParty);
}

TEST_F(PersonalData, NobodyIsNotFoundAndIsNotToldByName) {
  api::ForgetSubjectResponse answer;
  const auto status = forget(forget_request(kAgent, false), answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(forget(forget_request("", false), answer).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(log_lines.str().find(kAgent), std::string::npos);
}

TEST_F(PersonalData, ATextThatLooksSealedIsRefused) {
  api::SubmitResponse response;
  const auto status = submit(mobile("EX-1", "sealed:1:2-abcdefgh:AAAA"), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PersonalData, OrdersGoOnWhileTheKeysAreWrappedAnew) {
  const auto id = submitted(mobile("EX-1"));
  Call call;
  api::RotateKeysResponse rotated;
  const auto status = key_service->Rotate(&call, {}, &rotated);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(rotated.master_number(), 2u);
  EXPECT_EQ(rotated.unopened(), 0u);
  EXPECT_THAT(std::string(get(id).tmf622_json()), HasSubstr(kNumber));
  complete(submitted(mobile("EX-2")));
  Call copy;
  api::CopyKeysResponse piece;
  ASSERT_TRUE(key_service->Copy(&copy, {}, &piece).ok());
  EXPECT_EQ(piece.piece().size(), piece.total());
}

}  // namespace
}  // namespace comd::north
