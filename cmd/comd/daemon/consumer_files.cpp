#include "cmd/comd/daemon/consumer_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edge/webhooks/synced_file.h"

namespace comd::daemon {
namespace {

using Json = nlohmann::ordered_json;
using north::ConsumerRecord;

constexpr int kFormat = 1;
constexpr char kEnding[] = ".json";

std::int64_t millis(Instant time) { return time.time_since_epoch().count(); }
Instant instant(const Json& value) { return Instant{Millis{value.get<std::int64_t>()}}; }

std::string text_of(const ConsumerRecord& record) {
  return Json{{"format", kFormat},
              {"name", record.name},
              {"position", number(record.position)},
              {"token", record.token},
              {"holder", record.holder},
              {"leaseMs", record.lease.count()},
              {"created", millis(record.created)},
              {"acknowledged", millis(record.acknowledged)}}
             .dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

Result<ConsumerRecord, std::string> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  try {
    const auto json = Json::parse(bytes);
    if (json.at("format").get<int>() > kFormat)
      return Err("Expected " + path + " in format " + std::to_string(kFormat) +
                 " or older, but it is of a later comd. Run that one.");
    return ConsumerRecord{json.at("name").get<std::string>(),
                          Position{json.at("position").get<std::uint64_t>()},
                          json.at("token").get<std::uint64_t>(),
                          json.at("holder").get<std::string>(),
                          Millis{json.at("leaseMs").get<std::int64_t>()},
                          instant(json.at("created")),
                          instant(json.at("acknowledged"))};
  } catch (const Json::exception& error) {
    return Err("Expected " + path + " to say how far a consumer of the log is, but it cannot be read: " + error.what() +
               ". Restore it, or move it away: the consumer is then new.");
  }
}

class Files final : public north::ConsumerFiles {
 public:
  explicit Files(std::string directory) : directory_(std::move(directory)) {}

  Result<std::vector<ConsumerRecord>, std::string> load() override {
    std::vector<ConsumerRecord> out;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, none)) {
      if (entry.path().extension() != kEnding) continue;  // one that was being replaced
      auto record = read(entry.path().string());
      if (!record) return Err(record.error());
      out.push_back(std::move(*record));
    }
    return out;
  }
  Result<void, std::string> save(const ConsumerRecord& record) override {
    return replace_synced(path_of(record.name), text_of(record));
  }
  Result<void, std::string> remove(const std::string& name) override { return remove_synced(path_of(name)); }

 private:
  std::string path_of(const std::string& name) const { return directory_ + "/" + name + kEnding; }

  const std::string directory_;
};

}  // namespace

std::shared_ptr<north::ConsumerFiles> make_consumer_files(std::string directory) {
  return std::make_shared<Files>(std::move(directory));
}

}  // namespace comd::daemon
