#include "tools/tutti/rendering/view.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/rendering/yaml_text.hpp"

#include <ctime>

namespace tutti::cli {

namespace view_detail {

using nlohmann::json;

const json* find(const json& item, const std::string& key) {
  if (key.starts_with('/')) {
    auto at = json::json_pointer(key);
    return item.contains(at) ? &item.at(at) : nullptr;
  }
  if (!item.is_object())
    return nullptr;
  auto i = item.find(key);
  return i == item.end() || i->is_null() ? nullptr : &*i;
}

std::string utc_text(int64_t epoch_ms) {
  auto seconds = static_cast<time_t>(epoch_ms / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32], out[48];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(out, sizeof out, "%s.%03dZ", text,
                static_cast<int>(epoch_ms % 1000));
  return out;
}

std::string plain_text(const json& x) {
  return x.is_string() ? x.get<std::string>() : to_text(x);
}

/// RFC 4180: quoted when it must be. What a spreadsheet would take for a
/// formula stays what it is; it is data for programs.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos)
    return text;
  std::string out = "\"";
  for (char c : text) {
    if (c == '"')
      out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv(const json& rows, const view& as) {
  std::string out;
  auto line = [&](auto field) {
    bool first = true;
    for (auto& x : as.columns) {
      out += first ? "" : ",";
      out += csv_field(field(x));
      first = false;
    }
    out += "\r\n";
  };
  line([](const column& x) { return x.heading; });
  for (auto& row : rows)
    line([&](const column& x) {
      auto shown = x.show(row);
      if (shown.raw)
        return *shown.raw;
      return shown.text == "-" ? std::string() : shown.text;
    });
  return out;
}

std::string table_text(const json& rows, const view& as, const canvas& on) {
  std::vector<const column*> shown;
  std::vector<std::string> headings;
  for (auto& x : as.columns)
    if (!x.wide || on.format == output_format::wide) {
      shown.push_back(&x);
      headings.push_back(x.heading);
    }
  table out(std::move(headings));
  for (auto& row : rows) {
    std::vector<cell> cells;
    for (auto* x : shown)
      cells.push_back(x->show(row));
    out.add(std::move(cells));
  }
  return out.render(on.width, on.colour);
}

std::string name_of(const json& row, const view& as) {
  if (as.name)
    return as.name(row);
  if (row.is_string())
    return row.get<std::string>();
  auto* found = find(row, as.name_key);
  return found ? plain_text(*found) : std::string();
}

} // namespace view_detail

using view_detail::find;

column text_column(std::string heading, std::string key) {
  return {std::move(heading), [key](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            if (!found)
              return "-";
            cell out(view_detail::plain_text(*found));
            out.raw = out.text;
            return out;
          }};
}

column number_column(std::string heading, std::string key) {
  return {std::move(heading), [key](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            return found && found->is_number() ? to_text(*found) : "-";
          }};
}

column status_column(std::string heading, std::string key) {
  return {std::move(heading), [key](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            auto text = found ? view_detail::plain_text(*found) : "-";
            return {text, tone_of(text)};
          }};
}

column time_column(std::string heading, std::string key) {
  return {std::move(heading), [key](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            auto at = found && found->is_number() ? found->get<int64_t>() : 0;
            cell out(time_text(at));
            out.raw = at > 0 ? view_detail::utc_text(at) : "";
            return out;
          }};
}

column duration_column(std::string heading, std::string key, int64_t unit_ms) {
  return {std::move(heading), [=](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            auto ms = found && found->is_number()
                          ? found->get<int64_t>() * unit_ms
                          : 0;
            cell out(ms > 0 ? duration_text(ms) : "-");
            out.raw = ms > 0 ? std::to_string(ms) : "";
            return out;
          }};
}

column value_column(std::string heading, std::string key) {
  return {std::move(heading), [key](const nlohmann::json& x) -> cell {
            auto* found = find(x, key);
            if (!found)
              return "-";
            if (!found->is_array())
              return view_detail::plain_text(*found);
            std::string out;
            for (auto& one : *found)
              out += (out.empty() ? "" : ",") + view_detail::plain_text(one);
            return out;
          }};
}

column made_column(std::string heading,
                   std::function<cell(const nlohmann::json&)> show) {
  return {std::move(heading), std::move(show)};
}

column wide(column x) {
  x.wide = true;
  return x;
}

nlohmann::json rows_of(const nlohmann::json& answer, const view& as) {
  if (as.rows)
    return as.rows(answer);
  if (answer.is_array())
    return answer;
  return answer.is_null() ? nlohmann::json::array()
                          : nlohmann::json::array({answer});
}

std::string render(const nlohmann::json& answer, const view& as,
                   const canvas& on) {
  using nlohmann::json;
  switch (on.format) {
    case output_format::json:
      return answer.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
    case output_format::yaml:
      return yaml_text(answer);
    case output_format::table:
    case output_format::wide:
      if (as.detail)
        return as.detail(answer, on);
      return view_detail::table_text(rows_of(answer, as), as, on);
    case output_format::csv:
      return view_detail::csv(rows_of(answer, as), as);
    case output_format::ndjson:
    case output_format::name:
      break;
  }
  std::string out;
  for (auto& row : rows_of(answer, as))
    out += (on.format == output_format::name ? view_detail::name_of(row, as)
                                             : to_text(row))
           + '\n';
  return out;
}

} // namespace tutti::cli
