#pragma once
#include <openssl/types.h>

#include <memory>
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
  explicit Authority(const std::string& name);

  /// What clients are told to trust, in PEM.
  std::string certificate() const;

  /// A server's certificate, valid for these: "IP:127.0.0.1" or "DNS:localhost", separated by commas.
  Identity issue(const std::string& alternative_names) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
  using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

  static Key new_key();
  /// Of its own issuer; begins an hour ago so that a clock that is set back a little does no harm.
  static Certificate new_certificate(const std::string& common_name);
  void sign(X509* certificate) const;

  std::string name_;
  Key key_;
  Certificate certificate_;
};

}  // namespace comd::test
