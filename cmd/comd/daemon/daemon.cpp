#include "cmd/comd/daemon/daemon.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <random>

#include "actors/log.h"
#include "actors/metrics.h"
#include "cmd/comd/daemon/archive_schedule.h"
#include "cmd/comd/daemon/backup_schedule.h"
#include "cmd/comd/daemon/builds.h"
#include "cmd/comd/daemon/canary.h"
#include "cmd/comd/daemon/consumer_files.h"
#include "cmd/comd/daemon/disk_space.h"
#include "cmd/comd/daemon/figures.h"
#include "cmd/comd/daemon/http.h"
#include "cmd/comd/daemon/wakeup_watch.h"
#include "cmd/comd/daemon/webhook_figures.h"
#include "domain/check.h"
#include "domain/views.h"
#include "edge/catalog/catalog.h"
#include "edge/crypto/key_store.h"
#include "edge/grpc/errors.h"
#include "edge/grpc/sealed_ports.h"
#include "edge/grpc/server.h"
#include "edge/south/activation_client.h"
#include "edge/south/inventory_client.h"
#include "edge/tmf/render.h"
#include "edge/webhooks/webhooks.h"
#include "storage/epoch.h"
#include "storage/unfinished.h"

namespace comd::daemon {
namespace {

class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }
};

std::optional<std::string> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

/// A catalogue file with what is wrong with it, a line per error.
Result<std::pair<std::shared_ptr<const Catalog>, std::string>, std::string> read_catalog(const std::string& path) {
  auto bytes = bytes_of(path);
  if (!bytes) return Err("Expected --catalog " + path + " to be a readable file, but it is not.");
  auto catalog = catalog::parse_catalog(*bytes);
  if (catalog) return std::pair{*catalog, std::move(*bytes)};
  std::string text = "Expected " + path + " to be a valid catalogue, but it is not:";
  for (const auto& rejection : catalog.error()) {
    text += "\n  " + north::join((rejection.where.empty() ? "" : rejection.where + ": ") + rejection.message, rejection.hint);
  }
  return Err(std::move(text));
}

south::TargetOptions options_of(const std::string& name, const Target& target) {
  return {name,
          target.address,
          target.tls,
          {target.ca, target.certificate, target.key},
          target.streaming,
          south::TargetOptions{}.connect_wait};
}

/// Without an external inventory nothing is pushed, and nobody calls this.
class NoInventory final : public ProductInventoryPort {
 public:
  void push(const product::Snapshot&, std::uint64_t, CallMeta, Done) override { CHECK(false); }
};

class RunningDaemon final : public Daemon {
 public:
  explicit RunningDaemon(const Config& config) : config_(config) {}
  ~RunningDaemon() override { stop(); }

  /// What is wrong, or nothing.
  std::optional<std::string> start() {
    for (const auto& step : {&RunningDaemon::open_log, &RunningDaemon::open_keys, &RunningDaemon::connect,
                             &RunningDaemon::start_metrics, &RunningDaemon::start_work, &RunningDaemon::load_catalogs,
                             &RunningDaemon::start_webhooks, &RunningDaemon::load_consumers, &RunningDaemon::serve}) {
      if (auto error = (this->*step)()) return error;
    }
    schedule_ = std::make_unique<BackupSchedule>(backups_, BackupSchedule::Plan{config_.backup_dir, config_.backup_interval,
                                                                                static_cast<std::uint32_t>(config_.backup_keep)});
    archive_schedule_ = std::make_unique<ArchiveSchedule>(archiver_);
    wakeup_watch_ = std::make_unique<WakeupWatch>(log_, *registry_, config_.doctor_interval);
    readiness_->ready = true;
    log_line(spdlog::level::info, "comd is ready",
             {{"version", COMD_VERSION},
              {"listen", config_.listen.substr(0, config_.listen.rfind(':') + 1) + std::to_string(server_->port())},
              {"metrics", config_.metrics_listen},
              {"data", config_.data},
              {"position", std::to_string(number(log_->tail()))},
              {"started_in_ms",
               std::to_string(std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began_).count())}});
    return std::nullopt;
  }

  void stop() override {
    if (std::exchange(stopped_, true)) return;
    readiness_->ready = false;
    const auto until = std::chrono::steady_clock::now() + config_.shutdown_grace;
    const auto left = [&until] {
      return std::max(Millis{0}, std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now()));
    };
    archive_schedule_.reset();
    if (server_ != nullptr) server_->stop(left());
    if (webhooks_ != nullptr) webhooks_->stop();
    if (engine_ != nullptr) engine_->stop(left());
    if (activation_ != nullptr) activation_->stop();
    if (inventory_ != nullptr) inventory_->stop();
    if (keys_ != nullptr) keys_->stop();
    server_.reset();
    schedule_.reset();
    wakeup_watch_.reset();
    http_.reset();
    webhooks_.reset();
    consumers_.reset();
    archiver_.reset();
    engine_.reset();
    backups_.reset();
    keys_.reset();
    log_.reset();
  }

 private:
  using Error = std::optional<std::string>;

  Error open_log() {
    if (const auto part = bytes_of(unfinished_file(config_.data)))
      return "Expected a whole store in " + config_.data + ", but there is a part of one: " + *part;
    if (const auto room = disk_->room())
      if (auto error = out_of_order(config_.disk, room->total)) return error;
    if (auto error = make_room_to_open(*disk_, config_.data)) return error;
    if (config_.backup_interval > Millis{0} && config_.backup_dir.empty())
      return "Expected backup-dir with backup-interval, but it is not set. Say where the backups go.";
    RocksOptions options;
    options.directory = config_.data;
    options.block_cache_bytes = config_.cache_mib << 20;
    options.on_failure = [](std::string_view text) { log_line(spdlog::level::critical, text); };
    options.on_lost = [](std::string_view text) { log_line(spdlog::level::err, text); };
    options.on_unreadable = [](std::string_view text) {
      log_line(spdlog::level::critical, text);
      std::abort();
    };
    auto log = open_rocks_event_log(options);
    if (!log) return log.error().message;
    log_ = std::move(*log);
    if (auto error = link_archive(config_.data, config_.archive_directory)) return error;
    BackupOptions usual;
    usual.directory = config_.backup_dir;
    usual.bytes_per_second = config_.backup_rate;
    backups_ = std::make_shared<BackupDesk>(
        log_, [] { return SystemClock().now(); }, usual);
    if (auto error = look_at_builds()) return error;
    if (const auto epoch = epoch_of(*log_); epoch.fenced)
      log_line(spdlog::level::warn,
               "This store is fenced: nothing is sent and no deadline passes until it is reconciled (comctl epoch reconcile)",
               {{"epoch", std::to_string(epoch.number)}, {"because", epoch.reason}});
    return std::nullopt;
  }

  /// Has this build shown that it reads what others have written?
  Error look_at_builds() {
    auto builds = read_builds(config_.data);
    build_ = this_build();
    if (const auto why = not_verified(builds, build_, log_->tail(), config_.data)) {
      if (config_.require_verified_log) return *why + ". (--require-verified-log is set.)";
      log_line(spdlog::level::warn, *why);
    }
    if (builds.writer == build_) return std::nullopt;
    builds.writer = build_;
    if (const auto error = write_builds(config_.data, builds)) log_line(spdlog::level::warn, *error);
    return std::nullopt;
  }

  /// There is sealed data as soon as there is an order.
  Error open_keys() {
    crypto::KeyOptions options;
    options.directory = config_.keys.empty() ? config_.data + "/keys" : config_.keys;
    options.master_file = config_.master_key_file;
    options.master_text = config_.master_key_file.empty() ? config_.master_key : std::string{};
    options.must_exist =
        !log_->scan(Table::order, {}, {}, 1).rows.empty() || !log_->scan(Table::archived, {}, {}, 1).rows.empty();
    options.accept_loss = config_.keys_lost == "yes";
    auto keys = crypto::KeyStore::open(options, [](const std::string& text) { log_line(spdlog::level::warn, text); });
    if (!keys) return keys.error();
    keys_ = std::move(*keys);
    return destroy_again();
  }

  /// The log knows who was forgotten; the key file may be an older one that somebody has put back.
  Error destroy_again() {
    std::size_t count = 0;
    std::string after;
    for (RowPage page; page = log_->scan(Table::subject, {}, after, 500), !page.rows.empty(); after = page.rows.back().first)
      for (const auto& row : page.rows) {
        const auto subject = views::decode_subject(row.second);
        const auto done = subject ? keys_->destroy_again(subject->keys) : Result<std::size_t, std::string>(0);
        if (!done) return done.error();
        count += *done;
      }
    if (count > 0)
      log_line(spdlog::level::warn,
               "Destroyed again the keys of data subjects that were forgotten: the key file was an older one",
               {{"keys", std::to_string(count)}});
    return std::nullopt;
  }

  Error connect() {
    std::vector<south::TargetOptions> targets;
    for (const auto& [name, target] : config_.targets) targets.push_back(options_of(name, target));
    auto activation = south::ActivationClient::make(std::move(targets));
    if (!activation) return activation.error();
    activation_ = std::move(*activation);
    if (config_.product_inventory.empty()) return std::nullopt;
    auto inventory = south::InventoryClient::make(
        {options_of("product-inventory", {config_.product_inventory, false, {}, {}, {}, false}), Millis{10'000}},
        [](const product::Snapshot& product) { return tmf::to_tmf(product, {}); });
    if (!inventory) return inventory.error();
    inventory_ = std::move(*inventory);
    return std::nullopt;
  }

  std::shared_ptr<ActivationPort> calls() const {
#ifdef COMD_CANARY_FRESH_KEY
    return std::make_shared<FreshKeys>(north::make_sealed(activation_, crypto::Sealing(keys_), log_, personal_));
#else
    return north::make_sealed(activation_, crypto::Sealing(keys_), log_, personal_);
#endif
  }

  Error start_metrics() {
    if (config_.metrics_listen == "off") return std::nullopt;
    auto http = start_http(config_.metrics_listen, readiness_,
                           {registry_, make_log_collectable(log_), make_process_figures(), make_target_figures(activation_),
                            webhook_figures_, archive_figures_, make_backup_figures(backups_)});
    if (!http) return http.error();
    http_ = std::move(*http);
    return std::nullopt;
  }

  Error start_work() {
    EngineOptions options;
    options.limits = config_.limits;
    options.disk = config_.disk;
    options.lanes = config_.lanes;
    for (const auto& [name, target] : config_.targets) options.lanes[name];
    options.threads = config_.threads;
    options.push_products = inventory_ != nullptr;
    auto inventory = north::make_sealed(std::shared_ptr<ProductInventoryPort>(inventory_), crypto::Sealing(keys_));
    if (inventory == nullptr) inventory = std::make_shared<NoInventory>();
    engine_ = start_engine(log_, std::make_shared<SystemClock>(), calls(), std::move(inventory), parser(), *registry_, options,
                           disk_, keys_);
    archiver_ = std::make_shared<Archiver>(
        *engine_, config_.archive_after > Millis{0} ? std::optional(config_.archive_after) : std::nullopt);
    archive_figures_->watch(archiver_);
    return std::nullopt;
  }

  /// The engine parses what goes live, and nothing else: with it come the names of personal outputs.
  CatalogParser parser() const {
    return [names = personal_](std::string_view bytes) {
      auto catalog = catalog::parse_catalog(bytes);
      if (catalog) names->add(**catalog);
      return catalog;
    };
  }

  /// Through the same door as everybody's: a version that is there already changes nothing, one that differs is refused.
  Error load_catalogs() {
    for (const auto& path : config_.catalogs) {
      auto file = read_catalog(path);
      if (!file) return file.error();
      const auto& catalog = *file->first;
      if (not_now(catalog, path)) continue;
      std::promise<Reply> promise;
      catalog_log::Load command{catalog.name, catalog.version, catalog.digest, std::move(file->second)};
      engine_->execute(StreamId{std::string(kCatalogStream)}, catalog_log::Command{std::move(command)},
                       Cause{"Load", "comd", {}, {}, {}}, [&promise](Reply reply) { promise.set_value(std::move(reply)); });
      const auto reply = promise.get_future().get();
      if (reply.rejection) return path + ": " + north::join(reply.rejection->message, reply.rejection->hint);
      log_line(spdlog::level::info, reply.changed ? "Loaded a catalogue" : "Has this catalogue already",
               {{"file", path}, {"name", catalog.name}, {"version", catalog.version}, {"digest", catalog.digest}});
    }
    return std::nullopt;
  }

  /// On a full disk comd starts all the same, with the catalogues it has.
  bool not_now(const Catalog& catalog, const std::string& path) const {
    if (engine_->disk().state != DiskState::read_only) return false;
    if (engine_->catalogs()->find(catalog.version) == nullptr)
      log_line(spdlog::level::err,
               "Expected room on the disk to load a catalogue, but there is none. Make room, then start comd again",
               {{"file", path}, {"version", catalog.version}});
    return true;
  }

  Error start_webhooks() {
    if (config_.webhooks.empty()) return std::nullopt;
    std::vector<webhooks::Settings> settings;
    for (const auto& [name, each] : config_.webhooks) settings.push_back(each);
    auto started = webhooks::Webhooks::start(*engine_, settings, config_.data + "/webhooks", std::random_device{}());
    if (!started) return started.error();
    webhooks_ = std::move(*started);
    webhook_figures_->watch(webhooks_);
    return std::nullopt;
  }

  Error load_consumers() {
    auto consumers = north::Consumers::open(engine_->clock(), make_consumer_files(config_.data + "/consumers"));
    if (!consumers) return consumers.error();
    consumers_ = std::move(*consumers);
    return std::nullopt;
  }

  Error serve() {
    auto server = north::start_server(
        *engine_, catalog::parse_catalog, &api_figures_,
        {config_.listen, config_.tls_cert, config_.tls_key, config_.api, COMD_VERSION, build_, webhooks_, consumers_, backups_,
         config_.signing_key.empty() ? config_.data + "/signing.key" : config_.signing_key, crypto::Sealing(keys_), archiver_});
    if (!server) return server.error();
    server_ = std::move(*server);
    return std::nullopt;
  }

  const Config config_;
  std::string build_;  ///< of this executable
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const std::shared_ptr<Readiness> readiness_ = std::make_shared<Readiness>();
  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  ApiFigures api_figures_{*registry_};
  const std::shared_ptr<DiskSpace> disk_ = make_disk_space(config_.data);
  std::shared_ptr<EventLog> log_;
  std::shared_ptr<BackupDesk> backups_;
  std::shared_ptr<crypto::KeyStore> keys_;
  const std::shared_ptr<north::PersonalNames> personal_ = std::make_shared<north::PersonalNames>();
  std::shared_ptr<south::ActivationClient> activation_;
  std::shared_ptr<south::InventoryClient> inventory_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<webhooks::Webhooks> webhooks_;
  std::shared_ptr<north::Consumers> consumers_;
  const std::shared_ptr<WebhookFigures> webhook_figures_ = std::make_shared<WebhookFigures>(std::make_shared<SystemClock>());
  std::shared_ptr<Archiver> archiver_;
  const std::shared_ptr<ArchiveFigures> archive_figures_ = std::make_shared<ArchiveFigures>();
  std::unique_ptr<ArchiveSchedule> archive_schedule_;
  std::unique_ptr<north::Server> server_;
  std::unique_ptr<WakeupWatch> wakeup_watch_;
  std::unique_ptr<BackupSchedule> schedule_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Daemon>, std::string> start_daemon(const Config& config) {
  north::route_grpc_log();
  auto daemon = std::make_unique<RunningDaemon>(config);
  if (auto error = daemon->start()) return Err(std::move(*error));
  return std::unique_ptr<Daemon>(std::move(daemon));
}

std::vector<std::string> check_files(const Config& config) {
  std::vector<std::string> errors;
  for (const auto& path : config.catalogs) {
    if (const auto catalog = read_catalog(path); !catalog) errors.push_back(catalog.error());
  }
  const auto readable = [&errors](const std::string& what, const std::string& path) {
    if (!path.empty() && !bytes_of(path))
      errors.push_back("Expected " + what + " to be a readable file, but " + path + " is not.");
  };
  if (const auto room = make_disk_space(config.data)->room()) {
    if (auto error = out_of_order(config.disk, room->total)) errors.push_back(std::move(*error));
  }
  readable("--tls-cert", config.tls_cert);
  readable("--tls-key", config.tls_key);
  for (const auto& [name, target] : config.targets) {
    readable("ca of target " + name, target.ca);
    readable("certificate of target " + name, target.certificate);
    readable("key of target " + name, target.key);
  }
  for (const auto& [name, webhook] : config.webhooks) {
    readable("ca of webhook " + name, webhook.ca);
    if (const auto secrets = webhooks::read_secrets(webhook.secret_file); !secrets)
      errors.push_back("webhook " + name + ": " + secrets.error());
  }
  return errors;
}

}  // namespace comd::daemon
