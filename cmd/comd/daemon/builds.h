#pragma once
#include <map>
#include <optional>
#include <string>

#include "domain/ids.h"

/// Which build of comd has served a data directory last, and which ones have shown that they fold its log to the states that were
/// recorded (comd --verify-log). Kept in <data>/builds.json; it says nothing about orders, and without it a build is as good as new.
namespace comd::daemon {

struct VerifiedBuild {
  std::string version;
  Position position{};  ///< the log's tail then
  std::string at;       ///< time, for people
};
struct Builds {
  std::string writer;  ///< served last
  std::map<std::string, VerifiedBuild> verified;
};

/// Names what this executable was linked from: the beginning of a SHA-256.
std::string this_build();

Builds read_builds(const std::string& data);
/// Replaces the file in one step. What went wrong, or nothing.
std::optional<std::string> write_builds(const std::string& data, const Builds&);

/// Why this build has not shown that it reads what is in the log; nothing if it has, or has written it itself.
std::optional<std::string> not_verified(const Builds&, const std::string& build, Position tail, const std::string& data);

}  // namespace comd::daemon
