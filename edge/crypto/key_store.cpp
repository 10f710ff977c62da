#include "edge/crypto/key_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace comd::crypto {
namespace {

struct Paths {
  explicit Paths(const std::string& directory)
      : keys(directory + "/keys"), master(directory + "/master.key"), next_master(directory + "/master.key.next") {}
  std::string keys, master, next_master;
};

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<Key, std::string> read_master(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return Err("Expected the master key in " + path + ", but the file cannot be read.");
  if (text.size() == Key::kSize) return Key::of(text);
  if (const auto key = key_of_text(text)) return *key;
  return Err("Expected " + path + " to hold a master key of 32 bytes (64 hex digits, or base64), but it does not. " +
             "Make one with: openssl rand -hex 32");
}

Result<void, std::string> write_master(const std::string& path, const Key& key) {
  const std::string text = hex(key.bytes()) + "\n";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool done = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!done) return Err("Expected to write the master key " + path + ", but: " + why + ".");
  return {};
}

Result<void, std::string> make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return Err("Expected a directory for keys at " + directory + ", but: " + std::strerror(errno) + ". Choose one with --keys.");
}

/// The master keys to try, in order.
Result<std::vector<Key>, std::string> given_masters(const KeyOptions& options, const Paths& paths) {
  if (!options.master_file.empty()) {
    auto key = read_master(options.master_file);
    if (!key) return Err(key.error());
    return std::vector{*key};
  }
  if (!options.master_text.empty()) {
    const auto key = key_of_text(options.master_text);
    if (!key) return Err(std::string("Expected COMD_MASTER_KEY to hold 32 bytes (64 hex digits, or base64), but it does not."));
    return std::vector{*key};
  }
  std::vector<Key> out;
  for (const auto& path : {paths.master, paths.next_master}) {
    if (!exists(path)) continue;
    auto key = read_master(path);
    if (!key) return Err(key.error());
    out.push_back(*key);
  }
  return out;
}

}  // namespace

KeyStore::KeyStore(std::unique_ptr<KeyFile> file, KeyOptions options, bool own_master)
    : file_(std::move(file)), options_(std::move(options)), own_master_(own_master), worker_([this] { work(); }) {}

KeyStore::~KeyStore() { stop(); }

void KeyStore::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  filled_.notify_all();
  if (worker_.joinable()) worker_.join();
}

Result<std::shared_ptr<KeyStore>, std::string> KeyStore::open(const KeyOptions& options,
                                                              const std::function<void(std::string)>& warn) {
  const Paths paths(options.directory);
  const bool own_master = options.master_file.empty() && options.master_text.empty();
  const auto done = [&](std::unique_ptr<KeyFile> file) {
    return std::shared_ptr<KeyStore>(new KeyStore(std::move(file), options, own_master));
  };
  if (auto made = make_directory(options.directory); !made) return Err(made.error());
  auto masters = given_masters(options, paths);
  if (!masters) return Err(masters.error());
  const bool there = exists(paths.keys);
  if (!there && options.must_exist && !options.accept_loss)
    return Err(
        "Expected the key file " + paths.keys +
        ", because there are orders, but it is not there. Put it back from your backup of the keys (docs/personal-data.md). " +
        "If it is lost for good, start once with --keys-lost: the personal data of those orders stays unreadable.");
  if (masters->empty()) {
    if (there)
      return Err("Expected the master key of " + paths.keys + ", but none is given and " + paths.master +
                 " is not there. Give it with --master-key-file or COMD_MASTER_KEY.");
    masters->push_back(Key::random());
    if (auto written = write_master(paths.master, masters->front()); !written) return Err(written.error());
    warn("Made a master key for personal data: " + paths.master +
         ". It opens every key beside it: keep it elsewhere, and give it with --master-key-file or COMD_MASTER_KEY");
  }
  if (!there) {
    auto file = KeyFile::create(paths.keys, masters->front());
    if (!file) return Err(file.error());
    return done(std::move(*file));
  }
  for (std::size_t i = 0; i < masters->size(); ++i) {
    auto file = KeyFile::open(paths.keys, (*masters)[i]);
    if (!file && file.error().wrong_master && i + 1 < masters->size()) continue;
    if (!file) return Err(file.error().message);
    // A rotation stopped between its two renames, or before the first.
    if (own_master && i > 0) ::rename(paths.next_master.c_str(), paths.master.c_str());
    if (own_master && i == 0) ::unlink(paths.next_master.c_str());
    return done(std::move(*file));
  }
  return Err("Expected a master key for " + paths.keys + ", but there is none.");
}

Result<std::vector<FreshKey>, std::string> KeyStore::take(std::size_t count) {
  std::vector<FreshKey> out;
  std::unique_lock lock(mutex_);
  while (out.size() < count) {
    if (pool_.empty()) {
      failure_.clear();
      wake_.notify_all();
      filled_.wait(lock, [&] { return stopping_ || !pool_.empty() || !failure_.empty(); });
      if (pool_.empty()) return Err(stopping_ ? std::string("comd is stopping") : failure_);
    }
    out.push_back(std::move(pool_.front()));
    pool_.pop_front();
  }
  if (pool_.size() < block_ / 2) wake_.notify_one();
  return out;
}

KeyState KeyStore::find(const KeyId& id, Key& found) const {
  const KeyState state = file_->find(id, found);
  if (state != KeyState::lost) return state;
  std::lock_guard lock(mutex_);
  return gone_.contains(id.text()) ? KeyState::destroyed : state;
}

/// The worker: fills the pool before it is empty, in blocks that grow while it is emptied fast.
void KeyStore::refill(std::unique_lock<std::mutex>& lock) {
  const std::size_t count = block_;
  lock.unlock();
  auto fresh = [&] {
    std::lock_guard writing(writing_);
    return file_->add(count);
  }();
  lock.lock();
  if (!fresh) {
    failure_ = fresh.error();
  } else {
    if (pool_.size() < count / 4 && block_ < kBlockMax) block_ *= 2;
    std::move(fresh->begin(), fresh->end(), std::back_inserter(pool_));
    failure_.clear();
  }
  filled_.notify_all();
}

void KeyStore::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!jobs_.empty()) {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      const auto done = destroy(job.keys);
      job.done(done.has_value(), done ? std::string{} : done.error());
      lock.lock();
    } else if (pool_.size() < block_ / 2 && failure_.empty()) {
      refill(lock);
    } else {
      wake_.wait(lock);
    }
  }
  for (Job& job : std::exchange(jobs_, {})) job.done(false, "comd is stopping");
}

Result<void, std::string> KeyStore::destroy(const std::vector<std::string>& keys) {
  std::vector<KeyId> ids;
  for (const std::string& key : keys)
    if (auto id = KeyId::parse(key)) ids.push_back(*std::move(id));
  std::lock_guard writing(writing_);
  return file_->destroy(ids);
}

void KeyStore::erase(std::vector<std::string> keys, Done done) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    return done(false, "comd is stopping");
  }
  jobs_.push_back({std::move(keys), std::move(done)});
  wake_.notify_all();
}

Result<std::size_t, std::string> KeyStore::destroy_again(const std::vector<std::string>& keys) {
  std::vector<std::string> there;
  for (const std::string& key : keys) {
    const auto id = KeyId::parse(key);
    if (!id) continue;
    Key unused;
    const KeyState state = file_->find(*id, unused);
    if (state == KeyState::there || state == KeyState::damaged) there.push_back(key);
    if (state != KeyState::lost) continue;
    std::lock_guard lock(mutex_);
    gone_.insert(key);
  }
  if (auto done = destroy(there); !done) return Err(done.error());
  return there.size();
}

Result<KeyStore::Rotated, std::string> KeyStore::rotate(const std::string& master_file) {
  const Paths paths(options_.directory);
  std::lock_guard writing(writing_);
  if (master_file.empty() && !own_master_)
    return Err(std::string("Expected the file of the new master key, because the one in use is kept elsewhere, but none is ") +
               "named. Name it with --master-key-file; from then on comd is started with it.");
  auto next = master_file.empty() ? Result<Key, std::string>(Key::random()) : read_master(master_file);
  if (!next) return Err(next.error());
  if (master_file.empty())
    if (auto written = write_master(paths.next_master, *next); !written) return Err(written.error());
  const auto unopened = file_->rewrap(*next);
  if (!unopened) return Err(unopened.error());
  if (master_file.empty()) {
    if (::rename(paths.next_master.c_str(), paths.master.c_str()) != 0)
      return Err("Expected to put " + paths.next_master + " in the place of " + paths.master + ", but: " + std::strerror(errno) +
                 ". The keys are wrapped with the new one: keep both files; the next start puts it right.");
  } else {
    own_master_ = false;
  }
  return Rotated{file_->master_number(), file_->slots() - 2, *unopened};
}

KeyStore::Figures KeyStore::figures() const {
  const Paths paths(options_.directory);
  return {paths.keys, file_->master_number(), file_->slots(),
          !options_.master_file.empty()   ? options_.master_file
          : !options_.master_text.empty() ? "COMD_MASTER_KEY"
                                          : paths.master};
}

}  // namespace comd::crypto
