#pragma once
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "domain/result.h"
#include "edge/crypto/primitives.h"

/// The keys of data subjects, one slot of 64 bytes each, wrapped by the master key. On disk, never changed:
///
///   slot 0    "COMDKEYS", format (4 bytes, little endian), zeros
///   slot 1    the index key, which pseudonyms and digests are made with
///   slot 2…   nonce (12), wrapped key (32), tag (16), number of the master key (4, little endian); or zeros: destroyed
///
/// A slot is wrapped in the context of its number, so none can be moved to another's place. What a crash leaves behind a block
/// that was never synced was never handed out; nothing is ever written to a slot a second time but zeros.
namespace comd::crypto {

/// "17-Qm9iMTIz": the slot, and eight characters that tell this key from another that the slot may hold after an older file was
/// put back.
struct KeyId {
  std::uint64_t slot = 0;
  std::string check;
  std::string text() const;
  static std::optional<KeyId> parse(std::string_view text);
  bool operator==(const KeyId&) const = default;
};

struct MasterKey {
  Key key;
  std::uint32_t number = 1;  ///< counts rotations
};

struct FreshKey {
  KeyId id;
  Key key;
};

enum class KeyState {
  there,
  destroyed,  ///< zeros
  lost,       ///< the file does not hold it: an older one was put back
  damaged,
};

class KeyFile {
 public:
  static constexpr std::size_t kSlot = 64;

  /// A new file with an index key, on disk when it returns. The error says what to do, here as below.
  static Result<std::unique_ptr<KeyFile>, std::string> create(const std::string& path, const Key& master);
  /// Error `wrong_master`: this is not the key it is wrapped with.
  struct OpenError {
    std::string message;
    bool wrong_master = false;
  };
  static Result<std::unique_ptr<KeyFile>, OpenError> open(const std::string& path, const Key& master);
  ~KeyFile();
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  const Key& index_key() const { return index_key_; }
  std::uint32_t master_number() const;
  std::uint64_t slots() const;  ///< with the first two

  // Any thread.
  KeyState find(const KeyId&, Key& found) const;

  // One thread at a time; others may read meanwhile.
  /// New keys in slots of their own, on disk when it returns.
  Result<std::vector<FreshKey>, std::string> add(std::size_t count);
  /// Zeros in their slots, on disk when it returns. One that the file does not hold is no error.
  Result<void, std::string> destroy(const std::vector<KeyId>&);
  /// Every key wrapped anew, into a file that replaces this one in one step. A crash on the way leaves the old one as it was.
  /// What cannot be opened is kept as it is, and counted.
  Result<std::uint64_t, std::string> rewrap(const Key& master);
  /// A piece of the file as it is, for a copy of it.
  struct Piece {
    std::string bytes;
    std::uint64_t total = 0;
    std::uint32_t master_number = 0;
  };
  Piece read(std::uint64_t offset, std::size_t size) const;

 private:
  KeyFile(std::string path, int fd, MasterKey master, Key index_key, std::uint64_t slots);

  const std::string path_;
  mutable std::shared_mutex mutex_;  ///< of the next three
  int fd_;
  MasterKey master_;
  std::uint64_t slots_;
  const Key index_key_;
};

}  // namespace comd::crypto
