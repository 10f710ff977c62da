#pragma once
#include "comd/api/v1/log.grpc.pb.h"
#include "test/unit/grpc/memory_consumer_files.h"

namespace comd::north {

/// A server whose log is read and consumed.
class Log : public North {
 protected:
  void SetUp() override {
    clock = jumping;
    consumers = *Consumers::open(*clock, files);
    North::SetUp();
    load_catalog();
    reader = api::LogService::NewStub(channel);
  }
  /// Orders that have ended, their products written.
  std::vector<std::string> completed_orders(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      ids.push_back(submitted(order_json("L-" + std::to_string(made_++))));
      report(completed(service_order_of(ids.back())));
      api::WatchRequest wait;
      wait.add_order_ids(ids.back());
      wait.set_until_terminal(true);
      watched(wait);
    }
    return ids;
  }
  std::vector<api::ReadLogResponse> read(const api::ReadLogRequest& request, grpc::Status* status = nullptr) {
    Call call;
    const auto stream = reader->Read(&call, request);
    std::vector<api::ReadLogResponse> out;
    api::ReadLogResponse message;
    while (stream->Read(&message)) out.push_back(message);
    const auto ended = stream->Finish();
    if (status != nullptr)
      *status = ended;
    else
      EXPECT_TRUE(ended.ok()) << ended.error_message();
    return out;
  }
  static std::vector<api::LogCommit> commits(const std::vector<api::ReadLogResponse>& messages) {
    std::vector<api::LogCommit> out;
    for (const auto& message : messages) out.insert(out.end(), message.commits().begin(), message.commits().end());
    return out;
  }
  static std::vector<std::string> types(const std::vector<api::LogCommit>& commits) {
    std::vector<std::string> out;
    for (const auto& commit : commits)
      for (const auto& event : commit.events()) out.push_back(event.type());
    return out;
  }

  std::shared_ptr<JumpingClock> jumping = std::make_shared<JumpingClock>();
  std::shared_ptr<MemoryConsumerFiles> files = std::make_shared<MemoryConsumerFiles>();
  std::unique_ptr<api::LogService::Stub> reader;
  int made_ = 0;
};

}  // namespace comd::north
