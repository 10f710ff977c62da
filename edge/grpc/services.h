#pragma once
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "edge/grpc/core.h"

/// The gRPC services, one file each. They translate and route; what a call means is in the functions they call.
namespace comd {
class Archiver;
class BackupDesk;
}  // namespace comd

namespace comd::north {

std::unique_ptr<grpc::Service> make_product_order_service(Core&);
std::unique_ptr<grpc::Service> make_inventory_service(Core&);
std::unique_ptr<grpc::Service> make_catalog_service(Core&);
std::unique_ptr<grpc::Service> make_system_service(Core&);
std::unique_ptr<grpc::Service> make_feedback_service(Core&);
std::unique_ptr<grpc::Service> make_fallout_service(Core&);
std::unique_ptr<grpc::Service> make_repair_service(Core&);
std::unique_ptr<grpc::Service> make_quarantine_service(Core&);
std::unique_ptr<grpc::Service> make_hold_service(Core&);
std::unique_ptr<grpc::Service> make_events_service(Core&);
std::unique_ptr<grpc::Service> make_log_service(Core&);
std::unique_ptr<grpc::Service> make_integrity_service(Core&);
/// `archiver` may be absent.
std::unique_ptr<grpc::Service> make_archive_service(Core&, std::shared_ptr<Archiver> archiver);
/// `desk` may be absent.
std::unique_ptr<grpc::Service> make_backup_service(Core&, std::shared_ptr<BackupDesk> desk);
std::unique_ptr<grpc::Service> make_history_service(Core&);
std::unique_ptr<grpc::Service> make_subject_service(Core&);
std::unique_ptr<grpc::Service> make_key_service(Core&);

}  // namespace comd::north
