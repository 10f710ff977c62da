#include <charconv>

#include <rocksdb/cache.h>
#include <rocksdb/write_batch.h>

#include "storage/rocks_store.h"
#include "storage/rocks_tables.h"

/// Generations of the row tables.
namespace comd::rocks {
namespace {

constexpr const char* kInUse = "generation";
constexpr const char* kNext = "next";

std::string name_of(Family family, std::uint32_t generation) {
  const std::string base = kFamilyNames[static_cast<std::size_t>(family)];
  return generation == 1 ? base : base + "." + std::to_string(generation);
}

std::uint64_t number_in(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

rocksdb::ColumnFamilyHandle* Store::find(const std::string& name) const {
  for (auto* handle : handles_)
    if (handle->GetName() == name) return handle;
  return nullptr;
}

rocksdb::Status Store::adopt_generation() {
  std::string text;
  const auto read = db_->Get({}, family(Family::meta), kInUse, &text);
  if (read.IsNotFound()) return rocksdb::Status::OK();
  if (!read.ok()) return read;
  generation_ = static_cast<std::uint32_t>(number_in(text));
  for (const auto which : {Family::work, Family::views}) {
    auto* handle = find(name_of(which, generation_));
    if (handle == nullptr) return rocksdb::Status::Corruption("its row tables of generation " + text + " are not there");
    families_[static_cast<std::size_t>(which)] = handle;
  }
  return rocksdb::Status::OK();
}

/// Tables of an earlier generation, and those that were begun and given up. One that is being made is gone on with.
rocksdb::Status Store::drop_leftovers() {
  std::string next;
  const auto read = db_->Get({}, family(Family::meta), kNext, &next);
  if (!read.ok() && !read.IsNotFound()) return read;
  const auto kept = read.ok() ? static_cast<std::uint32_t>(number_in(next)) : generation_;
  for (auto* handle : std::vector(handles_)) {
    const std::string name = handle->GetName();
    const auto which = family_named(name);
    const bool generations = which == Family::work || which == Family::views;
    if (!generations || name == name_of(*which, generation_) || name == name_of(*which, kept)) continue;
    if (auto status = forget(handle); !status.ok()) return status;
  }
  return rocksdb::Status::OK();
}

/// REQUIRES: nobody reads it.
rocksdb::Status Store::forget(rocksdb::ColumnFamilyHandle* handle) {
  if (auto status = db_->DropColumnFamily(handle); !status.ok()) return status;
  std::erase(handles_, handle);
  return db_->DestroyColumnFamilyHandle(handle);
}

Generation Store::next_generation(const std::string& build, bool afresh) {
  Generation out{generation_ + 1, nullptr, nullptr, 0, build};
  std::string next;
  const auto read = db_->Get({}, family(Family::meta), kNext, &next);
  if (!read.IsNotFound()) must(read);
  const std::string before = std::to_string(out.number) + " ", behind = " " + build;
  const bool begun = !afresh && next.starts_with(before) && next.ends_with(behind);
  if (begun) out.folded = number_in(std::string_view(next).substr(before.size()));
  const auto cache = rocksdb::NewLRUCache(std::size_t{16} << 20);
  for (const auto& [which, handle] : {std::pair{Family::work, &out.work}, {Family::views, &out.views}}) {
    const std::string name = name_of(which, out.number);
    *handle = find(name);
    if (*handle != nullptr && !begun) {
      must(forget(*handle));
      *handle = nullptr;
    }
    if (*handle != nullptr) continue;
    must(db_->CreateColumnFamily(table_options(which, cache), name, handle));
    handles_.push_back(*handle);
    out.folded = 0;
  }
  rocksdb::WriteBatch batch;
  folded(batch, out, Position{out.folded});
  must(db_->Write({}, &batch));
  return out;
}

void Store::folded(rocksdb::WriteBatch& batch, const Generation& generation, Position position) const {
  must(batch.Put(family(Family::meta), kNext,
                 std::to_string(generation.number) + " " + std::to_string(comd::number(position)) + " " + generation.build));
}

void Store::use(const Generation& generation) {
  rocksdb::WriteBatch batch;
  must(batch.Put(family(Family::meta), kInUse, std::to_string(generation.number)));
  must(batch.Delete(family(Family::meta), kNext));
  rocksdb::WriteOptions sync;
  sync.sync = true;
  must(db_->Write(sync, &batch));
  for (const auto& [which, fresh] : {std::pair{Family::work, generation.work}, {Family::views, generation.views}}) {
    auto* old = families_[static_cast<std::size_t>(which)].exchange(fresh);
    must(db_->DropColumnFamily(old));
    std::erase(handles_, old);
    gone_.push_back(old);
  }
  generation_ = generation.number;
}

void Store::drop(const Generation& generation) {
  rocksdb::WriteBatch batch;
  must(batch.Delete(family(Family::meta), kNext));
  must(db_->Write({}, &batch));
  for (auto* handle : {generation.work, generation.views}) must(forget(handle));
}

}  // namespace comd::rocks
