#pragma once
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cmd/comctl/tool/failure.h"

/// comctl, run in this process against a server that says what the test wants.
namespace comd::ctl {

struct Ran {
  int exit;
  std::string out, err;
};

/// `words` without the program's name.
Ran ran(std::vector<std::string> words, const std::string& input = {});

/// Throws when it is none.
Json json_of(const std::string& text);

class AgainstServer : public testing::Test {
 protected:
  AgainstServer();
  ~AgainstServer() override;
  /// The service is the test's own, and is served until the test ends.
  void serve(grpc::Service& service, std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials());
  void TearDown() override;

  Ran run(std::vector<std::string> words, const std::string& input = {}) const;

  std::string address;

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace comd::ctl
