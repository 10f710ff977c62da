#include "actors/log.h"

#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

namespace comd {
namespace {

// A payload is message, then (separator name separator value)*. Plain spdlog lines have no separator in them.
constexpr char kSeparator = '\x1e';

void append_json(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Input from outside must not begin a new line, nor colour the terminal.
void append_human(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
}

/// Calls `use(name, value)` for each field; returns the message.
template <class Use>
std::string_view split(std::string_view payload, Use use) {
  const auto part = [&payload] {
    const auto end = payload.find(kSeparator);
    const auto out = payload.substr(0, end);
    payload = end == std::string_view::npos ? std::string_view{} : payload.substr(end + 1);
    return out;
  };
  const auto message = part();
  while (!payload.empty()) {
    const auto name = part();
    use(name, part());
  }
  return message;
}

class Formatter final : public spdlog::formatter {
 public:
  explicit Formatter(LogFormat format) : format_(format) {}
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    const auto when = std::chrono::duration_cast<std::chrono::milliseconds>(line.time.time_since_epoch()).count();
    const auto level = spdlog::level::to_string_view(line.level);
    const auto text = log_text(format_, when, {level.data(), level.size()}, {line.payload.data(), line.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Formatter>(format_); }

 private:
  LogFormat format_;
};

}  // namespace

std::string log_payload(std::string_view message, std::initializer_list<LogField> fields) {
  std::string out(message);
  for (auto& c : out) {
    if (c == kSeparator) c = ' ';
  }
  for (const auto& field : fields) {
    out += kSeparator;
    out += field.name;
    out += kSeparator;
    for (const char c : field.value) out += c == kSeparator ? ' ' : c;
  }
  return out;
}

std::string log_text(LogFormat format, std::int64_t when, std::string_view level, std::string_view payload) {
  const auto time = to_text(Instant{Millis{when}});
  std::string fields;
  std::string out;
  if (format == LogFormat::json) {
    const auto message = split(payload, [&fields](std::string_view name, std::string_view value) {
      fields += ',';
      append_json(fields, name);
      fields += ':';
      append_json(fields, value);
    });
    out = "{\"time\":\"" + time + "\",\"level\":";
    append_json(out, level);
    out += ",\"message\":";
    append_json(out, message);
    return out + fields + "}\n";
  }
  const auto message = split(payload, [&fields](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    fields += "  ";
    fields += name;
    fields += '=';
    append_human(fields, value);
  });
  out = time + ' ';
  out += level;
  out.append(level.size() < 8 ? 8 - level.size() : 1, ' ');
  append_human(out, message);
  return out + fields + "\n";
}

void log_line(spdlog::level::level_enum level, std::string_view message, std::initializer_list<LogField> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (logger->should_log(level)) logger->log(level, log_payload(message, fields));
}

void log_order(spdlog::level::level_enum level, std::string_view message, const Cause& cause, std::string_view order,
               std::initializer_list<LogField> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(level)) return;
  auto payload = log_payload(message, {{"tenant", cause.tenant.value},
                                       {"order", std::string(order)},
                                       {"correlation", cause.correlation},
                                       {"traceparent", cause.traceparent},
                                       {"command", cause.command}});
  payload += log_payload("", fields);
  logger->log(level, payload);
}

void set_up_log(LogFormat format, spdlog::level::level_enum level) {
  auto logger = std::make_shared<spdlog::logger>("comd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<Formatter>(format));
  logger->set_level(level);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace comd
