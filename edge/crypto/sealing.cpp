#include "edge/crypto/sealing.h"

#include <algorithm>
#include <map>
#include <utility>

#include "domain/sealed.h"

namespace comd::crypto {
namespace {

/// What a token may only be opened as: of that tenant, and of that kind.
std::string context_of(std::string_view kind, const TenantId& tenant) { return std::string(kind) + tenant.value; }

bool is_personal(const std::string& name, const std::vector<std::string>& personal) {
  return std::ranges::find(personal, name) != personal.end();
}

bool is_token_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// The length of the token that the text begins with; 0: none does.
std::size_t token_length(std::string_view text) {
  if (text.starts_with(kSealedErased)) return kSealedErased.size();
  if (!text.starts_with(kSealedText)) return 0;
  const std::string key = key_of_token(text.substr(0, kSealedText.size() + 40));
  if (!KeyId::parse(key)) return 0;
  std::size_t end = kSealedText.size() + key.size() + 1;
  const std::size_t begin = end;
  while (end < text.size() && is_token_char(text[end])) ++end;
  return end == begin ? 0 : end;
}

/// As it reads inside of a JSON string.
std::string escaped(std::string_view text) {
  const std::string json = text_value(text).json;
  return json.substr(1, json.size() - 2);
}

}  // namespace

std::string Sealing::token(const FreshKey& key, const TenantId& tenant, std::string_view json) const {
  return std::string(kSealedText) + key.id.text() + ":" + base64url(crypto::seal(key.key, json, context_of(kSealedText, tenant)));
}

Result<void, Rejection> Sealing::seal(Order& order, const OrderId& id, const std::vector<std::string>& personal) const {
  if (!on()) return {};
  std::map<std::string, std::size_t> subjects;  // to the number of its key
  for (const auto* list : {&order.parties, &order.others})
    for (const PartyRef& party : *list) subjects.try_emplace(party.id, subjects.size());
  const bool itself = subjects.empty();
  auto taken = keys_->take(subjects.size() < 2 ? 1 : subjects.size() + 1);
  if (!taken)
    return Err(Rejection{RejectionCode::unavailable,
                         "Expected a key for the order's personal data, but none can be made: " + taken.error(),
                         {},
                         "Try again; the operator has to look at the disk of the keys"});
  const TenantId& tenant = order.tenant;
  const FreshKey& own = taken->back();
  for (auto* list : {&order.parties, &order.others})
    for (PartyRef& party : *list) {
      party.sealed = token((*taken)[subjects[party.id]], tenant, text_value(party.id).json);
      party.id = pseudonym(tenant, party.id);
    }
  if (itself) {
    const std::string name = "order:" + id.value;
    order.others.push_back({pseudonym(tenant, name), std::string(kOrderItself), token(own, tenant, text_value(name).json)});
  }
  for (OrderItem& item : order.items) {
    for (PlaceRef& place : item.places)
      for (std::string* text : {&place.id, &place.name})
        if (!text->empty()) *text = token(own, tenant, text_value(*text).json);
    for (auto& [name, value] : item.characteristics)
      if (is_personal(name, personal) && value.json != "null") value = text_value(token(own, tenant, value.json));
  }
  order.document =
      std::string(kSealedBytes) + own.id.text() + ":" + crypto::seal(own.key, order.document, context_of(kSealedBytes, tenant));
  return {};
}

void Sealing::seal(Values& values, const TenantId& tenant, const std::string& document,
                   const std::vector<std::string>& personal) const {
  if (!on() || (!document.empty() && !is_sealed(document))) return;  // an order from before there were keys
  std::optional<FreshKey> key;
  bool looked = false;
  for (auto& [name, value] : values) {
    if (!is_personal(name, personal) || value.json == "null") continue;
    if (!std::exchange(looked, true)) {
      const auto id = KeyId::parse(key_of_token(document));
      FreshKey found;
      if (id && keys_->find(*id, found.key) == KeyState::there) {
        found.id = *id;
        key = std::move(found);
      }
    }
    value = text_value(key ? token(*key, tenant, value.json) : std::string(kSealedErased));
  }
}

void Sealing::seal(std::string& text, const TenantId& tenant, const std::string& document) const {
  if (!on() || text.empty()) return;
  Values one{{"text", text_value(text)}};
  seal(one, tenant, document, {"text"});
  text = *as_text(one["text"]);
}

bool Sealing::says_the_same(const std::string& token, const std::string& other, const TenantId& tenant) const {
  if (!is_sealed(token) || !is_sealed(other)) return false;
  const Opened a = open_token(token, tenant), b = open_token(other, tenant);
  return a.whole && b.whole && a.json == b.json;
}

void Sealing::keep_tokens(Order& sealed, const Order& earlier) const {
  if (!on()) return;
  const auto keep = [&](std::string& token, const std::string& known) {
    if (says_the_same(token, known, sealed.tenant)) token = known;
  };
  for (OrderItem& item : sealed.items) {
    const OrderItem* known = find_item(earlier, item.id);
    if (known == nullptr) continue;
    for (auto& [name, value] : item.characteristics) {
      const auto before = known->characteristics.find(name);
      if (before == known->characteristics.end()) continue;
      std::string token = as_text(value).value_or("");
      keep(token, as_text(before->second).value_or(""));
      if (!token.empty() && is_sealed(value)) value = text_value(token);
    }
    for (std::size_t i = 0; i < std::min(item.places.size(), known->places.size()); ++i) {
      keep(item.places[i].id, known->places[i].id);
      keep(item.places[i].name, known->places[i].name);
    }
  }
}

std::string Sealing::digest(const Order& order) const {
  return hex(on() ? hmac_sha256(keys_->index_key(), "digest\n" + order.document) : sha256(order.document));
}

std::string Sealing::pseudonym(const TenantId& tenant, std::string_view id) const {
  if (!on()) return std::string(id);
  const std::string text = "party\n" + std::to_string(tenant.value.size()) + ":" + tenant.value + "\n" + std::string(id);
  return base64url(hmac_sha256(keys_->index_key(), text).substr(0, 16));
}

Sealing::Opened Sealing::open_token(std::string_view token, const TenantId& tenant) const {
  const auto shown = [](std::string_view word) { return Opened{text_value(word).json, false}; };
  if (token == kSealedErased) return shown(kErased);
  const std::string name = key_of_token(token);
  const auto id = KeyId::parse(name);
  if (!id) return shown(kUnreadable);
  Key key;
  const KeyState state = keys_->find(*id, key);
  if (state != KeyState::there) return shown(state == KeyState::destroyed ? kErased : kUnreadable);
  const bool bytes = token.starts_with(kSealedBytes);
  const std::string_view rest = token.substr(kSealedText.size() + name.size() + 1);
  const auto sealed = bytes ? std::optional(std::string(rest)) : from_base64url(rest);
  auto json = sealed ? crypto::open(key, *sealed, context_of(bytes ? kSealedBytes : kSealedText, tenant)) : std::nullopt;
  if (!json) return shown(kUnreadable);
  return {*std::move(json), true};
}

void Sealing::open(std::string& text, const TenantId& tenant, Form form) const {
  constexpr std::string_view kStart = "sealed:";
  if (!on()) return;
  std::size_t at = text.find(kStart);
  if (at == std::string::npos) return;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = text.find(kStart, at)) {
    const std::size_t length = token_length(std::string_view(text).substr(at));
    if (length == 0) {
      at += kStart.size();
      continue;
    }
    const std::string json = open_token(std::string_view(text).substr(at, length), tenant).json;
    const bool whole =
        form == Form::json && at > 0 && text[at - 1] == '"' && at + length < text.size() && text[at + length] == '"';
    out.append(text, done, at - done - (whole ? 1 : 0));
    if (whole) {
      out += json;
    } else {
      const std::string plain = as_text(Value{json}).value_or(json);
      out += form == Form::json ? escaped(plain) : plain;
    }
    at = done = at + length + (whole ? 1 : 0);
  }
  text = out.append(text, done);
}

void Sealing::open(Values& values, const TenantId& tenant) const {
  if (!on()) return;
  for (auto it = values.begin(); it != values.end();) {
    if (!is_sealed(it->second)) {
      ++it;
      continue;
    }
    auto opened = open_token(as_text(it->second).value_or(""), tenant);
    if (!opened.whole) {
      it = values.erase(it);
      continue;
    }
    it->second.json = std::move(opened.json);
    ++it;
  }
}

void Sealing::open(product::Snapshot& product) const {
  if (!on()) return;
  const auto plain = [&](const std::string& token) {
    return as_text(Value{open_token(token, product.tenant).json}).value_or(std::string(kUnreadable));
  };
  for (PartyRef& party : product.parties)
    if (!party.sealed.empty()) party.id = plain(std::exchange(party.sealed, {}));
  for (PlaceRef& place : product.places)
    for (std::string* text : {&place.id, &place.name})
      if (is_sealed(*text)) *text = plain(*text);
  open(product.characteristics, product.tenant);
  for (product::ServiceRecord& service : product.services) {
    open(service.characteristics, product.tenant);
    open(service.outputs, product.tenant);
  }
}

void Sealing::open_document(std::string& document, const TenantId& tenant) const {
  if (!on() || !document.starts_with(kSealedBytes)) return;
  if (auto opened = open_token(document, tenant); opened.whole) document = std::move(opened.json);
}

std::optional<Rejection> looks_sealed(std::string_view document) {
  for (const std::string_view start : {kSealedText, kSealedBytes, kSealedErased}) {
    if (document.find(start) == std::string_view::npos) continue;
    return Rejection{
        RejectionCode::invalid,
        "Expected texts of the order's own, but one holds \"" + std::string(start) + "\", by which comd knows what it has sealed",
        "", "Write it in another way"};
  }
  return std::nullopt;
}

}  // namespace comd::crypto
