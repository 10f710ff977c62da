#include "edge/grpc/opening.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/reflection.h>

namespace comd::north {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Form = crypto::Sealing::Form;

bool is_text(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING ||
         (field.type() == FieldDescriptor::TYPE_BYTES && field.name().ends_with("_json"));
}

/// Values of characteristics are JSON texts too.
Form form_of(std::string_view text) {
  return !text.empty() && (text.front() == '{' || text.front() == '[' || text.front() == '"') ? Form::json : Form::text;
}

/// The text with its tokens opened, if it holds any.
std::optional<std::string> opened(const crypto::Sealing& sealing, const TenantId& tenant, const std::string& text) {
  if (text.find("sealed:") == std::string::npos) return std::nullopt;
  std::string out = text;
  sealing.open(out, tenant, form_of(text));
  return out;
}

}  // namespace

void open(const crypto::Sealing& sealing, const TenantId& tenant, Message& message) {
  if (!sealing.on()) return;
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (int i = 0; i < count; ++i)
        open(sealing, tenant,
             field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                  : *reflection.MutableMessage(&message, field));
    } else if (is_text(*field)) {
      std::string scratch;
      for (int i = 0; i < count; ++i) {
        const auto text = opened(sealing, tenant,
                                 field->is_repeated() ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                                      : reflection.GetStringReference(message, field, &scratch));
        if (text && field->is_repeated()) reflection.SetRepeatedString(&message, field, i, *text);
        if (text && !field->is_repeated()) reflection.SetString(&message, field, *text);
      }
    }
  }
}

}  // namespace comd::north
