#include "cmd/comctl/tool/client.h"

#include <fmt/format.h>

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
    : channel_(std::move(channel)),
      server_(options.server),
      timeout_(options.timeout),
      orders(api::v1::ProductOrderService::NewStub(channel_)),
      inventory(api::v1::InventoryService::NewStub(channel_)),
      catalogs(api::v1::CatalogService::NewStub(channel_)),
      fallout(api::v1::FalloutService::NewStub(channel_)),
      repairs(api::v1::RepairService::NewStub(channel_)),
      quarantines(api::v1::QuarantineService::NewStub(channel_)),
      integrity(api::v1::IntegrityService::NewStub(channel_)),
      events(api::v1::EventsService::NewStub(channel_)),
      subjects(api::v1::SubjectService::NewStub(channel_)),
      keys(api::v1::KeyService::NewStub(channel_)),
      log(api::v1::LogService::NewStub(channel_)),
      history(api::v1::HistoryService::NewStub(channel_)),
      system(api::v1::SystemService::NewStub(channel_)),
      backups(api::v1::BackupService::NewStub(channel_)),
      archive(api::v1::ArchiveService::NewStub(channel_)) {}

void Client::prepare(grpc::ClientContext& context) const { context.set_wait_for_ready(false); }

bool Client::wait_for_server(Millis patience) const {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + patience);
}

}  // namespace comd::ctl
