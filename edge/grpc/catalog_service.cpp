#include "comd/api/v1/catalog.grpc.pb.h"
#include "edge/grpc/catalogs.h"
#include "edge/grpc/migrate.h"
#include "edge/grpc/rollout.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class CatalogService final : public api::CatalogService::CallbackService {
 public:
  explicit CatalogService(Core& core) : core_(core) {}

  ServerUnaryReactor* Validate(CallbackServerContext* context, const api::ValidateCatalogRequest* request,
                               api::ValidateCatalogResponse* response) override {
    return answer_now(core_, context, "ValidateCatalog",
                      [&](const Caller&) { return validate_catalog(core_, *request, *response); });
  }
  ServerUnaryReactor* Load(CallbackServerContext* context, const api::LoadCatalogRequest* request,
                           api::LoadCatalogResponse* response) override {
    return answer_later(core_, context, "LoadCatalog", [&](const Caller& caller, auto done) {
      load_catalog(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListCatalogsRequest*,
                           api::ListCatalogsResponse* response) override {
    return answer_now(core_, context, "ListCatalogs", [&](const Caller&) { return list_catalogs(core_, *response); });
  }
  ServerUnaryReactor* Get(CallbackServerContext* context, const api::GetCatalogRequest* request,
                          api::GetCatalogResponse* response) override {
    return answer_now(core_, context, "GetCatalog", [&](const Caller&) { return get_catalog(core_, *request, *response); });
  }
  ServerUnaryReactor* RollOut(CallbackServerContext* context, const api::RollOutCatalogRequest* request,
                              api::RollOutCatalogResponse* response) override {
    return answer_later(core_, context, "RollOutCatalog", [&](const Caller& caller, auto done) {
      roll_out_catalog(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* Withdraw(CallbackServerContext* context, const api::WithdrawCatalogRequest* request,
                               api::WithdrawCatalogResponse* response) override {
    return answer_later(core_, context, "WithdrawCatalog", [&](const Caller& caller, auto done) {
      withdraw_catalog(core_, caller, *request, *response, std::move(done));
    });
  }
  grpc::ServerWriteReactor<api::MigrateOrdersResponse>* Migrate(CallbackServerContext* context,
                                                                const api::MigrateOrdersRequest* request) override {
    return start_migration(core_, context, *request);
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_catalog_service(Core& core) { return std::make_unique<CatalogService>(core); }

}  // namespace comd::north
