#include "events/record_view.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>

#include "comd/events/v1/commit.pb.h"
#include "domain/check.h"
#include "domain/value.h"
#include "events/wire.h"

namespace comd {

namespace events::v1 {

/// One field of a message; the last of them where it is repeated.
template <int number>
struct AnyOf {
  std::string_view bytes;
};
template <int number>
void fields(Reader& c, AnyOf<number>& e) {
  c(number, e.bytes);
}

}  // namespace events::v1

namespace {

namespace v1 = events::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// "ORDER_SERVICE_ORDER_HELD" → "OrderServiceOrderHeld".
std::string camel(std::string_view name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    if (c == '_') {
      up = true;
    } else {
      out.push_back(up || c < 'A' || c > 'Z' ? c : static_cast<char>(c - 'A' + 'a'));
      up = false;
    }
  }
  return out;
}

/// How long the UTF-8 sequence is that begins here; zero: it is none.
std::size_t sequence_at(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const auto follows = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xBF) { return byte(i) >= from && byte(i) <= to; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)  // no overlong forms, no surrogates
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = sequence_at(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) { return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u; };
    const unsigned all = at(0) << 16 | at(1) << 8 | at(2);
    for (std::size_t k = 0; k < 4; ++k) out.push_back(i + k > bytes.size() ? '=' : kDigits[all >> (18 - 6 * k) & 63]);
  }
  return out;
}

std::string bytes_json(std::string_view bytes) {
  if (is_utf8(bytes)) return text_value(bytes).json;
  return R"({"base64":")" + base64(bytes) + "\"}";
}

void write(const Message& message, std::string& out);

/// One value of a field: the only one, or number `i` of a repeated one.
void write_value(const Message& m, const FieldDescriptor* field, int i, std::string& out) {
  const auto& r = *m.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      out += bytes_json(repeated ? r.GetRepeatedString(m, field, i) : r.GetString(m, field));
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      write(repeated ? r.GetRepeatedMessage(m, field, i) : r.GetMessage(m, field), out);
      return;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = repeated ? r.GetRepeatedEnumValue(m, field, i) : r.GetEnumValue(m, field);
      const auto* value = field->enum_type()->FindValueByNumber(number);
      out += value == nullptr ? std::to_string(number) : "\"" + value->name() + "\"";
      return;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      out += (repeated ? r.GetRepeatedBool(m, field, i) : r.GetBool(m, field)) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      out += std::to_string(repeated ? r.GetRepeatedInt32(m, field, i) : r.GetInt32(m, field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      out += std::to_string(repeated ? r.GetRepeatedInt64(m, field, i) : r.GetInt64(m, field));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      out += std::to_string(repeated ? r.GetRepeatedUInt32(m, field, i) : r.GetUInt32(m, field));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      out += std::to_string(repeated ? r.GetRepeatedUInt64(m, field, i) : r.GetUInt64(m, field));
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: CHECK(false);  // the disk language has none
  }
}

void write(const Message& m, std::string& out) {
  std::vector<const FieldDescriptor*> fields;
  m.GetReflection()->ListFields(m, &fields);
  out.push_back('{');
  for (const FieldDescriptor* field : fields) {
    if (out.back() != '{') out.push_back(',');
    out += "\"" + field->json_name() + "\":";
    if (!field->is_repeated()) {
      write_value(m, field, 0, out);
      continue;
    }
    out.push_back('[');
    for (int i = 0; i < m.GetReflection()->FieldSize(m, field); ++i) {
      if (i > 0) out.push_back(',');
      write_value(m, field, i, out);
    }
    out.push_back(']');
  }
  out.push_back('}');
}

/// By the convention of events/upcast.h: the message is named as the type, a later format has its number behind.
std::unique_ptr<Message> message_of(std::uint32_t type, std::uint32_t format) {
  const std::string name = "comd.events.v1." + event_type_name(type) + (format > 1 ? "V" + std::to_string(format) : "");
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* descriptor = pool->FindMessageTypeByName(name);
  if (descriptor == nullptr) return nullptr;
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

}  // namespace

Result<RecordView, DecodeError> view_of(std::string_view record) {
  v1::Commit commit;
  if (!commit.ParseFromArray(record.data(), static_cast<int>(record.size())))
    return Err(DecodeError{"Expected a commit record, but its bytes do not parse", {}});
  RecordView out;
  out.time = Instant{Millis{commit.time()}};
  for (auto& slice : *commit.mutable_slices()) {
    const auto& cause = slice.has_cause() ? slice.cause() : commit.cause();
    RecordView::Slice into{StreamId{slice.stream()}, Version{slice.before()}, TenantId{cause.tenant()}, {}};
    for (auto& event : *slice.mutable_events())
      into.events.push_back({event.type(), event.version(), std::move(*event.mutable_payload())});
    out.slices.push_back(std::move(into));
  }
  return out;
}

StreamId a_stream_of(std::string_view record) {
  v1::Trouble trouble;
  v1::AnyOf<v1::Commit::kSlicesFieldNumber> slice;
  v1::AnyOf<v1::Slice::kStreamFieldNumber> stream;
  if (!v1::Reader(record, trouble).read(slice) || !v1::Reader(slice.bytes, trouble).read(stream)) return {};
  return StreamId{std::string(stream.bytes)};
}

const std::vector<std::string>& event_type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    const auto* types = v1::EventType_descriptor();
    for (int i = 0; i < types->value_count(); ++i)
      if (types->value(i)->number() != 0) out.push_back(camel(types->value(i)->name()));
    return out;
  }();
  return names;
}

std::string event_type_name(std::uint32_t type) {
  const auto* value = v1::EventType_descriptor()->FindValueByNumber(static_cast<int>(type));
  return value == nullptr ? "type " + std::to_string(type) : camel(value->name());
}

std::string payload_json(const RecordView::Event& event) {
  const auto message = message_of(event.type, event.format);
  std::string out;
  if (message != nullptr && message->ParseFromString(event.payload))
    write(*message, out);
  else
    out = R"({"base64":")" + base64(event.payload) + "\"}";
  return out;
}

}  // namespace comd
