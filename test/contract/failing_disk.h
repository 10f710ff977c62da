#pragma once
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/env.h>

namespace comd::contract {

/// A disk that knows which bytes were synced, so that a test can have the image a power cut would leave, and whose syncs or
/// writes of the write-ahead log can be made to fail.
class FailingDisk final : public rocksdb::EnvWrapper {
 public:
  FailingDisk() : EnvWrapper(rocksdb::Env::Default()) {}

  std::atomic<bool> fail_syncs{false};
  std::atomic<bool> fail_writes{false};
  std::atomic<bool> full{false};  ///< no file can be made any more either

  /// Copies `from` to `to` as it would be found after a power cut now.
  void power_cut_image(const std::string& from, const std::string& to) {
    namespace fs = std::filesystem;
    fs::create_directories(to);
    const std::lock_guard lock(mutex_);
    for (const auto& file : fs::directory_iterator(from)) {
      const fs::path copy = fs::path(to) / file.path().filename();
      fs::copy_file(file.path(), copy);
      if (const auto it = synced_.find(file.path().string()); it != synced_.end()) fs::resize_file(copy, *it->second);
    }
  }

  // An image is of one moment: no file goes while it is taken.
  rocksdb::Status DeleteFile(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    return target()->DeleteFile(name);
  }

  rocksdb::Status NewWritableFile(const std::string& name, std::unique_ptr<rocksdb::WritableFile>* out,
                                  const rocksdb::EnvOptions& options) override {
    if (full) return rocksdb::Status::NoSpace("No space left on device");
    std::unique_ptr<rocksdb::WritableFile> file;
    const auto status = target()->NewWritableFile(name, &file, options);
    if (!status.ok()) return status;
    const auto synced = std::make_shared<std::atomic<std::uint64_t>>(0);
    {
      const std::lock_guard lock(mutex_);
      synced_[name] = synced;
    }
    *out = std::make_unique<File>(std::move(file), synced, name.ends_with(".log") ? this : nullptr);
    return status;
  }

  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex_);
    if (const auto it = synced_.find(from); it != synced_.end()) {
      synced_[to] = it->second;
      synced_.erase(it);
    }
    return target()->RenameFile(from, to);
  }

 private:
  using Synced = std::shared_ptr<std::atomic<std::uint64_t>>;

  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(std::unique_ptr<rocksdb::WritableFile> file, Synced synced, const FailingDisk* failing)
        : WritableFileWrapper(file.get()), file_(std::move(file)), synced_(std::move(synced)), failing_(failing) {}

    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (failing_ && (failing_->fail_writes || failing_->full)) return rocksdb::Status::NoSpace("No space left on device");
      written_ += data.size();
      return file_->Append(data);
    }
    rocksdb::Status Append(const rocksdb::Slice& data, const rocksdb::DataVerificationInfo&) override { return Append(data); }
    rocksdb::Status Sync() override { return synced(file_->Sync()); }
    rocksdb::Status Fsync() override { return synced(file_->Fsync()); }

   private:
    rocksdb::Status synced(rocksdb::Status status) {
      if (failing_ && failing_->fail_syncs) return rocksdb::Status::IOError("Input/output error");
      if (status.ok()) *synced_ = written_;
      return status;
    }
    std::unique_ptr<rocksdb::WritableFile> file_;
    Synced synced_;
    const FailingDisk* failing_;
    std::uint64_t written_ = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Synced> synced_;
};

}  // namespace comd::contract
