#pragma once
#include <string>

#include "domain/result.h"
#include "storage/chain.h"

/// Signed checkpoints of the chain: a third party who keeps one can show that nothing before it was changed. Any thread.
namespace comd::north {

struct Checkpoint {
  ChainLink link;
  std::uint64_t epoch = 1;
  Instant at{};
};

/// What is signed, as docs/log-format.md says: "comd checkpoint 1", then position, hash, epoch and time, a line each.
std::string text_of(const Checkpoint&);

struct Signed {
  std::string text;
  std::string signature;   ///< Ed25519, 64 bytes
  std::string public_key;  ///< PEM
};

/// With the private key in `key_file` (PEM). One that is not there is made, readable by its owner only. The error says what to do.
Result<Signed, std::string> sign(const Checkpoint&, const std::string& key_file);

}  // namespace comd::north
