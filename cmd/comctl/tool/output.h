#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

/// Every command first makes one JSON document, whose shape docs/comctl.md promises; JSON and YAML print it as it is, tables
/// are drawn from it. So the three never disagree.
namespace comd::ctl {

using Json = nlohmann::ordered_json;  // keys in the order written: a reader finds the id first

enum class Output { table, json, yaml, dot };

// The parser and the writer are templates: what they become is made once, in output.cpp.
Json parse_json(std::string_view text);  ///< discarded when it is none
bool is_json(std::string_view text);
std::string text_of(const Json& document);  ///< on one line, without a line end; bad UTF-8 is replaced

std::string to_json(const Json& document);       ///< indented, with a line end
std::string to_json_line(const Json& document);  ///< on one line, for streams
std::string to_yaml(const Json& document);       ///< a text that YAML would read as something else is quoted

/// The text at `path` ("a.b"), or what stands there printed; empty when there is nothing.
std::string text_at(const Json& document, std::string_view path);

}  // namespace comd::ctl
