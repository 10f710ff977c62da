#pragma once
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "cmd/comctl/tool/failure.h"
#include "cmd/comctl/tool/options.h"

/// The way to the server: one channel, the services on it, and calls that answer with a response or a `Failure`. Which services
/// there are is not known here: what is generated for one takes a second to compile, and a command needs one or two.
namespace comd::ctl {

class Client {
 public:
  /// Fails only when the TLS file cannot be read; nothing is connected yet.
  static Outcome<std::unique_ptr<Client>> open(const Options& options);
  Client(std::shared_ptr<grpc::Channel> channel, const Options& options);

  /// One unary call: `client.call(&Orders::Stub::Get, request)`.
  template <class Stub, class Request, class Response>
  Outcome<Response> call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                         const Request& request) const {
    Stub stub(channel_);
    grpc::ClientContext context;
    prepare(context);
    context.set_deadline(std::chrono::system_clock::now() + timeout_);
    Response response;
    const auto status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return tl::unexpected(failure_of(status, server_));
    return response;
  }

  /// For a call that is none of those: `client.stub<Orders>()->Watch(&context, request)`.
  template <class Service>
  std::unique_ptr<typename Service::Stub> stub() const {
    return Service::NewStub(channel_);
  }

  /// Metadata for a call that the caller makes (streams; no deadline).
  void prepare(grpc::ClientContext& context) const;

  /// True once connected; waits at most `patience`.
  bool wait_for_server(Millis patience) const;

  const std::string& server() const { return server_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string server_;
  Millis timeout_;
};

}  // namespace comd::ctl
