#include "tests/conformance/execution_view.hpp"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

namespace tutti::conformance {

namespace {

std::string text_at(const json& row, const char* key) {
  const auto at = row.find(key);
  return at != row.end() && at->is_string() ? at->get<std::string>() : "?";
}

std::string abbreviated(const std::string& status) {
  static const std::vector<std::pair<std::string, std::string>> short_forms{
      {"SCHEDULED", "S"},
      {"IN_PROGRESS", "IP"},
      {"COMPLETED", "C"},
      {"FAILED", "F"},
      {"CANCELED", "X"},
      {"TIMED_OUT", "TO"},
      {"COMPLETED_WITH_ERRORS", "CE"},
      {"SKIPPED", "SK"}};
  for (const auto& [status_name, letters] : short_forms)
    if (status_name == status)
      return letters;
  return status;
}

bool is_type(const std::string& word) {
  return std::none_of(word.begin(), word.end(),
                      [](char c) { return c >= 'a' && c <= 'z'; });
}

const json& rows(const json& execution) {
  static const json none = json::array();
  const auto at = execution.find("tasks");
  return at != execution.end() && at->is_array() ? *at : none;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

} // namespace

std::string rows_like(const json& execution, const std::string& wanted) {
  const auto words = words_of(wanted);
  std::string out;
  size_t index = 0;
  for (const auto& row : rows(execution)) {
    auto name = text_at(row, "referenceTaskName");
    if (index < words.size()) {
      const auto& word = words[index];
      if (is_type(word.substr(0, word.rfind(':'))))
        name = text_at(row, "taskType");
    }
    out += (out.empty() ? "" : " ") + name + ":"
           + abbreviated(text_at(row, "status"));
    ++index;
  }
  return out;
}

std::string rows_of(const json& execution) { return rows_like(execution, ""); }

const json* field_of(const json& execution, const std::string& name) {
  const auto slash = name.find('/');
  auto row_name = name.substr(0, slash);
  const auto pointer
      = slash == std::string::npos ? std::string{} : name.substr(slash);
  if (row_name.empty())
    return find_at(execution, pointer);
  size_t nth = 0; // 0: the last
  if (const auto mark = row_name.find('#'); mark != std::string::npos) {
    nth = size_t(std::stoul(row_name.substr(mark + 1)));
    row_name.resize(mark);
  }
  const char* key = is_type(row_name) ? "taskType" : "referenceTaskName";
  const json* found = nullptr;
  size_t seen = 0;
  for (const auto& row : rows(execution)) {
    if (text_at(row, key) != row_name)
      continue;
    ++seen;
    if (nth == 0 || seen == nth)
      found = &row;
  }
  return found == nullptr ? nullptr : find_at(*found, pointer);
}

} // namespace tutti::conformance
