#pragma once
#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "domain/ids.h"
#include "domain/result.h"

namespace comd::south {

/// Files in PEM. With a certificate and key of our own the connection is mutual TLS.
struct TlsFiles {
  std::string ca;  ///< empty: the system's roots
  std::string certificate;
  std::string key;
};

/// One external system: where it is and how to talk to it.
struct TargetOptions {
  std::string name;     ///< lane: what the catalogue's specifications call it
  std::string address;  ///< "host:port"
  bool tls = false;
  TlsFiles tls_files;
  bool streaming = true;       ///< use SubmitStream where the target's capabilities offer it
  Millis connect_wait{2'000};  ///< how long a call waits for a connection that is being made
};

/// Lazy: connects when first asked for its state. gRPC's own retries are off: comd decides what is sent again.
/// The error names the file that cannot be read.
Result<std::shared_ptr<grpc::Channel>, std::string> make_channel(const TargetOptions&);

}  // namespace comd::south
