#include "edge/grpc/catalogs.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/rollout.h"

namespace comd::north {
namespace {

StreamId catalog_stream() { return StreamId{std::string(kCatalogStream)}; }

void fill_rollout(api::CatalogSummary& to, const Rollout& rollout) {
  to.set_percent(rollout.withdrawn ? 0 : rollout.percent);
  for (const auto& tenant : rollout.tenants)
    if (!rollout.withdrawn) to.add_tenants(tenant.value);
  to.set_withdrawn(rollout.withdrawn);
}

struct LoadedFile {
  catalog_log::Loaded event;
  Instant time{};
};

/// Every version in the log, in load order. There are few, and few ask.
std::vector<LoadedFile> loaded_files(const Core& core) {
  std::vector<LoadedFile> out;
  for (const auto& stored : core.reader.log().read_stream(catalog_stream())) {
    const auto commit = decode(stored.record);
    if (!commit) continue;
    for (const auto& slice : commit->streams) {
      for (const auto& event : slice.events) {
        const auto* own = std::get_if<catalog_log::Event>(&event);
        const auto* loaded = own == nullptr ? nullptr : std::get_if<catalog_log::Loaded>(own);
        if (loaded != nullptr) out.push_back({*loaded, commit->time});
      }
    }
  }
  return out;
}

/// What the log says of a version; counts are known only for one that is live.
api::CatalogSummary summary_of(const Core& core, const LoadedFile& file) {
  api::CatalogSummary out;
  const auto set = core.engine.catalogs();
  if (const auto* live = set->find(file.event.version))
    out = summary_of(core, *live);
  else
    fill_rollout(out, set->rollout(file.event.version));
  out.set_name(file.event.name);
  out.set_version(file.event.version);
  out.set_digest(file.event.digest);
  fill(*out.mutable_loaded_at(), file.time);
  return out;
}

}  // namespace

api::CatalogSummary summary_of(const Core& core, const Catalog& catalog) {
  api::CatalogSummary out;
  out.set_name(catalog.name);
  out.set_version(catalog.version);
  out.set_digest(catalog.digest);
  out.set_offerings(static_cast<std::uint32_t>(catalog.offerings.size()));
  out.set_specifications(static_cast<std::uint32_t>(catalog.specifications.size()));
  const auto set = core.engine.catalogs();
  out.set_newest(set->newest() != nullptr && set->newest()->version == catalog.version);
  fill_rollout(out, set->rollout(catalog.version));
  return out;
}

grpc::Status validate_catalog(const Core& core, const api::ValidateCatalogRequest& request,
                              api::ValidateCatalogResponse& response) {
  const auto parsed = core.parse_catalog(request.content());
  if (!parsed) {
    for (const auto& rejection : parsed.error()) *response.add_violations() = violation_of(rejection);
    return grpc::Status::OK;
  }
  *response.mutable_summary() = summary_of(core, **parsed);
  const auto* live = core.engine.catalogs()->find((*parsed)->version);
  if (live != nullptr && live->digest != (*parsed)->digest) {
    *response.add_violations() = violation_of({RejectionCode::conflict,
                                               "Expected version " + (*parsed)->version + " to be as it was loaded (sha-256 " +
                                                   live->digest + "), but this file differs.",
                                               "version", "A version never changes: give the changed file a new version."});
  }
  return grpc::Status::OK;
}

void load_catalog(const Core& core, const Caller& caller, const api::LoadCatalogRequest& request,
                  api::LoadCatalogResponse& response, Done done) {
  auto parsed = core.parse_catalog(request.content());
  if (!parsed) return done(status_of(parsed.error()));
  const auto& catalog = **parsed;
  catalog_log::Load command{catalog.name, catalog.version, catalog.digest, request.content(),
                            rollout_of(caller, request, catalog.version)};
  core.engine.execute(catalog_stream(), catalog_log::Command{std::move(command)}, cause_of(caller, "Load"),
                      [&core, &response, catalog = *parsed, done = std::move(done)](const Reply& reply) {
                        if (reply.rejection) return done(status_of(*reply.rejection, reply.retry_after));
                        *response.mutable_summary() = summary_of(core, *catalog);
                        response.set_repeated_load(!reply.changed);
                        response.set_position(number(reply.position));
                        if (reply.changed) {
                          log_line(spdlog::level::info, "Loaded a catalogue",
                                   {{"name", catalog->name}, {"version", catalog->version}, {"digest", catalog->digest}});
                        }
                        done(grpc::Status::OK);
                      });
}

grpc::Status list_catalogs(const Core& core, api::ListCatalogsResponse& response) {
  for (const auto& file : loaded_files(core)) *response.add_catalogs() = summary_of(core, file);
  return grpc::Status::OK;
}

grpc::Status get_catalog(const Core& core, const api::GetCatalogRequest& request, api::GetCatalogResponse& response) {
  auto version = request.version();
  if (version.empty()) {
    const auto set = core.engine.catalogs();
    if (set->newest() == nullptr) {
      return status_of(Rejection{RejectionCode::not_found, "Expected a catalogue to be loaded, but there is none.", "version",
                                 "Load one: comctl catalog load FILE."});
    }
    version = set->newest()->version;
  }
  const auto files = loaded_files(core);
  const auto found = std::ranges::find(files, version, [](const auto& file) { return file.event.version; });
  if (found == files.end()) return status_of(not_found("a catalogue version", version));
  *response.mutable_summary() = summary_of(core, *found);
  response.set_content(found->event.bytes);
  return grpc::Status::OK;
}

}  // namespace comd::north
