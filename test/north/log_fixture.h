#pragma once
#include "comd/api/v1/log.grpc.pb.h"
#include "test/north/memory_consumer_files.h"
#include "test/north/north_fixture.h"

namespace comd::north {

/// A server whose log is read and consumed.
class Log : public North {
 protected:
  Log();
  ~Log() override;
  void SetUp() override;
  /// Orders that have ended, their products written.
  std::vector<std::string> completed_orders(int count);
  std::vector<api::ReadLogResponse> read(const api::ReadLogRequest& request, grpc::Status* status = nullptr);
  static std::vector<api::LogCommit> commits(const std::vector<api::ReadLogResponse>& messages);
  static std::vector<std::string> types(const std::vector<api::LogCommit>& commits);

  std::shared_ptr<JumpingClock> jumping = std::make_shared<JumpingClock>();
  std::shared_ptr<MemoryConsumerFiles> files = std::make_shared<MemoryConsumerFiles>();
  std::unique_ptr<api::LogService::Stub> reader;
  int made_ = 0;
};

}  // namespace comd::north
