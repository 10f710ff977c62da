#include "cmd/comd/daemon/rehearse.h"

#include <fstream>
#include <iterator>

#include "cmd/comctl/tool/history.h"
#include "edge/catalog/catalog.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/principal.h"
#include "edge/grpc/what_if.h"

namespace comd::daemon {
namespace {

int fail(std::ostream& err, const std::string& message) {
  err << "comd: " << message << "\n";
  return 1;
}

Result<std::shared_ptr<const Catalog>, std::string> read_catalog(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return Err("Expected --catalog to be a readable file, but " + file + " is not.");
  auto parsed = catalog::parse_catalog(bytes);
  if (parsed) return *parsed;
  return Err(file + ": " + parsed.error().front().where + ": " + parsed.error().front().message);
}

}  // namespace

int rehearse(const std::string& directory, const std::string& catalog_file, std::optional<Millis> last, std::ostream& out,
             std::ostream& err) {
  const auto catalog = read_catalog(catalog_file);
  if (!catalog) return fail(err, catalog.error());
  RocksOptions options;
  options.directory = directory;
  options.create = false;
  const auto log = open_rocks_event_log(options);
  if (!log) return fail(err, log.error().message);
  const auto caller = north::caller_of({});  // as of who calls over gRPC
  if (!caller) return fail(err, caller.error().message);

  north::api::WhatIfRequest request;
  request.set_all(true);
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  if (last) north::fill(*request.mutable_from(), now - *last);
  auto what_if = north::WhatIf::choose(**log, caller->principal.tenant, *catalog, request);
  if (!what_if) return fail(err, what_if.error().message);

  ctl::Json document{{"catalogVersion", (*catalog)->version}, {"catalogDigest", (*catalog)->digest}, {"totals", nullptr}};
  auto orders = ctl::Json::array();
  north::api::WhatIfResponse message;
  std::uint64_t told = 0;
  for (bool more = true; more;) {
    more = what_if->step(message);
    for (const auto& order : message.orders()) orders.push_back(ctl::document_of(order));
    if (const auto done = message.totals().done(); done >= told + 10'000) {
      told = done;
      err << done << " of " << message.totals().orders() << " orders\n";
    }
  }
  document["totals"] = ctl::document_of(message.totals());
  document["orders"] = std::move(orders);
  out << ctl::to_json(document);
  return message.totals().refused() + message.totals().undecidable() > 0 ? 5 : 0;
}

}  // namespace comd::daemon
