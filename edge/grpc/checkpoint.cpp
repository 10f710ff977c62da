#include "edge/grpc/checkpoint.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>

namespace comd::north {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Bio = std::unique_ptr<BIO, Free>;

std::string content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

/// Written beside, then put in its place: two processes or a crash never leave half a key.
bool write_private(const std::string& path, const std::string& text) {
  namespace fs = std::filesystem;
  const std::string fresh = path + ".new";
  std::error_code error;
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error || !(out << text) || !out.flush()) return false;
  }
  fs::rename(fresh, path, error);
  return !error;
}

Result<Key, std::string> make_key(const std::string& path) {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!key || !bio || PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return Err(std::string("Expected to make a key to sign checkpoints with, but OpenSSL could not"));
  if (!write_private(path, content(bio.get())))
    return Err("Expected to write the key that signs checkpoints to " + path + ", but could not. Check its directory");
  return key;
}

Result<Key, std::string> key_in(const std::string& path) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  std::ifstream in(path, std::ios::binary);
  if (!in && !std::filesystem::exists(path)) return make_key(path);
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    return Err("Expected " + path + " to hold an Ed25519 private key (PEM), but it does not. Make one with: openssl genpkey " +
               "-algorithm ed25519 -out " + path);
  return key;
}

}  // namespace

std::string text_of(const Checkpoint& c) {
  return "comd checkpoint 1\nposition: " + std::to_string(number(c.link.position)) + "\nhash: " + to_hex(c.link.hash) +
         "\nepoch: " + std::to_string(c.epoch) + "\ntime: " + to_text(c.at) + "\n";
}

Result<Signed, std::string> sign(const Checkpoint& checkpoint, const std::string& key_file) {
  auto key = key_in(key_file);
  if (!key) return Err(key.error());
  Signed out{text_of(checkpoint), std::string(64, '\0'), {}};
  std::size_t size = out.signature.size();
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  const Bio pem(BIO_new(BIO_s_mem()));
  const bool done = context && pem && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key->get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.signature.data()), &size,
                                   reinterpret_cast<const unsigned char*>(out.text.data()), out.text.size()) == 1 &&
                    PEM_write_bio_PUBKEY(pem.get(), key->get()) == 1;
  if (!done) return Err(std::string("Expected to sign a checkpoint, but OpenSSL could not"));
  out.public_key = content(pem.get());
  return out;
}

}  // namespace comd::north
