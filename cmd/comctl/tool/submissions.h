#pragma once
#include <istream>

#include "cmd/comctl/tool/failure.h"

/// The orders that `order submit` was given, read from files.
namespace comd::ctl {

struct Submission {
  std::string from;  ///< where it stands, for messages: "a.json", "a.json[2]", "a.jsonl:17"
  std::string json;  ///< as it stands there: the server says what is wrong with it
};

/// A file holds one order, an array of orders, or, as *.jsonl or *.ndjson, one order a line; "-" reads `in`.
Outcome<std::vector<Submission>> read_submissions(const std::vector<std::string>& files, std::istream& in);

/// The orders in one text.
std::vector<Submission> split_submissions(const std::string& name, std::string content);

/// A whole file; "-" reads `in`.
Outcome<std::string> read_text(const std::string& file, std::istream& in);

}  // namespace comd::ctl
