#pragma once
#include <map>
#include <string>
#include <vector>

#include "actors/engine.h"
#include "edge/grpc/api_limits.h"
#include "edge/webhooks/settings.h"

/// comd's settings: a flag wins over the environment, the environment over the file. All have the same names.
namespace comd::daemon {

/// An activation system.
struct Target {
  std::string address;
  bool tls = false;
  std::string ca, certificate, key;  ///< PEM files
  bool streaming = true;
};

struct Config {
  std::string listen = "127.0.0.1:7622";
  std::string metrics_listen = "127.0.0.1:9622";  ///< "off": none
  std::string data = "./comd-data";
  std::vector<std::string> catalogs;
  std::map<std::string, Target> targets;
  std::map<std::string, LaneSettings> lanes;                 ///< by target; also "inventory" and "product-inventory"
  std::map<std::string, comd::webhooks::Settings> webhooks;  ///< by name
  std::string product_inventory;
  std::string keys;             ///< directory; empty: "keys" in that of the log
  std::string master_key_file;  ///< empty: master_key, or one in the directory of the keys
  std::string master_key;       ///< the key itself, from COMD_MASTER_KEY alone; never written anywhere
  std::string keys_lost = "no";
  std::string tls_cert, tls_key;
  std::string signing_key;            ///< of checkpoints; empty: one in the data directory
  bool require_verified_log = false;  ///< a build that has not shown that it reads the log does not serve it
  std::string log_format = "auto";
  std::string log_level = "info";
  Millis shutdown_grace{10'000};
  Millis doctor_interval{600'000};  ///< zero: never
  std::string backup_dir;           ///< empty: given with each backup
  Millis backup_interval{0};        ///< zero: only when asked for
  std::uint64_t backup_rate = 0;    ///< bytes a second; zero: not limited
  std::size_t backup_keep = 0;      ///< zero: all
  Millis archive_after{0};          ///< zero: never
  std::string archive_directory;    ///< empty: "archive" in that of the log
  std::size_t threads = 0;
  std::size_t cache_mib = 256;
  DiskLimits disk;
  Limits limits;
  north::ApiLimits api;
};

/// One value and where it was given: "--listen", "COMD_LISTEN", "comd.yaml:3".
struct Given {
  std::vector<std::string> values;
  std::string origin;
};
using Givens = std::map<std::string, Given>;

/// Names of all settings with the help text, in the order --help shows them.
struct SettingInfo {
  std::string name, value_name, help, fallback;
  bool repeatable = false;
};
std::vector<SettingInfo> settings();

/// "listen" → "COMD_LISTEN", "limits.batch_max" → "COMD_LIMITS_BATCH_MAX".
std::string environment_name(std::string_view setting);

/// What a YAML file gives. Errors name file and line.
Result<Givens, std::vector<std::string>> read_file(const std::string& path);
Result<Givens, std::vector<std::string>> read_yaml(const std::string& text, const std::string& path);
/// What the environment gives; `lookup` returns nullptr for what is not set.
Givens read_environment(const std::function<const char*(const std::string&)>& lookup);

/// All three together. Errors name the flag, the variable or the line.
Result<Config, std::vector<std::string>> resolve(const Givens& file, const Givens& environment, const Givens& flags);

/// The effective configuration, as a file that gives it again.
std::string to_yaml(const Config&);

}  // namespace comd::daemon
