#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"

/// The crypto port of the log. Personal data of an event (the submitted document, the parties) stands apart from its payload
/// from the first format on, so that it can be sealed with a key of its own: destroying the key erases it, and the log stays.
namespace comd {

/// Whose data it is: what an implementation chooses its key by.
struct SealScope {
  std::string_view tenant;
  std::string_view stream;
};

enum class OpenFailure {
  erased,      ///< the key was destroyed on purpose: the event reads with its personal data empty
  unreadable,  ///< anything else: the record is an error
};

/// Stateless or thread-safe: called from every thread that reads or writes the log.
class Sealer {
 public:
  virtual ~Sealer() = default;
  /// Names this way of sealing on disk, with its parameters; never reused. 1 is identity.
  virtual std::uint32_t scheme() const = 0;
  virtual std::string seal(const SealScope&, std::string_view plain) const = 0;
  /// Given only what was sealed with `scheme()`; identity is always opened without asking.
  virtual Result<std::string, OpenFailure> open(const SealScope&, std::string_view sealed) const = 0;
};

inline constexpr std::uint32_t kIdentityScheme = 1;

/// Seals nothing: the bytes stand as they are.
const Sealer& identity_sealer();

}  // namespace comd
