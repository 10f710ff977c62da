#pragma once
#include <memory>
#include <string>

#include "actors/engine.h"
#include "edge/crypto/sealing.h"
#include "edge/grpc/api_limits.h"
#include "edge/grpc/consumers.h"
#include "edge/grpc/outward_desk.h"

namespace comd {
class Archiver;
class BackupDesk;
}  // namespace comd

/// comd's gRPC server: every service, health checking and reflection, on one port.
namespace comd::north {

struct ServerOptions {
  std::string listen = "127.0.0.1:7622";  ///< "host:port"; port 0: any free one
  std::string tls_cert, tls_key;          ///< PEM files; both or none
  ApiLimits limits;
  std::string version;
  std::string build = {};  ///< of the program: what another build has begun to make of the log is not gone on with
  std::shared_ptr<outward::WebhookDesk> webhooks = nullptr;  ///< may be absent
  std::shared_ptr<Consumers> consumers = nullptr;            ///< of the log; may be absent: then nobody can consume it
  std::shared_ptr<BackupDesk> backups = nullptr;             ///< may be absent
  std::string signing_key = {};                              ///< file of the key that signs checkpoints; empty: none are signed
  crypto::Sealing sealing{};                                 ///< off: nothing is sealed
  std::shared_ptr<Archiver> archiver = nullptr;              ///< may be absent
};

class Server {
 public:
  virtual ~Server() = default;
  virtual int port() const = 0;
  /// Health says NOT_SERVING and no new call is taken; those under way have `bound` to end, then they are cut off. Idempotent.
  virtual void stop(Millis bound) = 0;
};

/// Serving when it returns. The error says what to do: port in use, no such address, a certificate that cannot be read, an
/// address that others can reach.
Result<std::unique_ptr<Server>, std::string> start_server(Engine&, CatalogParser, CallObserver*, const ServerOptions&);

/// gRPC's own log lines become lines of comd's log.
void route_grpc_log();

}  // namespace comd::north
