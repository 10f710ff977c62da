#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "edge/catalog/catalog.h"
#include "edge/tmf/tmf622.h"
#include "test/support/paths.h"

namespace comd::test {

/// The time at which every test order is submitted.
inline const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

inline tmf::Context context(Instant now = kNow) { return {TenantId{"default"}, "comctl", {}, now}; }

std::string read_file(const std::filesystem::path& path);

/// "where: message" of every error; empty when there was none.
template <class T>
std::vector<std::string> errors_of(const Result<T, std::vector<Rejection>>& result) {
  std::vector<std::string> out;
  if (result) return out;
  for (const Rejection& r : result.error()) out.push_back(r.where + ": " + r.message);
  return out;
}

inline std::vector<std::string> errors_of(std::string_view order) { return errors_of(tmf::parse(order, context())); }

/// The order, or a failed process with what was wrong: for tests whose subject is something else.
Order order_of(std::string_view json, Instant now = kNow);

std::shared_ptr<const Catalog> catalog_of(const std::filesystem::path& file);

}  // namespace comd::test
