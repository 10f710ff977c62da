#pragma once
#include <iosfwd>
#include <string>

namespace comd::daemon {

/// `comd --verify-log DIR`: folds the whole log of a data directory that no comd serves with this build, walks its chain, compares
/// every state that was recorded, and leaves a mark that it has passed. Tells how far it is on `err`, what it found on `out`. The
/// exit code: 0 if all is the same, 1 if the directory cannot be read, 5 if something differs.
int verify_log(const std::string& data, bool json, std::ostream& out, std::ostream& err);

}  // namespace comd::daemon
