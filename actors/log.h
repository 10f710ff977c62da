#pragma once
#include <spdlog/common.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "events/record.h"

/// Structured log lines: a message for people and fields for machines. One JSON object a line, or one readable line on a
/// terminal; the program that starts chooses which.
namespace comd {

struct LogField {
  std::string_view name;
  std::string value;
};

/// A line about the process itself.
void log_line(spdlog::level::level_enum, std::string_view message, std::initializer_list<LogField> = {});

/// A line about an order (or any stream of its family): tenant, order, correlation and traceparent come with it.
void log_order(spdlog::level::level_enum, std::string_view message, const Cause&, std::string_view order,
               std::initializer_list<LogField> = {});

enum class LogFormat { json, human };
/// Every line of the process, those of plain spdlog calls included, takes this form, on stderr.
void set_up_log(LogFormat, spdlog::level::level_enum);

/// One finished line; exposed for its tests. `when` in milliseconds since 1970.
std::string log_text(LogFormat, std::int64_t when, std::string_view level, std::string_view payload);
/// What log_line hands to spdlog: the message and its fields, kept apart by a control character.
std::string log_payload(std::string_view message, std::initializer_list<LogField>);

}  // namespace comd
