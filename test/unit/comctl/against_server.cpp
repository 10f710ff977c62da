#include "test/unit/comctl/against_server.h"

#include <sstream>

#include "cmd/comctl/tool/run.h"

namespace comd::ctl {

Ran ran(std::vector<std::string> words, const std::string& input) {
  std::vector<const char*> argv{"comctl"};
  for (const auto& word : words) argv.push_back(word.c_str());
  std::istringstream in(input);
  std::ostringstream out, err;
  const int exit = ctl::run(static_cast<int>(argv.size()), argv.data(), Streams{in, out, err});
  return {exit, out.str(), err.str()};
}

Json json_of(const std::string& text) { return Json::parse(text); }

AgainstServer::AgainstServer() = default;
AgainstServer::~AgainstServer() = default;

void AgainstServer::serve(grpc::Service& service, std::shared_ptr<grpc::ServerCredentials> credentials) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
  builder.RegisterService(&service);
  server_ = builder.BuildAndStart();
  ASSERT_TRUE(server_);
  address = "127.0.0.1:" + std::to_string(port);
}

void AgainstServer::TearDown() { server_.reset(); }  // before the service

Ran AgainstServer::run(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), {"--server", address});
  return ran(std::move(words), input);
}

}  // namespace comd::ctl
