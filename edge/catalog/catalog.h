#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/catalog.h"

/// The catalogue file: YAML to the domain's rules. Every key, its meaning and default: docs/catalog.md.
namespace comd::catalog {

/// A version's bytes are kept in the log, so they have a limit.
inline constexpr std::size_t kMaxCatalogBytes = 1'048'576;

/// All errors with "line L, column C: Expected …, but …" and path, in file order; or the whole catalogue. Nothing in between.
Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> parse_catalog(std::string_view bytes);

/// The catalogue as JSON, with the keys of the file and every default spelled out. As JSON is YAML, it is a catalogue file itself.
std::string to_json(const Catalog&);

}  // namespace comd::catalog
