#pragma once
#include <memory>
#include <string>
#include <vector>

#include "comd/api/v1/catalog.grpc.pb.h"
#include "comd/api/v1/inventory.grpc.pb.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"
#include "comd/sim/v1/sim_control.grpc.pb.h"
#include "test/e2e/process.h"

/// comd and the activation systems it talks to, as real processes on free ports in a directory of their own.
namespace comd::e2e {

namespace api = ::comd::api::v1;

std::string program(const std::string& name);  ///< path of a built program
std::string source(const std::string& path);   ///< path of a file of the project

/// One activation-sim. Each target of a test has its own.
class ActivationSim {
 public:
  /// `yaml`: its configuration. `deduplicate` off: it does the work for every submit it gets.
  ActivationSim(const TempDir&, const std::string& name, const std::string& yaml, bool deduplicate, int comd_port);

  const std::string& address() const { return address_; }
  /// The products that comd pushed to it as to a product inventory: a line of JSON for each version.
  std::string pushed_products() const { return read_file(inventory_record_); }
  /// What it really did. Empty total when it does not answer.
  sim::v1::GetRecordResponse record() const;

 private:
  std::string address_, inventory_record_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<sim::v1::SimControl::Stub> control_;
};

/// One comd and its data directory. May be killed and started again.
class Comd {
 public:
  explicit Comd(const TempDir&, std::string binary = "comd");

  void add_target(const std::string& name, const std::string& address) { targets_.emplace_back(name, address); }

  void set_product_inventory(const std::string& address) { product_inventory_ = address; }

  bool start();                                             ///< and waits until it answers
  void kill();                                              ///< SIGKILL: no chance to tidy up
  std::optional<int> stop(Seconds deadline = Seconds{30});  ///< SIGTERM; its exit code
  Process* process() { return process_.get(); }

  int port() const { return port_; }
  int http_port() const { return http_port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string data() const { return directory_ + "/data"; }
  std::string log() const { return read_file(directory_ + "/comd.log"); }

  // Calls. The stubs reconnect by themselves after a restart.
  grpc::Status load_catalog(const std::string& file);
  grpc::Status submit(const std::string& json, api::SubmitResponse& response, const std::string& source = "e2e");
  std::optional<api::GetOrderResponse> get(const std::string& order_id);
  std::vector<api::OrderSummary> list();  ///< all of them
  std::optional<api::StatusResponse> status() const;
  std::optional<api::GetProductResponse> product(const std::string& product_id);
  std::vector<api::ProductSummary> products();

  /// Sum of the persisted counter `name` over these states. Zero while comd does not answer.
  std::size_t count_of(const std::string& name, const std::vector<std::string>& states) const;

  /// comctl against this comd.
  Finished comctl(std::vector<std::string> arguments);

 private:
  void write_config() const;

  std::string directory_, binary_, product_inventory_;
  int port_, http_port_;
  std::vector<std::pair<std::string, std::string>> targets_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<api::ProductOrderService::Stub> orders_;
  std::unique_ptr<api::CatalogService::Stub> catalogs_;
  std::unique_ptr<api::InventoryService::Stub> inventory_;
  std::unique_ptr<api::SystemService::Stub> system_;
};

/// A TMF622 order of one item of the catalogue beside this file.
std::string order_json(const std::string& external_id, const std::string& offering);

}  // namespace comd::e2e
