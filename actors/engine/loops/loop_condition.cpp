#include "actors/engine/loops/loop_condition.hpp"

#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/loops/loop_output.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <map>
#include <optional>

namespace tutti::engine {

namespace loop_condition_detail {

using nlohmann::json;

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
         || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Parses the member accesses after a `$`.
class accesses {
 public:
  accesses(std::string_view text, size_t at) : text_(text), at_(at) {}

  /// `.name`, `['name']` or `[7]`; nullopt for anything else, calls included.
  std::optional<std::string> next() {
    skip_blanks();
    take("?");
    if (take(".")) {
      skip_blanks();
      auto from = at_;
      if (!starts_name(peek()))
        return std::nullopt;
      while (goes_on(peek()))
        ++at_;
      return unless_call(text_.substr(from, at_ - from));
    }
    if (!take("["))
      return std::nullopt;
    skip_blanks();
    auto from = at_;
    std::string_view name;
    if (auto quote = peek(); quote == '\'' || quote == '"') {
      auto end = text_.find(quote, from + 1);
      if (end == text_.npos)
        return std::nullopt;
      name = text_.substr(from + 1, end - from - 1);
      at_ = end + 1;
    } else {
      while (is_digit(peek()))
        ++at_;
      name = text_.substr(from, at_ - from);
    }
    skip_blanks();
    if (name.empty() || !take("]"))
      return std::nullopt;
    return unless_call(name);
  }

  /// `[$.loop.iteration]` in any spelling.
  bool next_is_current(std::string_view loop) {
    skip_blanks();
    if (!take("["))
      return false;
    skip_blanks();
    if (!take("$"))
      return false;
    auto name = next();
    if (!name || *name != loop)
      return false;
    auto field = next();
    skip_blanks();
    return field && *field == "iteration" && take("]");
  }

  size_t at() const { return at_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what)
      return false;
    at_ += what.size();
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
      ++at_;
  }
  std::optional<std::string> unless_call(std::string_view name) {
    auto here = at_;
    skip_blanks();
    bool call = peek() == '(';
    at_ = here;
    return call ? std::nullopt : std::optional(std::string(name));
  }

  std::string_view text_;
  size_t at_;
};

/// Notes what the source reads of the loop's own output, after `$.loop`.
void read_loop(condition_reads& out, std::string_view source, size_t at,
               std::string_view loop) {
  accesses plain(source, at);
  if (auto field = plain.next()) {
    if (*field == "iteration" || *field == "loopIndex" || *field == "loopItem")
      return;
    int32_t number = 0;
    auto end = field->data() + field->size();
    if (std::from_chars(field->data(), end, number).ptr == end) {
      out.iterations.insert(number);
      return;
    }
  } else if (accesses computed(source, at); computed.next_is_current(loop)) {
    out.current_iteration = true;
    return;
  }
  out.whole_loop = true;
}

bool contains(const std::vector<workflow_task>& list, std::string_view name) {
  for (auto& task : list) {
    bool found = task.reference_name == name;
    for_each_list(task,
                  [&](auto& inner, auto&&) { found |= contains(inner, name); });
    if (found)
      return true;
  }
  return false;
}

void collect(const std::vector<workflow_task>& list,
             std::set<std::string, std::less<>>& names) {
  for (auto& task : list) {
    names.insert(task.reference_name);
    for_each_list(task, [&](auto& inner, auto&&) { collect(inner, names); });
  }
}

std::string loop_text(const decision_builder& t, const task& loop,
                      const condition_reads& reads) {
  auto& execution = t.execution();
  if (reads.everything || reads.whole_loop)
    return loop_output(execution, loop).text();
  auto out = loop_progress(loop, loop.iteration).text();
  out.pop_back();
  auto wanted = reads.iterations;
  if (reads.current_iteration)
    wanted.insert(loop.iteration);
  auto& rows = execution.loops().of(loop.task_id).rows;
  for (auto iteration : wanted)
    if (rows.contains(iteration))
      out += ",\"" + std::to_string(iteration)
             + "\":" + iteration_output(execution, loop, iteration);
  return out + "}";
}

/// The value of `$`: the inputs and outputs that the condition reads.
std::string scope_of(const decision_builder& t, const task& loop,
                     const condition_reads& reads) {
  auto& definition = *loop.definition;
  auto& parameters = definition.input_parameters.json();
  std::map<std::string, std::string, std::less<>> parts;
  auto wanted = reads.names;
  if (reads.everything) {
    collect(definition.loop_over, wanted);
    wanted.insert(definition.reference_name);
    if (parameters.is_object())
      for (auto& [key, value] : parameters.items())
        wanted.insert(key);
  }
  auto at = inside(loop, loop.iteration);
  for (auto& name : wanted) {
    if (name == definition.reference_name) {
      parts[name] = loop_text(t, loop, reads);
    } else if (contains(definition.loop_over, name)) {
      if (auto* row = t.execution().visible(name, at))
        parts[name] = t.execution().visible_output(*row).text();
    } else if (parameters.is_object()) {
      if (auto it = parameters.find(name); it != parameters.end())
        parts[name] = to_text(resolve(t, *it, loop.task_id));
      else if (auto given = loop.input.json().find(name);
               given != loop.input.json().end() && name != "_items")
        parts[name] = to_text(*given); // of the task definition's template
    }
  }
  if (auto* items = items_of(loop); items && loop.iteration > 0) {
    parts["loopIndex"] = std::to_string(loop.iteration - 1);
    auto item = to_text((*items)[size_t(loop.iteration - 1)]);
    if (reads.everything || reads.names.contains("item"))
      parts.try_emplace("item", item);
    parts["loopItem"] = std::move(item);
  }
  std::string out = "{";
  for (auto& [name, text] : parts) {
    if (out.size() > 1)
      out += ',';
    write_string(out, name);
    out += ':';
    out += text;
  }
  return out + "}";
}

// reference:scripts
bool as_condition(const json& value) {
  if (value.is_boolean())
    return value.get<bool>();
  return value.is_number() && value.get<double>() > 0;
}

} // namespace loop_condition_detail

condition_reads reads_of(std::string_view source, std::string_view loop) {
  using namespace loop_condition_detail;
  condition_reads out;
  // An escape sequence could hide a `$`.
  out.everything = source.find('\\') != source.npos;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '$' || (i > 0 && goes_on(source[i - 1]))
        || (i + 1 < source.size() && goes_on(source[i + 1])))
      continue;
    accesses access(source, i + 1);
    auto name = access.next();
    if (!name) {
      out.everything = true;
      continue;
    }
    if (*name == loop)
      read_loop(out, source, access.at(), loop);
    out.names.insert(std::move(*name));
  }
  return out;
}

condition_answer evaluate_condition(const decision_builder& t,
                                    const task& loop) {
  using namespace loop_condition_detail;
  auto& definition = *loop.definition;
  auto reads = reads_of(definition.loop_condition, definition.reference_name);
  auto& steps = t.spent().steps;
  steps.begin_value();
  auto input = scope_of(t, loop, reads);
  steps.spend(input.size() / 16);
  if (steps.refused())
    return {false, "Unable to evaluate condition " + *definition.loop_condition
                       + ": " + steps.sentence()};
  auto answer = t.context().scripts.run(
      {script_language::javascript, definition.loop_condition, input});
  condition_answer out;
  if (answer.what == script_result::kind::value)
    out.holds = as_condition(answer.value.json());
  else
    out.error = "Unable to evaluate condition " + *definition.loop_condition
                + ", exception " + answer.error;
  return out;
}

} // namespace tutti::engine
