#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "actors/ports.h"
#include "edge/crypto/key_file.h"

namespace comd::crypto {

struct KeyOptions {
  std::string directory;    ///< holds the file "keys", and "master.key" where no other master key is given
  std::string master_file;  ///< empty: none is given
  std::string master_text;  ///< likewise; from the environment
  bool must_exist = false;  ///< there is sealed data: a new key file would not open it
  bool accept_loss = false;
};

/// The keys of one comd: fresh ones for orders, drawn from a pool that was written and synced ahead, so that a submission waits
/// for no disk; and the destroying of those of somebody who is forgotten. Thread-safe.
class KeyStore : public KeyPort {
 public:
  /// `warn` hears what an operator should do something about. The error says what to do.
  static Result<std::shared_ptr<KeyStore>, std::string> open(const KeyOptions&, const std::function<void(std::string)>& warn);
  ~KeyStore() override;

  /// Never empty for long: waits for the disk only when the pool has run dry.
  Result<std::vector<FreshKey>, std::string> take(std::size_t count);
  KeyState find(const KeyId&, Key& found) const;
  const Key& index_key() const { return file_->index_key(); }

  /// Texts of KeyId. Durable when it returns; what is gone already is gone.
  Result<void, std::string> destroy(const std::vector<std::string>& keys);
  void erase(std::vector<std::string> keys, Done) override;
  /// Every Done was called when it returns, and none is taken from here on. Idempotent.
  void stop();

  /// After a start: destroys again what the log says was destroyed, for the file may be an older one. Returns how many it was.
  Result<std::size_t, std::string> destroy_again(const std::vector<std::string>& keys);

  struct Rotated {
    std::uint32_t master_number = 0;
    std::uint64_t keys = 0, unopened = 0;
  };
  /// Wraps every key anew. `master_file`: where the new master key is, on this machine; empty: one is made in the directory,
  /// which only works if the one in use is there too. Orders go on meanwhile.
  Result<Rotated, std::string> rotate(const std::string& master_file);

  /// For a copy of the file. If the number of the master key changes from piece to piece, begin again.
  KeyFile::Piece read(std::uint64_t offset) const { return file_->read(offset, 1u << 20); }

  struct Figures {
    std::string file;
    std::uint32_t master_number = 0;
    std::uint64_t slots = 0;
    std::string master_key;  ///< where it is from, for people
  };
  Figures figures() const;

 private:
  KeyStore(std::unique_ptr<KeyFile>, KeyOptions, bool own_master);
  void work();
  void refill(std::unique_lock<std::mutex>&);

  struct Job {
    std::vector<std::string> keys;
    Done done;
  };

  const std::unique_ptr<KeyFile> file_;
  const KeyOptions options_;
  bool own_master_;             ///< it is in the directory
  mutable std::mutex writing_;  ///< one writes the file at a time
  mutable std::mutex mutex_;    ///< of what follows
  std::condition_variable wake_, filled_;
  std::deque<FreshKey> pool_;
  std::size_t block_ = kFirstBlock;
  std::string failure_;  ///< why the pool is not filled
  std::deque<Job> jobs_;
  std::set<std::string> gone_;  ///< destroyed, though the file does not hold them
  bool stopping_ = false;
  std::thread worker_;

  static constexpr std::size_t kFirstBlock = 256, kBlockMax = 8192;
};

}  // namespace comd::crypto
