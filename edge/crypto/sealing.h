#pragma once
#include "domain/product.h"
#include "edge/crypto/key_store.h"

/// Personal data to tokens (domain/sealed.h), and back. Tokens are made where data comes in, and opened where it goes out to
/// somebody who may see it; in between nobody can. Thread-safe; a few microseconds a token.
namespace comd::crypto {

/// What is shown in the place of what does not open.
inline constexpr std::string_view kErased = "erased", kUnreadable = "unreadable";

class Sealing {
 public:
  /// No keys: nothing is sealed, and every function below leaves everything as it is.
  explicit Sealing(std::shared_ptr<KeyStore> keys = nullptr) : keys_(std::move(keys)) {}

  bool on() const { return keys_ != nullptr; }
  const std::shared_ptr<KeyStore>& keys() const { return keys_; }

  // ── Coming in ───────────────────────────────────────────────────────────────────────────────────────────────────────
  /// The document, the parties, the places, and the characteristics called `personal`, under keys of this order: one for each
  /// party, and one for the rest, which is the party's if there is only one. Without parties the order is its own data subject.
  Result<void, Rejection> seal(Order&, const OrderId&, const std::vector<std::string>& personal) const;
  /// What says the same as in an earlier version of the order gets the token it had there: otherwise all of it would seem changed.
  void keep_tokens(Order& sealed, const Order& earlier) const;
  /// Values that come later, under the key that `document`, the token of their order, was sealed with. Where that key is gone,
  /// and where `document` is empty, because nobody knows whose they are, they are not kept: kSealedErased.
  void seal(Values&, const TenantId&, const std::string& document, const std::vector<std::string>& personal) const;
  /// The same for a text.
  void seal(std::string& text, const TenantId&, const std::string& document) const;

  /// What an order is compared with when it is submitted again. No plain hash: what can be guessed could be tried.
  std::string digest(const Order&) const;
  /// By which the orders of a party are found. A party's id, or "order:" and the id of an order that names nobody.
  std::string pseudonym(const TenantId&, std::string_view id) const;

  // ── Going out ───────────────────────────────────────────────────────────────────────────────────────────────────────
  enum class Form { text, json };
  /// Puts what they stand for in the place of all tokens in a text. In JSON, a token that is a string of its own becomes the value
  /// that was sealed, of whatever type.
  void open(std::string& text, const TenantId&, Form) const;
  /// Those that do not open are left out: no activation system should take "erased" for a value.
  void open(Values&, const TenantId&) const;
  /// A product for another system: parties and places that do not open are called erased.
  void open(product::Snapshot&) const;
  /// An order's document; as it is if it does not open.
  void open_document(std::string& document, const TenantId&) const;

 private:
  /// JSON text; kErased or kUnreadable as a JSON string if there is no more to tell.
  struct Opened {
    std::string json;
    bool whole = false;
  };
  Opened open_token(std::string_view token, const TenantId&) const;
  std::string token(const FreshKey&, const TenantId&, std::string_view json) const;
  bool says_the_same(const std::string& token, const std::string& other, const TenantId&) const;

  std::shared_ptr<KeyStore> keys_;
};

/// An attribute of a document that would be taken for a token when it is given back: the refusal, or nothing.
std::optional<Rejection> looks_sealed(std::string_view document);

}  // namespace comd::crypto
