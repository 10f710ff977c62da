#include "test/unit/tmf/support.h"

namespace comd::test {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

Order order_of(std::string_view json, Instant now) {
  auto order = tmf::parse(json, context(now));
  if (!order) throw std::runtime_error(errors_of(order).front());
  return *order;
}

std::shared_ptr<const Catalog> catalog_of(const std::filesystem::path& file) {
  auto catalog = catalog::parse_catalog(read_file(file));
  if (!catalog) throw std::runtime_error(errors_of(catalog).front());
  return *catalog;
}

}  // namespace comd::test
