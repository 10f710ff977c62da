#include "cmd/comctl/tool/client.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fstream>
#include <sstream>

namespace comd::ctl {

Outcome<std::unique_ptr<Client>> Client::open(const Options& options) {
  auto credentials = grpc::InsecureChannelCredentials();
  if (!options.tls_ca.empty()) {
    std::ifstream file(options.tls_ca);
    std::ostringstream pem;
    pem << file.rdbuf();
    const char* found = !file || pem.str().empty()                                           ? "it cannot be read"
                        : pem.str().find("-----BEGIN CERTIFICATE-----") == std::string::npos ? "it holds none"
                                                                                             : nullptr;
    if (found != nullptr)
      return tl::unexpected(usage_failure(fmt::format("Expected a certificate in PEM in {}, but {}", options.tls_ca, found),
                                          "name the certificate authority's file with --tls-ca"));
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = pem.str();
    credentials = grpc::SslCredentials(tls);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // timelines of big orders
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetUserAgentPrefix("comctl/" COMD_VERSION);
  return std::make_unique<Client>(grpc::CreateCustomChannel(options.server, credentials, arguments), options);
}

Client::Client(std::shared_ptr<grpc::Channel> channel, const Options& options)
    : channel_(std::move(channel)), server_(options.server), timeout_(options.timeout) {}

void Client::prepare(grpc::ClientContext& context) const { context.set_wait_for_ready(false); }

bool Client::wait_for_server(Millis patience) const {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + patience);
}

}  // namespace comd::ctl
