#pragma once
#include <nlohmann/json.hpp>
#include <string>

/// Every command first makes one JSON document, whose shape docs/comctl.md promises; JSON and YAML print it as it is, tables
/// are drawn from it. So the three never disagree.
namespace comd::ctl {

using Json = nlohmann::ordered_json;  // keys in the order written: a reader finds the id first

enum class Output { table, json, yaml, dot };

std::string to_json(const Json& document);       ///< indented, with a line end
std::string to_json_line(const Json& document);  ///< on one line, for streams
std::string to_yaml(const Json& document);       ///< a text that YAML would read as something else is quoted

/// The text at `path` ("a.b"), or what stands there printed; empty when there is nothing.
std::string text_at(const Json& document, std::string_view path);

}  // namespace comd::ctl
