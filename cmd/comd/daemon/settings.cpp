#include "cmd/comd/daemon/settings.h"

#include <charconv>

#include "cmd/comd/daemon/disk_settings.h"
#include "cmd/comd/daemon/lane_settings.h"
#include "edge/catalog/durations.h"

namespace comd::daemon {
namespace {

using Error = std::optional<std::string>;

Setting text(SettingInfo info, std::string Config::*field) {
  return {std::move(info),
          [field](Config& config, const std::string& value) -> Error {
            config.*field = value;
            return std::nullopt;
          },
          [field](const Config& config) { return std::vector{config.*field}; }};
}

Setting choice(SettingInfo info, std::string Config::*field, std::vector<std::string> options) {
  return {std::move(info),
          [field, options = std::move(options)](Config& config, const std::string& value) -> Error {
            std::string list;
            for (const auto& option : options) {
              if (option == value) {
                config.*field = value;
                return std::nullopt;
              }
              list += (list.empty() ? "" : ", ") + option;
            }
            return "to be one of " + list + ", but got \"" + value + "\".";
          },
          [field](const Config& config) { return std::vector{config.*field}; }};
}

Setting yes_or_no(SettingInfo info, bool Config::*field) {
  return {std::move(info),
          [field](Config& config, const std::string& value) -> Error {
            if (value != "true" && value != "false") return "to be true or false, but got \"" + value + "\".";
            config.*field = value == "true";
            return std::nullopt;
          },
          [field](const Config& config) { return std::vector<std::string>{config.*field ? "true" : "false"}; }};
}

Setting address(SettingInfo info, std::string Config::*field, bool may_be_off) {
  const auto name = "--" + info.name;
  return {std::move(info),
          [field, may_be_off, name](Config& config, const std::string& value) -> Error {
            if (!(may_be_off && value == "off")) {
              if (auto refused = north::refuse_address(name, value)) return refused;
            }
            config.*field = value;
            return std::nullopt;
          },
          [field](const Config& config) { return std::vector{config.*field}; }};
}

/// `at` gives the place of the number in a configuration.
template <class At>
Setting whole(SettingInfo info, At at, std::uint64_t least, std::uint64_t most) {
  return {std::move(info),
          [at, least, most](Config& config, const std::string& value) -> Error {
            std::uint64_t number = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
            if (error != std::errc{} || end != value.data() + value.size() || number < least || number > most) {
              return "to be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ", but got \"" +
                     value + "\".";
            }
            auto& field = at(config);
            field = static_cast<std::remove_reference_t<decltype(field)>>(number);
            return std::nullopt;
          },
          [at](const Config& config) {
            auto copy = config;
            return std::vector{std::to_string(at(copy))};
          }};
}

template <class At>
Setting duration(SettingInfo info, At at) {
  return {std::move(info),
          [at](Config& config, const std::string& value) -> Error {
            const auto parsed = catalog::parse_duration(value);
            if (!parsed) return "to be a duration such as 500ms, 30s, 5m or 1h30m, but got \"" + value + "\".";
            at(config) = *parsed;
            return std::nullopt;
          },
          [at](const Config& config) {
            auto copy = config;
            return std::vector{catalog::duration_text(at(copy))};
          }};
}

template <class At>
Setting amount(SettingInfo info, At at) {
  return {std::move(info),
          [at](Config& config, const std::string& value) -> Error {
            const auto parsed = parse_bytes(value);
            if (!parsed) return parsed.error();
            at(config) = *parsed;
            return std::nullopt;
          },
          [at](const Config& config) {
            auto copy = config;
            return std::vector{bytes_setting(at(copy))};
          }};
}

Setting catalogs() {
  return {
      {"catalog", "FILE", "Catalogue to load at start, if its version is not loaded yet. Repeatable, in load order.", "", true},
      [](Config& config, const std::string& value) -> Error {
        config.catalogs.push_back(value);
        return std::nullopt;
      },
      [](const Config& config) { return config.catalogs; }};
}

/// Those of targets stand with their targets.
Setting lanes() {
  return {{"lane", "NAME.KEY=VALUE", "A setting of one target's lane; keys: " + lane_keys() + ". Repeatable.", "", true},
          set_lane,
          [](const Config& config) {
            std::vector<std::string> out;
            for (const auto& [name, lane] : config.lanes)
              if (!config.targets.contains(name))
                for (const auto& [key, value] : written(lane)) out.push_back(name + "." + key + "=" + value);
            return out;
          }};
}

Setting rate(SettingInfo info, Rate Limits::*field) {
  return {std::move(info),
          [field](Config& config, const std::string& value) -> Error {
            const auto parsed = parse_rate(value);
            if (!parsed) return parsed.error();
            config.limits.*field = *parsed;
            return std::nullopt;
          },
          [field](const Config& config) { return std::vector{rate_text(config.limits.*field)}; }};
}

std::vector<Setting> make_table() {
  std::vector<Setting> out;
  const auto fallback = Config{};
  const auto add = [&](Setting setting) {
    const auto values = setting.write(fallback);
    if (!values.empty()) setting.info.fallback = values.front();
    out.push_back(std::move(setting));
  };
  constexpr std::uint64_t kMany = 100'000'000;
  add(address(
      {"listen", "HOST:PORT", "Where the gRPC services are. Loopback only: callers are not authenticated yet.", "", false},
      &Config::listen, false));
  add(address({"metrics-listen", "HOST:PORT", "Where /metrics, /healthz and /readyz are, or off.", "", false},
              &Config::metrics_listen, true));
  add(text({"data", "DIR", "Directory of the log; made if it is not there.", "", false}, &Config::data));
  add(text(
      {"keys", "DIR", "Directory of the keys that personal data is sealed with; default: keys in that of the log.", "", false},
      &Config::keys));
  add(text({"master-key-file", "FILE",
            "The master key that wraps them: 32 bytes, in hex or base64. COMD_MASTER_KEY can hold the key itself. "
            "Default: one is made beside the keys.",
            "", false},
           &Config::master_key_file));
  add(choice({"keys-lost", "YES", "yes: go on with a new key file; what the lost one opened stays unreadable.", "", false},
             &Config::keys_lost, {"no", "yes"}));
  add(catalogs());
  add(lanes());
  add(text({"product-inventory", "HOST:PORT", "External product inventory that every product is pushed to.", "", false},
           &Config::product_inventory));
  add(text({"tls-cert", "FILE", "Certificate of the gRPC port, PEM; with --tls-key.", "", false}, &Config::tls_cert));
  add(text({"tls-key", "FILE", "Its private key, PEM.", "", false}, &Config::tls_key));
  add(text({"signing-key", "FILE",
            "Ed25519 key (PEM) that signs checkpoints of the log; made if it is not there. Empty: in --data.", "", false},
           &Config::signing_key));
  add(yes_or_no({"require-verified-log", "BOOL",
                 "Do not serve a log that another build wrote before comd --verify-log has passed with this one.", "", false},
                &Config::require_verified_log));
  add(choice({"log-format", "FORMAT", "auto, json or human. auto: human on a terminal, else one JSON object a line.", "", false},
             &Config::log_format, {"auto", "json", "human"}));
  add(choice({"log-level", "LEVEL", "trace, debug, info, warning, error or off.", "", false}, &Config::log_level,
             {"trace", "debug", "info", "warning", "error", "off"}));
  add(duration({"shutdown-grace", "DURATION", "How long SIGTERM waits for what is in flight.", "", false},
               [](Config& c) -> Millis& { return c.shutdown_grace; }));
  add(duration(
      {"doctor-interval", "DURATION", "How often to look whether every unfinished order has a timer; 0s: never.", "", false},
      [](Config& c) -> Millis& { return c.doctor_interval; }));
  add(whole(
      {"threads", "N", "Threads of the order actors; 0: one per core.", "", false}, [](Config & c) -> auto& { return c.threads; },
      0, 1024));
  add(whole(
      {"cache-mib", "N", "Memory for the log's block cache, MiB.", "", false}, [](Config & c) -> auto& { return c.cache_mib; }, 1,
      1 << 20));

  add(text({"backup-dir", "DIR", "Where backups go: absolute, on another disk.", "", false}, &Config::backup_dir));
  add(duration({"backup-interval", "DURATION", "How often to make a backup there by itself; 0s: never.", "", false},
               [](Config& c) -> Millis& { return c.backup_interval; }));
  add(whole(
      {"backup-keep", "N", "How many of them stay; 0: all.", "", false}, [](Config & c) -> auto& { return c.backup_keep; }, 0,
      1'000'000));
  add(amount(
      {"backup-rate", "AMOUNT", "Written a second at most by a backup; 0: not limited.", "", false},
      [](Config & c) -> auto& { return c.backup_rate; }));

  add(duration({"archive.after", "DURATION", "Archive orders this long after their end, for example 90d; 0s: never.", "", false},
               [](Config& c) -> Millis& { return c.archive_after; }));
  add(text({"archive.directory", "DIR", "Where archive files go: absolute; default: archive in that of the log.", "", false},
           &Config::archive_directory));

  for (auto& setting : disk_settings()) add(std::move(setting));

  const auto limit = [&](const char* name, const char* help, auto at, std::uint64_t least = 1) {
    add(whole({std::string("limits.") + name, "N", help, "", false}, at, least, kMany));
  };
  limit(
      "in_flight_max", "Commands admitted and not yet answered; beyond: RESOURCE_EXHAUSTED.",
      [](Config & c) -> auto& { return c.limits.in_flight_max; });
  limit(
      "batch_max", "Appends that share one sync.", [](Config & c) -> auto& { return c.limits.batch_max; });
  limit(
      "lane_window", "Calls under way per activation system.", [](Config & c) -> auto& { return c.limits.lane_window; });
  add(rate({"limits.lane_rate", "RATE", "Calls begun per activation system: 50/s, 600/m, 10000/h or off.", "", false},
           &Limits::lane_rate));
  limit(
      "lane_backlog", "Calls waiting per activation system; beyond: new orders for it are refused with RESOURCE_EXHAUSTED.",
      [](Config & c) -> auto& { return c.limits.lane_backlog; });
  limit(
      "lane_failures", "Failed calls in a row to an activation system; then its breaker opens.",
      [](Config & c) -> auto& { return c.limits.lane_failures; });
  add(duration({"limits.lane_pause", "DURATION", "How long a breaker is open at first; doubles.", "", false},
               [](Config& c) -> Millis& { return c.limits.lane_pause; }));
  add(duration({"limits.lane_pause_max", "DURATION", "How long it is open at most.", "", false},
               [](Config& c) -> Millis& { return c.limits.lane_pause_max; }));
  limit(
      "stream_waiting_max", "Of those in flight, commands for one order, product or service; beyond: RESOURCE_EXHAUSTED.",
      [](Config & c) -> auto& { return c.limits.stream_waiting_max; });
  limit(
      "effects_max", "Effects held in memory; beyond, they wait in the log alone.",
      [](Config & c) -> auto& { return c.limits.effects_max; });
  limit(
      "timers_per_tick", "Due timers under way at once.", [](Config & c) -> auto& { return c.limits.timers_per_tick; });
  limit(
      "residents_max", "Live actors; beyond: idle ones leave earlier.",
      [](Config & c) -> auto& { return c.limits.residents_max; });
  limit(
      "resting_max", "Of those, actors that wait for long or are done; beyond: they leave earlier.",
      [](Config & c) -> auto& { return c.limits.resting_max; });
  add(duration({"limits.idle", "DURATION", "An actor without messages for this long leaves memory.", "", false},
               [](Config& c) -> Millis& { return c.limits.idle; }));
  limit(
      "message_bytes", "One gRPC message.", [](Config & c) -> auto& { return c.api.message_bytes; }, 65'536);
  limit(
      "stream_window", "Per stream: requests read and not yet answered.",
      [](Config & c) -> auto& { return c.api.stream_window; });
  limit(
      "streams_max", "Calls under way per connection.", [](Config & c) -> auto& { return c.api.streams_max; });
  limit(
      "watchers_max", "Watches at once.", [](Config & c) -> auto& { return c.api.watchers_max; });
  limit(
      "watch_orders_max", "Orders named in one watch.", [](Config & c) -> auto& { return c.api.watch_orders_max; });
  limit(
      "list_scan_max", "Index rows looked at for one page.", [](Config & c) -> auto& { return c.api.list_scan_max; });
  limit(
      "timeline_max", "Entries of one timeline.", [](Config & c) -> auto& { return c.api.timeline_max; });
  limit(
      "as_of_rows_max", "What was open at one moment of the past: timers, calls, what waited for a person.",
      [](Config & c) -> auto& { return c.api.as_of_rows_max; });
  limit(
      "order_bytes", "JSON text of one product order.", [](Config & c) -> auto& { return c.api.order.max_bytes; });
  limit(
      "order_items", "Items of one product order, nested ones counted.",
      [](Config & c) -> auto& { return c.api.order.max_items; });
  limit(
      "order_units", "Sum over the items of quantity × places.", [](Config & c) -> auto& { return c.api.order.max_units; });
  return out;
}

}  // namespace

const std::vector<Setting>& setting_table() {
  static const auto table = make_table();
  return table;
}

std::vector<SettingInfo> settings() {
  std::vector<SettingInfo> out;
  for (const auto& setting : setting_table()) out.push_back(setting.info);
  return out;
}

}  // namespace comd::daemon
