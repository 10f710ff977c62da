#include "bench/load/order_text.h"

#include <functional>
#include <random>
#include <string_view>

namespace comd::bench {
namespace {

constexpr std::string_view kWords[] = {
    "access", "antenna", "basement", "building", "cabinet", "call",   "ceiling", "customer",   "duct",   "entrance", "evening",
    "fibre",  "floor",   "garage",   "house",    "keys",    "ladder", "morning", "neighbour",  "office", "parking",  "please",
    "port",   "rack",    "ring",     "room",     "splice",  "stairs", "street",  "technician", "wall",   "yard"};

/// Words and house numbers, at least so many bytes.
std::string words(std::mt19937_64& random, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) {
    out += out.empty() ? "" : " ";
    out += random() % 8 == 0 ? std::to_string(random() % 10'000) : std::string(kWords[random() % std::size(kWords)]);
  }
  return out;
}

std::string item_json(std::size_t number, const std::string& offering, const std::string& more_characteristics) {
  return R"({"id":")" + std::to_string(number) + R"(","action":"add","quantity":1,"productOffering":{"id":")" + offering +
         R"("},"product":{"productCharacteristic":[{"name":"bandwidth","value":100},{"name":"site","value":"Bonn 1"})" +
         more_characteristics + "]}}";
}

}  // namespace

std::string order_json(const std::string& external_id, const OrderText& text) {
  std::mt19937_64 random(std::hash<std::string>{}(external_id));
  const std::string date = text.start.empty() ? "" : R"("requestedStartDate":")" + text.start + R"(",)";
  std::string characteristics;
  if (text.bytes > 0)
    for (const char* name : {"contact", "entrance", "appointment", "remark"})
      characteristics += R"(,{"name":")" + std::string(name) + R"(","value":")" + words(random, 24) + R"("})";
  std::string items;
  for (std::size_t i = 1; i <= text.items; ++i) items += (i == 1 ? "" : ",") + item_json(i, text.offering, characteristics);
  std::string head = R"({"externalId":")" + external_id + R"(",)" + date +
                     R"("relatedParty":[{"id":"cust-1","role":"customer","@referredType":"Organization"}],)";
  const std::string tail = R"("productOrderItem":[)" + items + "]}";
  constexpr std::size_t kAroundNote = 40, kNoteMax = 4'000;  // tmf::Limits: max_text
  if (const std::size_t so_far = head.size() + tail.size() + kAroundNote; so_far < text.bytes)
    head += R"("note":[{"author":"sales","text":")" + words(random, std::min(text.bytes - so_far, kNoteMax)) + R"("}],)";
  return head + tail;
}

}  // namespace comd::bench
