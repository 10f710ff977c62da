#pragma once
#include "edge/grpc/consumers.h"

namespace comd::daemon {

/// One small file for each consumer of the log, replaced as a whole and synced: `<directory>/<name>.json`.
std::shared_ptr<north::ConsumerFiles> make_consumer_files(std::string directory);

}  // namespace comd::daemon
