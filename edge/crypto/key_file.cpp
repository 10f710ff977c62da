#include "edge/crypto/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <utility>

namespace comd::crypto {
namespace {

constexpr std::string_view kMagic = "COMDKEYS";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kSlot = KeyFile::kSlot, kCheck = 8;
constexpr std::uint64_t kIndexSlot = 1, kFirstSlot = 2;
constexpr std::size_t kWrapped = kSealOverhead + Key::kSize;
constexpr std::size_t kChunk = 4096;  ///< slots read or written at once

void put_number(std::string& to, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<char>((number >> (8 * i)) & 255));
}
std::uint32_t number_at(std::string_view bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return out;
}

std::string context_of(std::uint64_t slot) {
  std::string out = "comd key slot ";
  put_number(out, slot, 8);
  return out;
}

std::string wrap(const MasterKey& master, std::uint64_t slot, const Key& key) {
  std::string out = seal(master.key, key.bytes(), context_of(slot));
  put_number(out, master.number, 4);
  return out;
}

std::optional<Key> unwrap(const Key& master, std::uint64_t slot, std::string_view bytes) {
  auto plain = crypto::open(master, bytes.substr(0, kWrapped), context_of(slot));
  if (!plain) return std::nullopt;
  Key key = Key::of(*plain);
  std::fill(plain->begin(), plain->end(), '\0');
  return key;
}

bool is_zero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

std::string check_of(const Key& key) {
  return base64url(sha256("comd key id" + std::string(key.bytes())).substr(0, kCheck * 3 / 4));
}

std::string failure(const std::string& what, const std::string& path) {
  return "Expected to " + what + " " + path + ", but: " + std::strerror(errno) + ".";
}

bool write_all(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return true;
}

/// As much as there is.
std::string read_some(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t done = ::pread(fd, bytes.data() + have, size - have, static_cast<off_t>(offset + have));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) break;
    have += static_cast<std::size_t>(done);
  }
  bytes.resize(have);
  return bytes;
}

bool sync_directory(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

std::string header() {
  std::string out(kMagic);
  put_number(out, kFormat, 4);
  out.resize(kSlot, '\0');
  return out;
}

}  // namespace

std::string KeyId::text() const { return std::to_string(slot) + "-" + check; }

std::optional<KeyId> KeyId::parse(std::string_view text) {
  KeyId id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.slot);
  const std::size_t digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || text.size() != digits + 1 + kCheck || text[digits] != '-') return std::nullopt;
  id.check = text.substr(digits + 1);
  return id;
}

KeyFile::KeyFile(std::string path, int fd, MasterKey master, Key index_key, std::uint64_t slots)
    : path_(std::move(path)), fd_(fd), master_(std::move(master)), slots_(slots), index_key_(std::move(index_key)) {}

KeyFile::~KeyFile() { ::close(fd_); }

std::uint32_t KeyFile::master_number() const {
  std::shared_lock lock(mutex_);
  return master_.number;
}

std::uint64_t KeyFile::slots() const {
  std::shared_lock lock(mutex_);
  return slots_;
}

Result<std::unique_ptr<KeyFile>, std::string> KeyFile::create(const std::string& path, const Key& master) {
  const std::string next = path + ".new";
  const int fd = ::open(next.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Err(failure("make the key file", next));
  const MasterKey first{master, 1};
  Key index_key = Key::random();
  const bool written = write_all(fd, header() + wrap(first, kIndexSlot, index_key), 0) && ::fsync(fd) == 0 &&
                       ::flock(fd, LOCK_EX | LOCK_NB) == 0 && ::rename(next.c_str(), path.c_str()) == 0 && sync_directory(path);
  if (!written) {
    auto why = failure("write the key file", path);
    ::close(fd);
    return Err(std::move(why));
  }
  return std::unique_ptr<KeyFile>(new KeyFile(path, fd, first, std::move(index_key), kFirstSlot));
}

Result<std::unique_ptr<KeyFile>, KeyFile::OpenError> KeyFile::open(const std::string& path, const Key& master) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return Err(OpenError{failure("open the key file", path)});
  const auto refuse = [&](std::string message, bool wrong_master = false) {
    ::close(fd);
    return Err(OpenError{std::move(message), wrong_master});
  };
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    return refuse("Expected the key file " + path + " to be free, but another process has it. One comd, one --keys directory.");
  const std::string head = read_some(fd, 0, 2 * kSlot);
  if (head.size() < 2 * kSlot || !head.starts_with(kMagic))
    return refuse("Expected " + path +
                  " to be a key file of comd, but it is not. Put back the one from your backup of the keys.");
  if (number_at(std::string_view(head).substr(kMagic.size())) != kFormat)
    return refuse("Expected the key file " + path + " in format " + std::to_string(kFormat) +
                  ", but it has another. A newer comd wrote it: start that one.");
  auto index_key = unwrap(master, kIndexSlot, std::string_view(head).substr(kSlot));
  const std::uint32_t number = number_at(std::string_view(head).substr(kSlot + kWrapped));
  if (!index_key)
    return refuse("Expected the master key that " + path + " is wrapped with (its number is " + std::to_string(number) +
                      "), but the one given is another. Give the right one with --master-key-file or COMD_MASTER_KEY.",
                  true);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return refuse(failure("look at the key file", path));
  // Rounded up: what a crash left of a block is passed over.
  const auto slots = (static_cast<std::uint64_t>(info.st_size) + kSlot - 1) / kSlot;
  return std::unique_ptr<KeyFile>(new KeyFile(path, fd, {master, number}, *std::move(index_key), slots));
}

KeyState KeyFile::find(const KeyId& id, Key& found) const {
  std::shared_lock lock(mutex_);
  if (id.slot < kFirstSlot || id.slot >= slots_) return KeyState::lost;
  const std::string bytes = read_some(fd_, id.slot * kSlot, kSlot);
  if (bytes.size() < kSlot) return KeyState::damaged;
  if (is_zero(bytes)) return KeyState::destroyed;
  auto key = unwrap(master_.key, id.slot, bytes);
  if (!key) return KeyState::damaged;
  if (check_of(*key) != id.check) return KeyState::lost;
  found = *std::move(key);
  return KeyState::there;
}

Result<std::vector<FreshKey>, std::string> KeyFile::add(std::size_t count) {
  std::uint64_t slot = slots();
  const std::uint64_t offset = slot * kSlot;
  std::vector<FreshKey> out;
  std::string block;
  out.reserve(count);
  block.reserve(count * kSlot);
  for (; out.size() < count; ++slot) {
    FreshKey fresh{{slot, {}}, Key::random()};
    fresh.id.check = check_of(fresh.key);
    block += wrap(master_, slot, fresh.key);
    out.push_back(std::move(fresh));
  }
  if (!write_all(fd_, block, offset) || ::fdatasync(fd_) != 0) return Err(failure("add keys to", path_));
  std::unique_lock lock(mutex_);
  slots_ = slot;
  return out;
}

Result<void, std::string> KeyFile::destroy(const std::vector<KeyId>& ids) {
  const std::string zeros(kSlot, '\0');
  bool wrote = false;
  for (const KeyId& id : ids) {
    Key unused;
    const KeyState state = find(id, unused);
    if (state != KeyState::there && state != KeyState::damaged) continue;
    if (!write_all(fd_, zeros, id.slot * kSlot)) return Err(failure("destroy a key in", path_));
    wrote = true;
  }
  if (wrote && ::fdatasync(fd_) != 0) return Err(failure("destroy keys in", path_));
  return {};
}

Result<std::uint64_t, std::string> KeyFile::rewrap(const Key& master) {
  const MasterKey next{master, master_.number + 1};
  const std::string path = path_ + ".new";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Err(failure("make the key file", path));
  const auto give_up = [&](const std::string& what) {
    auto why = failure(what, path);
    ::close(fd);
    ::unlink(path.c_str());
    return Err(std::move(why));
  };
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 || !write_all(fd, header(), 0)) return give_up("write");
  std::uint64_t kept = 0;
  for (std::uint64_t slot = kIndexSlot; slot < slots_; slot += kChunk) {
    const std::size_t count = std::min<std::uint64_t>(kChunk, slots_ - slot);
    std::string chunk = read_some(fd_, slot * kSlot, count * kSlot);
    chunk.resize(count * kSlot, '\0');
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view bytes = std::string_view(chunk).substr(i * kSlot, kSlot);
      if (is_zero(bytes)) continue;
      if (const auto key = unwrap(master_.key, slot + i, bytes))
        chunk.replace(i * kSlot, kSlot, wrap(next, slot + i, *key));
      else
        ++kept;
    }
    if (!write_all(fd, chunk, slot * kSlot)) return give_up("write");
  }
  if (::fsync(fd) != 0) return give_up("write");
  std::unique_lock lock(mutex_);
  if (::rename(path.c_str(), path_.c_str()) != 0) return give_up("put in place");
  ::close(std::exchange(fd_, fd));
  master_ = next;
  if (!sync_directory(path_)) return Err(failure("make durable the new name of", path_));
  return kept;
}

KeyFile::Piece KeyFile::read(std::uint64_t offset, std::size_t size) const {
  std::shared_lock lock(mutex_);
  const std::uint64_t total = slots_ * kSlot;
  const std::size_t left = offset >= total ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(size, total - offset));
  return {read_some(fd_, offset, left), total, master_.number};
}

}  // namespace comd::crypto
