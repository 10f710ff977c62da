#pragma once
#include <optional>
#include <ostream>
#include <string>

#include "domain/ids.h"

namespace comd::daemon {

/// `comd --rehearse`: what this build and this catalogue make of the orders in a data directory that no comd uses. Prints one JSON
/// document, as `comctl catalog rehearse --output json` does, and how far it is on standard error. Nothing is recorded or sent.
/// Exit code: 0; 5 if an order would be refused or cannot be decided; 1 if it could not be done, and says why.
int rehearse(const std::string& directory, const std::string& catalog_file, std::optional<Millis> last, std::ostream& out,
             std::ostream& err);

}  // namespace comd::daemon
