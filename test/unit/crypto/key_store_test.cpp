#include "edge/crypto/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include "test/contract/temp_dir.h"

namespace comd::crypto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KeyStoreTest : public ::testing::Test {
 protected:
  Result<std::shared_ptr<KeyStore>, std::string> try_open() {
    return KeyStore::open(options, [this](std::string text) { warnings.push_back(std::move(text)); });
  }
  std::shared_ptr<KeyStore> open() {
    auto store = try_open();
    EXPECT_TRUE(store) << (store ? "" : store.error());
    return store ? *store : nullptr;
  }
  static KeyState state_of(const KeyStore& store, const std::string& key) {
    Key unused;
    return store.find(*KeyId::parse(key), unused);
  }
  std::string in_dir(const std::string& name) const { return options.directory + "/" + name; }
  void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

  const contract::TempDir dir;
  KeyOptions options{dir.path() + "/keys", {}, {}, false, false};
  std::vector<std::string> warnings;
};

TEST_F(KeyStoreTest, MakesAMasterKeyForItselfOnceAndWarns) {
  open();
  EXPECT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings.front(), HasSubstr("master.key"));
  for (const auto* name : {"keys", "master.key"}) {
    struct stat info {};
    ASSERT_EQ(::stat(in_dir(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
  options.must_exist = true;
  EXPECT_TRUE(open());
  EXPECT_THAT(warnings, SizeIs(1));
}

TEST_F(KeyStoreTest, HandsOutEachKeyOnceAlsoAfterARestart) {
  std::set<std::string> seen;
  for (int round = 0; round < 3; ++round) {
    const auto store = open();
    for (int i = 0; i < 1000; ++i) {
      const auto keys = store->take(2);
      ASSERT_TRUE(keys) << keys.error();
      for (const auto& key : *keys) EXPECT_TRUE(seen.insert(std::to_string(key.id.slot)).second) << key.id.slot;
    }
  }
}

TEST_F(KeyStoreTest, WithoutItsFilesItSaysWhatToDo) {
  options.must_exist = true;
  EXPECT_THAT(try_open().error(), HasSubstr("--keys-lost"));
  options.accept_loss = true;
  EXPECT_TRUE(open());
  options.accept_loss = false;
  fs::remove(in_dir("master.key"));
  EXPECT_THAT(try_open().error(), HasSubstr("COMD_MASTER_KEY"));
  options.master_text = "too short";
  EXPECT_THAT(try_open().error(), HasSubstr("32 bytes"));
  options.master_text = hex(Key::random().bytes());
  EXPECT_THAT(try_open().error(), HasSubstr("is another"));
  EXPECT_THAT(try_open().error(), Not(HasSubstr(options.master_text)));
}

TEST_F(KeyStoreTest, ErasesOnItsOwnThread) {
  const auto store = open();
  const auto keys = *store->take(2);
  const std::string gone = keys[0].id.text();
  std::promise<bool> done;
  store->erase({gone, "no key", "99999-abcdefgh"}, [&](bool ok, const std::string&) { done.set_value(ok); });
  EXPECT_TRUE(done.get_future().get());
  EXPECT_EQ(state_of(*store, gone), KeyState::destroyed);
  EXPECT_EQ(state_of(*store, keys[1].id.text()), KeyState::there);
}

/// The log knows the erasures: an older key file must not bring anybody back.
TEST_F(KeyStoreTest, AnOlderFileForgetsAgain) {
  std::string early, late;
  {
    const auto store = open();
    early = store->take(1)->front().id.text();
  }
  fs::copy(in_dir("keys"), in_dir("backup"));
  {
    const auto store = open();
    late = store->take(1)->front().id.text();
    ASSERT_TRUE(store->destroy({early, late}));
  }
  fs::rename(in_dir("backup"), in_dir("keys"));
  const auto store = open();
  EXPECT_EQ(state_of(*store, early), KeyState::there);
  EXPECT_EQ(store->destroy_again({early, late}).value(), 1u);
  EXPECT_EQ(state_of(*store, early), KeyState::destroyed);
  EXPECT_EQ(state_of(*store, late), KeyState::destroyed) << "its slot may hold another key by now, and stays gone";
  EXPECT_EQ(store->destroy_again({early, late}).value(), 0u);
}

TEST_F(KeyStoreTest, RotatesItsOwnMasterKey) {
  const auto text = [&] {
    std::ifstream in(in_dir("master.key"));
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  std::string key;
  {
    const auto store = open();
    key = store->take(1)->front().id.text();
    const auto before = text();
    const auto rotated = store->rotate("");
    ASSERT_TRUE(rotated) << rotated.error();
    EXPECT_EQ(rotated->master_number, 2u);
    EXPECT_EQ(rotated->unopened, 0u);
    EXPECT_NE(text(), before);
    EXPECT_FALSE(fs::exists(in_dir("master.key.next")));
    EXPECT_EQ(state_of(*store, key), KeyState::there);
    EXPECT_TRUE(store->take(1));
  }
  EXPECT_EQ(state_of(*open(), key), KeyState::there);
}

/// Killed between its two renames: the keys are wrapped with the next master key, and master.key is still the old one.
TEST_F(KeyStoreTest, ARotationThatWasCutOffIsPutRightByTheNextStart) {
  std::string key;
  {
    const auto store = open();
    key = store->take(1)->front().id.text();
    fs::copy(in_dir("master.key"), in_dir("old"));
    ASSERT_TRUE(store->rotate(""));
  }
  fs::rename(in_dir("master.key"), in_dir("master.key.next"));
  fs::rename(in_dir("old"), in_dir("master.key"));
  EXPECT_EQ(state_of(*open(), key), KeyState::there);
  EXPECT_FALSE(fs::exists(in_dir("master.key.next")));
  // And before the first: the next one is of no use.
  write(in_dir("master.key.next"), hex(Key::random().bytes()));
  EXPECT_EQ(state_of(*open(), key), KeyState::there);
  EXPECT_FALSE(fs::exists(in_dir("master.key.next")));
}

TEST_F(KeyStoreTest, AMasterKeyKeptElsewhereIsReplacedByOneKeptElsewhere) {
  options.master_file = dir / "first";
  write(options.master_file, hex(Key::random().bytes()));
  write(dir / "second", base64url(Key::random().bytes()));
  {
    const auto store = open();
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_FALSE(fs::exists(in_dir("master.key")));
    EXPECT_THAT(store->rotate("").error(), HasSubstr("kept elsewhere"));
    EXPECT_THAT(store->rotate(dir / "nowhere").error(), HasSubstr("cannot be read"));
    EXPECT_TRUE(store->rotate(dir / "second"));
  }
  EXPECT_THAT(try_open().error(), HasSubstr("is another"));
  options.master_file = dir / "second";
  EXPECT_TRUE(open());
}

TEST_F(KeyStoreTest, ACopyOfItOpensLikeItself) {
  std::string key, copied;
  {
    const auto store = open();
    key = store->take(1)->front().id.text();
    for (std::uint64_t total = 1; copied.size() < total;) {
      auto piece = store->read(copied.size());
      total = piece.total;
      copied += piece.bytes;
    }
  }
  write(in_dir("keys"), copied);
  EXPECT_EQ(state_of(*open(), key), KeyState::there);
}

}  // namespace
}  // namespace comd::crypto
