#include "edge/grpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <fstream>
#include <iterator>

#include "edge/grpc/core.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

Result<std::string, std::string> read_file(const std::string& path, std::string_view what) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return Err("Expected " + std::string(what) + " to be a readable file, but " + path + " is not.");
  if (bytes.find("-----BEGIN") == std::string::npos) {
    return Err("Expected " + std::string(what) + " to be a file in PEM form, but " + path + " is not, or cannot be read.");
  }
  return bytes;
}

Result<std::shared_ptr<grpc::ServerCredentials>, std::string> credentials(const ServerOptions& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return Err(std::string("Expected --tls-cert and --tls-key together, but only one is given."));
  }
  if (options.tls_cert.empty()) return grpc::InsecureServerCredentials();
  auto certificate = read_file(options.tls_cert, "--tls-cert");
  if (!certificate) return Err(certificate.error());
  auto key = read_file(options.tls_key, "--tls-key");
  if (!key) return Err(key.error());
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({std::move(*key), std::move(*certificate)});
  return grpc::SslServerCredentials(ssl);
}

class GrpcServer final : public Server {
 public:
  GrpcServer(Engine& engine, CatalogParser parse, CallObserver* observer, const ServerOptions& options)
      : core_{engine,         std::move(parse),     options.limits,   options.version,   options.build,
              observer,       engine.clock().now(), options.webhooks, options.consumers, options.signing_key,
              options.sealing} {
    services_.push_back(make_product_order_service(core_));
    services_.push_back(make_inventory_service(core_));
    services_.push_back(make_catalog_service(core_));
    services_.push_back(make_system_service(core_));
    services_.push_back(make_feedback_service(core_));
    services_.push_back(make_fallout_service(core_));
    services_.push_back(make_repair_service(core_));
    services_.push_back(make_quarantine_service(core_));
    services_.push_back(make_hold_service(core_));
    services_.push_back(make_events_service(core_));
    services_.push_back(make_log_service(core_));
    services_.push_back(make_integrity_service(core_));
    services_.push_back(make_backup_service(core_, options.backups));
    services_.push_back(make_archive_service(core_, options.archiver));
    services_.push_back(make_history_service(core_));
    services_.push_back(make_subject_service(core_));
    services_.push_back(make_key_service(core_));
  }
  ~GrpcServer() override { stop(Millis{0}); }

  bool start(const ServerOptions& options, std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.listen, std::move(credentials), &port_);
    for (const auto& service : services_) builder.RegisterService(service.get());
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.limits.message_bytes));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(options.limits.streams_max));
    // A second comd on the same port must fail, not share it.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Streams of activation systems are quiet for hours and still wanted.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    server_ = builder.BuildAndStart();
    return server_ != nullptr && port_ != 0;
  }

  int port() const override { return port_; }

  void stop(Millis bound) override {
    if (server_ == nullptr) return;
    if (auto* health = server_->GetHealthCheckService(); health != nullptr) health->SetServingStatus(false);
    core_.feed.stop();
    core_.events.stop();
    core_.log_waiters.stop();
    core_.streams.end_all();
    core_.aside.stop();
    server_->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(bound.count(), GPR_TIMESPAN)));
    server_->Wait();
    server_.reset();
  }

 private:
  Core core_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

std::optional<std::string> refuse_address(std::string_view what, std::string_view listen) {
  const auto colon = listen.rfind(':');
  const auto port = colon == std::string_view::npos ? std::string_view{} : listen.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || colon == 0 || std::stoi(std::string(port)) > 65535) {
    return "Expected " + std::string(what) + " as host:port, but got \"" + std::string(listen) + "\".";
  }
  auto host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const bool loopback = host == "localhost" || host == "::1" ||
                        (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
  if (loopback) return std::nullopt;
  return "Expected " + std::string(what) + " to be a loopback address (127.0.0.1, ::1, localhost), but got \"" +
         std::string(host) +
         "\". comd does not authenticate callers yet, and TLS alone does not tell who calls: whoever reaches the port could "
         "order, cancel "
         "and report. Listen on loopback and put a proxy that authenticates in front of it.";
}

void route_grpc_log() {
  gpr_set_log_function([](gpr_log_func_args* line) {
    // What gRPC calls an error is mostly a peer that went away; what comd makes of it, comd says itself.
    const auto level = line->severity == GPR_LOG_SEVERITY_ERROR ? spdlog::level::warn : spdlog::level::debug;
    log_line(level, line->message, {{"from", "grpc"}});
  });
}

Result<std::unique_ptr<Server>, std::string> start_server(Engine& engine, CatalogParser parse, CallObserver* observer,
                                                          const ServerOptions& options) {
  if (auto refused = refuse_address("--listen", options.listen)) return Err(std::move(*refused));
  auto found = credentials(options);
  if (!found) return Err(found.error());
  auto server = std::make_unique<GrpcServer>(engine, std::move(parse), observer, options);
  if (!server->start(options, std::move(*found))) {
    return Err("Expected to listen on " + options.listen +
               ", but could not: another process has the port, the address is not of this machine" +
               std::string(options.tls_cert.empty() ? "." : ", or certificate and key do not fit together.") +
               " Choose another with --listen.");
  }
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace comd::north
