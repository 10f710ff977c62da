#pragma once
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cmd/comctl/tool/session.h"

/// comctl, run in this process against a server that says what the test wants.
namespace comd::ctl {

struct Ran {
  int exit;
  std::string out, err;
};

class AgainstServer : public testing::Test {
 protected:
  /// The service is the test's own, and is served until the test ends.
  void serve(grpc::Service& service, std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials()) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    ASSERT_TRUE(server_);
    address = "127.0.0.1:" + std::to_string(port);
  }
  void TearDown() override { server_.reset(); }  // before the service

  Ran run(std::vector<std::string> words, const std::string& input = {}) const {
    words.insert(words.begin(), {"comctl", "--server", address});
    std::vector<const char*> argv;
    for (const auto& word : words) argv.push_back(word.c_str());
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = ctl::run(static_cast<int>(argv.size()), argv.data(), Streams{in, out, err});
    return {exit, out.str(), err.str()};
  }

  std::string address;

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace comd::ctl
