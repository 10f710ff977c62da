#pragma once
#include <grpcpp/grpcpp.h>

#include <memory>
#include <tl/expected.hpp>

#include "cmd/comctl/tool/failure.h"
#include "cmd/comctl/tool/options.h"
#include "comd/api/v1/archive.grpc.pb.h"
#include "comd/api/v1/backup.grpc.pb.h"
#include "comd/api/v1/catalog.grpc.pb.h"
#include "comd/api/v1/events.grpc.pb.h"
#include "comd/api/v1/fallout.grpc.pb.h"
#include "comd/api/v1/history.grpc.pb.h"
#include "comd/api/v1/integrity.grpc.pb.h"
#include "comd/api/v1/inventory.grpc.pb.h"
#include "comd/api/v1/log.grpc.pb.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/quarantine.grpc.pb.h"
#include "comd/api/v1/repair.grpc.pb.h"
#include "comd/api/v1/subject.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"

/// The way to the server: one channel, the services on it, and calls that answer with a response or a `Failure`.
namespace comd::ctl {

template <class T>
using Outcome = tl::expected<T, Failure>;

class Client {
 public:
  /// Fails only when the TLS file cannot be read; nothing is connected yet.
  static Outcome<std::unique_ptr<Client>> open(const Options& options);
  Client(std::shared_ptr<grpc::Channel> channel, const Options& options);

  /// One unary call: `client.call(*client.orders, &Orders::Stub::Get, request)`.
  template <class Stub, class Request, class Response>
  Outcome<Response> call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                         const Request& request) const {
    grpc::ClientContext context;
    prepare(context);
    context.set_deadline(std::chrono::system_clock::now() + timeout_);
    Response response;
    const auto status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return tl::unexpected(failure_of(status, server_));
    return response;
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

 public:
  std::unique_ptr<api::v1::ProductOrderService::Stub> orders;
  std::unique_ptr<api::v1::InventoryService::Stub> inventory;
  std::unique_ptr<api::v1::CatalogService::Stub> catalogs;
  std::unique_ptr<api::v1::FalloutService::Stub> fallout;
  std::unique_ptr<api::v1::RepairService::Stub> repairs;
  std::unique_ptr<api::v1::QuarantineService::Stub> quarantines;
  std::unique_ptr<api::v1::IntegrityService::Stub> integrity;
  std::unique_ptr<api::v1::EventsService::Stub> events;
  std::unique_ptr<api::v1::LogService::Stub> log;
  std::unique_ptr<api::v1::HistoryService::Stub> history;
  std::unique_ptr<api::v1::SubjectService::Stub> subjects;
  std::unique_ptr<api::v1::KeyService::Stub> keys;
  std::unique_ptr<api::v1::SystemService::Stub> system;
  std::unique_ptr<api::v1::BackupService::Stub> backups;
  std::unique_ptr<api::v1::ArchiveService::Stub> archive;
};

}  // namespace comd::ctl
