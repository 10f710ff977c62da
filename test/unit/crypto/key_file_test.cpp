#include "edge/crypto/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "test/contract/temp_dir.h"

namespace comd::crypto {
namespace {

using ::testing::HasSubstr;

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

class KeyFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<KeyFile> create() { return std::move(*KeyFile::create(path, master)); }
  std::unique_ptr<KeyFile> open() {
    auto file = KeyFile::open(path, master);
    EXPECT_TRUE(file) << (file ? "" : file.error().message);
    return file ? std::move(*file) : nullptr;
  }
  static KeyState state_of(const KeyFile& file, const KeyId& id) {
    Key unused;
    return file.find(id, unused);
  }

  const contract::TempDir dir;
  const std::string path = dir.path() + "/keys";
  const Key master = Key::random();
};

TEST_F(KeyFileTest, KeepsItsKeysUnderTheMasterKey) {
  std::vector<FreshKey> keys;
  std::string index_key;
  {
    const auto file = create();
    keys = *file->add(3);
    index_key = file->index_key().bytes();
    EXPECT_EQ(file->slots(), 5u);
  }
  for (const FreshKey& key : keys) EXPECT_EQ(bytes_of(path).find(key.key.bytes()), std::string::npos) << "wrapped";
  const auto file = open();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->index_key().bytes(), index_key);
  for (const FreshKey& key : keys) {
    Key found;
    EXPECT_EQ(KeyId::parse(key.id.text()), key.id);
    EXPECT_EQ(file->find(key.id, found), KeyState::there);
    EXPECT_EQ(found.bytes(), key.key.bytes());
  }
  EXPECT_EQ(state_of(*file, KeyId{2, "xxxxxxxx"}), KeyState::lost) << "another key has that slot";
  EXPECT_EQ(state_of(*file, KeyId{99, keys[0].id.check}), KeyState::lost);
}

TEST_F(KeyFileTest, AnotherMasterKeyIsRefusedByName) {
  create();
  const auto file = KeyFile::open(path, Key::random());
  ASSERT_FALSE(file);
  EXPECT_TRUE(file.error().wrong_master);
  EXPECT_THAT(file.error().message, HasSubstr("--master-key-file"));
}

TEST_F(KeyFileTest, OneProcessAtATime) {
  const auto mine = create();
  const auto second = KeyFile::open(path, master);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
}

TEST_F(KeyFileTest, WhatIsDestroyedIsZerosOnDisk) {
  const auto file = create();
  const auto keys = *file->add(3);
  ASSERT_TRUE(file->destroy({keys[1].id, keys[1].id, KeyId{77, "notthere"}}));
  EXPECT_EQ(bytes_of(path).substr(3 * KeyFile::kSlot, KeyFile::kSlot), std::string(KeyFile::kSlot, '\0'));
  EXPECT_EQ(state_of(*file, keys[1].id), KeyState::destroyed);
  EXPECT_EQ(state_of(*file, keys[0].id), KeyState::there);
  EXPECT_EQ(state_of(*file, keys[2].id), KeyState::there);
}

TEST_F(KeyFileTest, NeverDestroysTheKeyThatHoldsTheSlotByNow) {
  const auto file = create();
  const auto keys = *file->add(1);
  ASSERT_TRUE(file->destroy({KeyId{keys[0].id.slot, "xxxxxxxx"}}));
  EXPECT_EQ(state_of(*file, keys[0].id), KeyState::there);
}

TEST_F(KeyFileTest, AFlippedByteIsDamageAndHarmsNoOther) {
  std::vector<FreshKey> keys;
  { keys = *create()->add(2); }
  auto bytes = bytes_of(path);
  bytes[2 * KeyFile::kSlot + 20] = static_cast<char>(bytes[2 * KeyFile::kSlot + 20] ^ 1);
  write(path, bytes);
  const auto file = open();
  ASSERT_TRUE(file);
  EXPECT_EQ(state_of(*file, keys[0].id), KeyState::damaged);
  EXPECT_EQ(state_of(*file, keys[1].id), KeyState::there);
}

TEST_F(KeyFileTest, ABlockThatACrashToreIsPassedOver) {
  std::vector<FreshKey> keys;
  { keys = *create()->add(4); }
  for (const std::size_t left : {6 * KeyFile::kSlot - 1, 5 * KeyFile::kSlot + 7, 4 * KeyFile::kSlot + 40}) {
    auto bytes = bytes_of(path);
    bytes.resize(left);
    write(path, bytes);
    const auto file = open();
    ASSERT_TRUE(file);
    EXPECT_EQ(state_of(*file, keys[0].id), KeyState::there);
    EXPECT_NE(state_of(*file, keys[3].id), KeyState::there);
    const auto more = *file->add(1);
    EXPECT_GT(more[0].id.slot * KeyFile::kSlot, left - KeyFile::kSlot) << "never on top of what may have been written";
    EXPECT_EQ(state_of(*file, more[0].id), KeyState::there);
  }
}

TEST_F(KeyFileTest, RewrappingKeepsTheKeysAndRetiresTheOldMasterKey) {
  const Key next = Key::random();
  std::vector<FreshKey> keys;
  {
    const auto file = create();
    keys = *file->add(5000);
    ASSERT_TRUE(file->destroy({keys[7].id}));
    const auto before = bytes_of(path);
    EXPECT_EQ(file->rewrap(next).value(), 0u);
    EXPECT_EQ(file->master_number(), 2u);
    EXPECT_EQ(bytes_of(path).size(), before.size());
    EXPECT_EQ(state_of(*file, keys[4999].id), KeyState::there);
    EXPECT_EQ(state_of(*file, keys[7].id), KeyState::destroyed);
    EXPECT_EQ(state_of(*file, (*file->add(1))[0].id), KeyState::there);
    EXPECT_FALSE(KeyFile::open(path, next)) << "still locked";
  }
  EXPECT_FALSE(KeyFile::open(path, master));
  const auto file = KeyFile::open(path, next);
  ASSERT_TRUE(file);
  EXPECT_EQ(state_of(**file, keys[0].id), KeyState::there);
}

TEST_F(KeyFileTest, ARewrapThatACrashCutOffLeavesTheOldFile) {
  std::vector<FreshKey> keys;
  { keys = *create()->add(2); }
  write(path + ".new", "half of a file");
  const auto file = open();
  ASSERT_TRUE(file);
  EXPECT_EQ(state_of(*file, keys[0].id), KeyState::there);
  EXPECT_TRUE(file->rewrap(Key::random()));
  EXPECT_EQ(state_of(*file, keys[1].id), KeyState::there);
}

TEST_F(KeyFileTest, WhatIsNoKeyFileIsRefused) {
  write(path, std::string(500, 'x'));
  EXPECT_THAT(KeyFile::open(path, master).error().message, HasSubstr("not"));
  write(path, "");
  EXPECT_FALSE(KeyFile::open(path, master));
}

}  // namespace
}  // namespace comd::crypto
