#include "test/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace comd::test {
namespace {

using Bytes = std::unique_ptr<BIO, decltype(&BIO_free)>;

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  if (extension == nullptr) throw std::runtime_error("Expected OpenSSL to know the extension " + value + ", but it does not.");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string text_of(const Bytes& bytes) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(bytes.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bytes bytes(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bytes.get(), certificate);
  return text_of(bytes);
}

std::string pem_of(EVP_PKEY* key) {
  const Bytes bytes(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bytes.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bytes);
}

}  // namespace

Authority::Authority(const std::string& name) : name_(name), key_(new_key()), certificate_(new_certificate(name)) {
  X509_set_pubkey(certificate_.get(), key_.get());
  add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate_.get(), NID_key_usage, "critical,keyCertSign");
  sign(certificate_.get());
}

std::string Authority::certificate() const { return pem_of(certificate_.get()); }

Identity Authority::issue(const std::string& alternative_names) const {
  const Key key = new_key();
  const Certificate certificate = new_certificate("server of " + name_);
  X509_set_pubkey(certificate.get(), key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  add_extension(certificate.get(), NID_subject_alt_name, alternative_names);
  sign(certificate.get());
  return {pem_of(certificate.get()), pem_of(key.get())};
}

Authority::Key Authority::new_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  if (!key) throw std::runtime_error("Expected OpenSSL to make a P-256 key, but it does not.");
  return key;
}

Authority::Certificate Authority::new_certificate(const std::string& common_name) {
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

void Authority::sign(X509* certificate) const {
  if (X509_sign(certificate, key_.get(), EVP_sha256()) == 0)
    throw std::runtime_error("Expected OpenSSL to sign a certificate, but it does not.");
}

}  // namespace comd::test
