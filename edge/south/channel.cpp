#include "edge/south/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fstream>
#include <sstream>

namespace comd::south {
namespace {

Result<std::string, std::string> read_file(const std::string& target, const std::string& path) {
  if (path.empty()) return std::string{};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf()))
    return Err("Expected target \"" + target + "\" to have a readable TLS file " + path + ", but it cannot be read.");
  return bytes.str();
}

Result<std::shared_ptr<grpc::ChannelCredentials>, std::string> credentials(const TargetOptions& target) {
  if (!target.tls) return grpc::InsecureChannelCredentials();
  auto ca = read_file(target.name, target.tls_files.ca);
  if (!ca) return Err(ca.error());
  auto key = read_file(target.name, target.tls_files.key);
  if (!key) return Err(key.error());
  auto certificate = read_file(target.name, target.tls_files.certificate);
  if (!certificate) return Err(certificate.error());
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *ca;
  options.pem_private_key = *key;
  options.pem_cert_chain = *certificate;
  return grpc::SslCredentials(options);
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>, std::string> make_channel(const TargetOptions& target) {
  auto made = credentials(target);
  if (!made) return Err(made.error());
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  // A connection of its own: two targets at one address must not share state, and neither may two clients in one process.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // gRPC would turn an oversized answer into RESOURCE_EXHAUSTED, which must only ever be the partner's own word.
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(target.address, *made, arguments);
}

}  // namespace comd::south
