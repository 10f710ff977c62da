#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

/// A certificate authority and server certificates made for one test: nothing secret, and nothing that runs out, is kept in the
/// repository.
namespace comd::test {

/// Both in PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  explicit Authority(const std::string& name) : name_(name), key_(new_key()), certificate_(new_certificate(name)) {
    X509_set_pubkey(certificate_.get(), key_.get());
    add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate_.get(), NID_key_usage, "critical,keyCertSign");
    sign(certificate_.get());
  }

  /// What clients are told to trust, in PEM.
  std::string certificate() const { return pem_of(certificate_.get()); }

  /// A server's certificate, valid for these: "IP:127.0.0.1" or "DNS:localhost", separated by commas.
  Identity issue(const std::string& alternative_names) const {
    const Key key = new_key();
    const Certificate certificate = new_certificate("server of " + name_);
    X509_set_pubkey(certificate.get(), key.get());
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
    add_extension(certificate.get(), NID_subject_alt_name, alternative_names);
    sign(certificate.get());
    return {pem_of(certificate.get()), pem_of(key.get())};
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  using Bytes = std::unique_ptr<BIO, decltype(&BIO_free)>;

  static Key new_key() {
    Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    if (!key) throw std::runtime_error("Expected OpenSSL to make a P-256 key, but it does not.");
    return key;
  }

  /// Of its own issuer; begins an hour ago so that a clock that is set back a little does no harm.
  static Certificate new_certificate(const std::string& common_name) {
    static long serial = 0;
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    return certificate;
  }

  static void add_extension(X509* certificate, int nid, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    if (extension == nullptr) throw std::runtime_error("Expected OpenSSL to know the extension " + value + ", but it does not.");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  void sign(X509* certificate) const {
    if (X509_sign(certificate, key_.get(), EVP_sha256()) == 0)
      throw std::runtime_error("Expected OpenSSL to sign a certificate, but it does not.");
  }

  static std::string text_of(const Bytes& bytes) {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(bytes.get(), &begin);
    return {begin, static_cast<std::size_t>(size)};
  }
  static std::string pem_of(X509* certificate) {
    const Bytes bytes(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_X509(bytes.get(), certificate);
    return text_of(bytes);
  }
  static std::string pem_of(EVP_PKEY* key) {
    const Bytes bytes(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PrivateKey(bytes.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bytes);
  }

  std::string name_;
  Key key_;
  Certificate certificate_;
};

}  // namespace comd::test
