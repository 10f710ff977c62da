#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "cmd/comctl/tool/run.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// comctl against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

grpc::Status refusal(grpc::StatusCode code, const std::string& message, const std::string& where, const std::string& hint) {
  ErrorDetails details;
  auto& violation = *details.add_violations();
  violation.set_code("invalid");
  violation.set_message(message);
  violation.set_where(where);
  violation.set_hint(hint);
  api::v1::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(details);
  return {code, message, status.SerializeAsString()};
}

WatchResponse event(std::uint64_t position, const std::string& order, const std::string& name, const std::string& state,
                    bool terminal = false) {
  WatchResponse out;
  out.set_position(position);
  out.set_order_id(order);
  out.set_stream(order);
  out.set_event(name);
  out.set_state(state);
  out.set_terminal(terminal);
  return out;
}

/// One answer of Watch: what is sent, then how it ends.
struct Showing {
  std::vector<WatchResponse> events;
  grpc::Status status = grpc::Status::OK;
  bool endless = false;
};

class FakeOrders final : public ProductOrderService::Service {
 public:
  grpc::Status Submit(grpc::ServerContext*, const SubmitRequest* request, SubmitResponse* response) override {
    if (request->tmf622_json().find("bad") != std::string::npos)
      return refusal(grpc::StatusCode::INVALID_ARGUMENT, "Expected one of add, modify, delete, noChange, but got \"bad\"",
                     "productOrderItem[2].action", "fix the action");
    response->set_order_id("po-1");
    response->set_state("acknowledged");
    response->set_outcome(SUBMIT_OUTCOME_CREATED);
    response->set_position(5);
    return grpc::Status::OK;
  }

  /// Answers `answers_before_break` orders, then breaks; on the next stream answers all. Says "later" once for each order in `later`.
  grpc::Status SubmitStream(grpc::ServerContext*,
                            grpc::ServerReaderWriter<SubmitStreamResponse, SubmitStreamRequest>* stream) override {
    std::size_t answered = 0;
    SubmitStreamRequest request;
    const bool breaks = streams_++ == 0 && answers_before_break > 0;
    while (stream->Read(&request)) {
      if (breaks && answered == answers_before_break) return {grpc::StatusCode::UNAVAILABLE, "going down"};
      const std::lock_guard lock(mutex);
      keys[request.sequence()].insert(request.order().idempotency_key());
      SubmitStreamResponse response;
      response.set_sequence(request.sequence());
      if (later.erase(request.sequence()) > 0) {
        response.mutable_error()->set_code(grpc::StatusCode::RESOURCE_EXHAUSTED);
        response.mutable_error()->mutable_details()->set_retry_after_ms(1);
      } else if (request.order().tmf622_json().find("bad") != std::string::npos) {
        response.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
        response.mutable_error()->set_message("Expected an order, but it is bad");
      } else {
        response.mutable_accepted()->set_order_id("po-" + std::to_string(request.sequence()));
        response.mutable_accepted()->set_state("acknowledged");
        ++answered;
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status List(grpc::ServerContext*, const ListOrdersRequest* request, ListOrdersResponse* response) override {
    const std::string token = request->page_token();
    if (!request->external_id().empty()) {
      for (const auto& [id, external, source] : externals) {
        if (external != request->external_id()) continue;
        auto& order = *response->add_orders();
        order.set_id(id);
        order.set_source(source);
      }
    } else if (token.empty()) {
      response->add_orders()->set_id("po-1");
      response->set_next_page_token("2");
    } else if (token == "2") {
      response->set_next_page_token("3");
    } else {
      response->add_orders()->set_id("po-2");
    }
    return grpc::Status::OK;
  }

  grpc::Status Get(grpc::ServerContext*, const GetOrderRequest* request, GetOrderResponse* response) override {
    if (request->order_id() == "po-none")
      return refusal(grpc::StatusCode::NOT_FOUND, "Expected an order po-none, but there is none", "", "");
    response->mutable_summary()->set_id(request->order_id());
    response->set_tmf622_json(
        R"({"id":"x","productOrderItem":[{"id":"100","action":"add","state":"inProgress","productOrderItem":[{"id":"110","action":"add"}]}]})");
    return grpc::Status::OK;
  }

  grpc::Status Watch(grpc::ServerContext* context, const WatchRequest* request,
                     grpc::ServerWriter<WatchResponse>* writer) override {
    Showing showing;
    {
      const std::lock_guard lock(mutex);
      watched.push_back(*request);
      if (showings.empty()) return {grpc::StatusCode::INTERNAL, "nothing left to show"};
      showing = showings.front();
      showings.erase(showings.begin());
    }
    for (const auto& one : showing.events) writer->Write(one);
    while (showing.endless && !context->IsCancelled()) std::this_thread::yield();
    return showing.status;
  }

  std::mutex mutex;
  std::size_t answers_before_break = 0;
  std::set<std::uint64_t> later;
  std::map<std::uint64_t, std::set<std::string>> keys;  ///< idempotency keys seen, by sequence
  std::vector<std::array<std::string, 3>> externals;    ///< id, external id, source
  std::vector<Showing> showings;
  std::vector<WatchRequest> watched;

 private:
  std::size_t streams_ = 0;
};

class Comctl : public AgainstServer {
 protected:
  void SetUp() override { serve(orders); }

  FakeOrders orders;
};

std::vector<std::string> events_of(const std::string& json_lines) {
  std::vector<std::string> out;
  std::istringstream lines(json_lines);
  for (std::string line; std::getline(lines, line);) out.push_back(text_at(json_of(line), "event"));
  return out;
}

TEST_F(Comctl, aRefusalSaysWhereAndWhatToDo) {
  const auto result = run({"order", "submit", "-"}, R"({"bad": 1})");
  EXPECT_EQ(result.exit, kRejected);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "comctl: stdin: INVALID_ARGUMENT: productOrderItem[2].action: Expected one of add, modify, delete, noChange, but got "
            "\"bad\"\n"
            "    → fix the action\n");
}

TEST_F(Comctl, errorsAreJsonWhereResultsAre) {
  const auto result = run({"order", "get", "po-none", "-o", "json"});
  EXPECT_EQ(result.exit, kNotFound);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(text_at(json_of(result.err), "error.code"), "NOT_FOUND");
}

TEST_F(Comctl, submitsOneOrder) {
  const auto result = run({"order", "submit", "-", "-o", "json"}, "{}");
  EXPECT_EQ(result.exit, kDone);
  const auto document = json_of(result.out);
  EXPECT_EQ(document.at("created"), 1);
  EXPECT_EQ(document.at("orders")[0].at("orderId"), "po-1");
  EXPECT_EQ(document.at("orders")[0].at("error"), nullptr);
}

TEST_F(Comctl, bulkSurvivesABrokenStreamAndSendsTheSameKeysAgain) {
  orders.answers_before_break = 3;
  std::string lines;
  for (int i = 0; i < 20; ++i) lines += i == 7 ? "{\"bad\": 1}\n" : "{}\n";
  const auto result = run({"order", "submit", "-", "-o", "json"}, lines);
  EXPECT_EQ(result.exit, kRejected);
  const auto document = json_of(result.out);
  EXPECT_EQ(document.at("created"), 19);
  EXPECT_EQ(document.at("refused"), 1);
  for (std::size_t i = 0; i < 20; ++i) {
    const auto& one = document.at("orders")[i];
    EXPECT_EQ(one.at("from"), "stdin:" + std::to_string(i + 1));
    EXPECT_EQ(one.at("orderId"), i == 7 ? Json(nullptr) : Json("po-" + std::to_string(i)));
    EXPECT_EQ(orders.keys.at(i).size(), 1u) << "a fresh key would make a second order";
  }
  EXPECT_EQ(document.at("orders")[7].at("error").at("message"), "Expected an order, but it is bad");
}

TEST_F(Comctl, bulkTriesAgainWhatTheServerHasNoRoomFor) {
  orders.later = {0, 4};
  const auto result = run({"order", "submit", "-", "-o", "json"}, "{}\n{}\n{}\n{}\n{}\n");
  EXPECT_EQ(result.exit, kDone);
  EXPECT_EQ(json_of(result.out).at("created"), 5);
  EXPECT_TRUE(orders.later.empty());
}

TEST_F(Comctl, bulkTableShowsRefusalsOnStandardError) {
  const auto result = run({"order", "submit", "-"}, "{}\n{\"bad\": 1}\n");
  EXPECT_THAT(result.out, HasSubstr("2 orders: 1 created, 0 repeated, 1 refused"));
  EXPECT_THAT(result.out, Not(HasSubstr("it is bad")));
  EXPECT_THAT(result.err, HasSubstr("stdin:2: INVALID_ARGUMENT: Expected an order, but it is bad"));
}

TEST_F(Comctl, watchResumesInsideACommitAndShowsNothingTwice) {
  const auto first = event(5, "po-1", "Submitted", "acknowledged"), second = event(5, "po-1", "ClaimsRequested", "acknowledged");
  orders.showings = {
      {{first, second}, {grpc::StatusCode::UNAVAILABLE, "killed"}},
      {{first, second, event(5, "po-1", "Decomposed", "inProgress"), event(9, "po-1", "Closed", "completed", true)}}};
  const auto result = run({"order", "watch", "po-1", "--since", "0", "-o", "json", "--expect", "completed"});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(events_of(result.out), ElementsAre("Submitted", "ClaimsRequested", "Decomposed", "Closed"));
  EXPECT_THAT(result.err, HasSubstr("going on after position 5"));
  ASSERT_EQ(orders.watched.size(), 2u);
  EXPECT_EQ(orders.watched[0].from_position(), 0u);
  EXPECT_EQ(orders.watched[1].from_position(), 4u) << "the commit at 5 may hold more";
}

TEST_F(Comctl, watchEndsWhenAllHaveAndSaysHow) {
  orders.showings = {{{event(3, "po-2", "Closed", "failed", true), event(4, "po-1", "Closed", "completed", true)}}};
  const auto result = run({"order", "watch", "po-1", "po-2", "--expect", "completed"});
  EXPECT_EQ(result.exit, kUnexpected);
  EXPECT_THAT(result.out, HasSubstr("po-2   failed"));
  EXPECT_THAT(result.err, HasSubstr("Expected po-2 to end completed, but it ended failed"));
  EXPECT_THAT(result.err, Not(HasSubstr("Expected po-1")));
}

TEST_F(Comctl, anOrderThatEndedBeforeIsShownWhereItStands) {
  orders.showings = {{{event(9, "po-1", "", "completed", true)}}};
  const auto result = run({"order", "watch", "po-1"});
  EXPECT_EQ(result.exit, kDone);
  EXPECT_THAT(result.out, HasSubstr("completed"));
}

TEST_F(Comctl, watchGivesUpInTime) {
  orders.showings = {{{event(3, "po-1", "Submitted", "inProgress")}, grpc::Status::OK, true}};
  const auto result = run({"order", "watch", "po-1", "--for", "200ms"});
  EXPECT_EQ(result.exit, kUnexpected);
  EXPECT_THAT(result.err, HasSubstr("within 200ms"));
  EXPECT_THAT(result.err, HasSubstr("order explain po-1"));
}

TEST_F(Comctl, anExternalIdNamesAnOrder) {
  orders.externals = {{"po-1", "CRM-1", "crm"}, {"po-2", "X", "crm"}, {"po-3", "X", "web"}};
  EXPECT_EQ(text_at(json_of(run({"order", "get", "CRM-1", "-o", "json"}).out), "summary.id"), "po-1");
  EXPECT_EQ(text_at(json_of(run({"order", "get", "X", "--source", "web", "-o", "json"}).out), "summary.id"), "po-3");
  const auto two = run({"order", "get", "X"});
  EXPECT_EQ(two.exit, kUsage);
  EXPECT_THAT(two.err, HasSubstr("add --source"));
  EXPECT_EQ(run({"order", "get", "unknown"}).exit, kNotFound);
}

TEST_F(Comctl, listFollowsAllPages) {
  const auto all = json_of(run({"order", "list", "--all", "-o", "json"}).out);
  EXPECT_EQ(all.at("orders").size(), 2u);
  EXPECT_EQ(all.at("nextPageToken"), "");
  const auto first = json_of(run({"order", "list", "-o", "json"}).out);
  EXPECT_EQ(first.at("nextPageToken"), "2");
  const auto second = json_of(run({"order", "list", "-o", "json", "--page-token", "2"}).out);
  EXPECT_EQ(second.at("orders").size(), 1u) << "an empty page that has a next one is followed";
}

TEST_F(Comctl, nestedItemsAreShownUnderTheirParent) {
  const auto result = run({"order", "get", "po-1"});
  EXPECT_THAT(result.out, HasSubstr("\n100    add"));
  EXPECT_THAT(result.out, HasSubstr("\n  110  add"));
}

TEST(Unreachable, isExitCode3) {
  std::istringstream in;
  std::ostringstream out, err;
  const char* argv[] = {"comctl", "--server", "127.0.0.1:1", "status"};
  EXPECT_EQ(run(4, argv, Streams{in, out, err}), kUnavailable);
  EXPECT_THAT(err.str(), HasSubstr("Expected a comd at 127.0.0.1:1, but it cannot be reached"));
}

}  // namespace
}  // namespace comd::ctl
