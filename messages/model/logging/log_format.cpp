#include "messages/model/logging/log_format.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/instants.hpp"

#include <algorithm>

namespace tutti::logging {

namespace log_format_detail {

/// What text lines show without quotes.
bool is_plain(std::string_view x) {
  return !x.empty() && std::ranges::all_of(x, [](unsigned char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=';
  });
}

void append_text_field(std::string& out, std::string_view name,
                       std::string_view value) {
  if (value.empty())
    return;
  out.append(out.empty() || out.back() == '\n' ? "" : " ")
      .append(name)
      .append("=");
  if (is_plain(value))
    out.append(value);
  else
    write_string(out, value);
}

void append_json_field(std::string& out, std::string_view name,
                       std::string_view value) {
  if (value.empty())
    return;
  out += out.back() == '{' ? "\"" : ",\"";
  out.append(name).append("\":");
  write_string(out, value);
}

} // namespace log_format_detail

std::optional<format> to_format(std::string_view name) {
  if (name == "text")
    return format::text;
  if (name == "json")
    return format::json;
  return std::nullopt;
}

void append(std::string& out, const line& x, format how) {
  using namespace log_format_detail;
  auto time = instant_text(x.time_ms);
  bool text = how == format::text;
  if (!text)
    out += '{';
  auto field = text ? append_text_field : append_json_field;
  field(out, "time", time);
  field(out, "level", x.level);
  field(out, "area", x.area);
  field(out, "request_id", x.about.request_id);
  field(out, "workflow_id", x.about.workflow_id);
  field(out, "task_id", x.about.task_id);
  if (text) {
    out += " msg=";
    write_string(out, x.sentence);
    out += '\n';
  } else {
    append_json_field(out, "message", x.sentence);
    out += "}\n";
  }
}

} // namespace tutti::logging
