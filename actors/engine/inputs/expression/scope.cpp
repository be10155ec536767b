#include "actors/engine/inputs/expression/scope.hpp"

#include "actors/engine/decision/steps.hpp"
#include "actors/engine/inputs/expression/json_slice.hpp"
#include "actors/engine/inputs/expression/path_syntax.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <map>

namespace tutti::engine {

namespace scope_detail {

using nlohmann::json;

template <class... Ts>
struct overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overload(Ts...) -> overload<Ts...>;

json as_json(const value_ref& v) {
  return std::visit(overload{
                        [](std::nullptr_t) { return json(); },
                        [](const payload* p) { return p ? p->json() : json(); },
                        [](const payload& p) { return p.json(); },
                        [](std::string_view s) { return json(s); },
                        [](const std::string& s) { return json(s); },
                        [](int64_t n) { return json(n); },
                        [](bool b) { return json(b); },
                    },
                    v);
}

const payload* payload_in(const value_ref& v) {
  if (auto p = std::get_if<const payload*>(&v))
    return *p;
  return std::get_if<payload>(&v);
}

const std::string* single_name(const path_syntax::path& p, size_t i) {
  if (i >= p.segments.size())
    return nullptr;
  auto c = std::get_if<path_syntax::child>(&p.segments[i]);
  return c && c->names.size() == 1 ? &c->names[0] : nullptr;
}

/// Builds the roots that paths read, each once.
class scope_source final : public root_source {
 public:
  explicit scope_source(const scope& from) : from_(from) {}

  start begin(const path_syntax::path& p) override {
    if (auto document = from_.document())
      return {document, 0};
    auto root = single_name(p, 0);
    if (!root)
      return {everything(), 0};
    auto name = single_name(p, 1);
    if (!name)
      return {whole(*root), 1};
    return {part(*root, *name), 2};
  }

 private:
  const json* part(const std::string& root, const std::string& name) {
    auto [place, fresh] = parts_.try_emplace({root, name}, nullptr);
    if (fresh)
      if (auto value = from_.field(root, name)) {
        place->second = parsed(*value);
      }
    return place->second;
  }

  /// Null when its steps are too many.
  const json* parsed(const value_ref& value) {
    auto* text = payload_in(value);
    if (text && from_.steps() && !from_.steps()->spend_on_parsing(text->text()))
      return nullptr;
    if (auto p = std::get_if<const payload*>(&value); p && *p)
      return &(*p)->json();
    return own(as_json(value));
  }

  const json* whole(const std::string& root) {
    auto [place, fresh] = wholes_.try_emplace(root, nullptr);
    if (fresh) {
      json all = json::object();
      for (auto name : fields_of(root))
        if (auto value = from_.field(root, name))
          if (auto* copied = parsed(*value))
            all[std::string(name)] = *copied;
      if (!all.empty())
        place->second = own(std::move(all));
    }
    return place->second;
  }

  const json* everything() {
    if (!everything_) {
      json all = json::object();
      for (auto& root : from_.roots())
        if (auto value = whole(root))
          all[root] = *value;
      if (auto value = whole("workflow"))
        all["workflow"] = *value;
      everything_ = own(std::move(all));
    }
    return everything_;
  }

  const json* own(json value) { return &made_.emplace_back(std::move(value)); }

  const scope& from_;
  std::deque<json> made_;
  std::map<std::pair<std::string, std::string>, const json*> parts_;
  std::map<std::string, const json*> wholes_;
  const json* everything_ = nullptr;
};

found_text read_slowly(const json_path& path, const scope& from) {
  scope_source source(from);
  memory_hold held;
  auto value = path.evaluate(source, from.steps(), &held);
  if (!value)
    return found_text::null();
  found_text out(to_text(*value));
  bool paid = !from.steps() || from.steps()->spend(out.view().size() / 8);
  return paid ? out : found_text::null();
}

std::optional<std::string_view> follow(std::string_view text,
                                       const std::vector<plain_step>& steps,
                                       size_t begin) {
  std::optional<std::string_view> at = text;
  for (size_t i = begin; at && i < steps.size(); ++i)
    at = steps[i].index ? element_of(*at, *steps[i].index)
                        : member_of(*at, steps[i].name);
  return at;
}

std::string json_string(std::string_view text) {
  std::string out;
  write_string(out, text);
  return out;
}

// Reads the steps after `root.field` of a plain path.
found_text look_into(const value_ref& value,
                     const std::vector<plain_step>& steps) {
  bool whole = steps.size() == 2;
  auto in_text = [&](const std::string& text) {
    auto found = follow(text, steps, 2);
    return found ? found_text(*found) : found_text::null();
  };
  return std::visit(
      overload{
          [](std::nullptr_t) { return found_text::null(); },
          [&](const payload* p) {
            if (!p)
              return found_text::null();
            auto out = in_text(p->text());
            if (whole)
              out.whole = p;
            return out;
          },
          [&](const payload& p) {
            auto out = in_text(p.text());
            out.keeper = p;
            return out;
          },
          [&](std::string_view s) {
            return whole ? found_text(json_string(s)) : found_text::null();
          },
          [&](const std::string& s) {
            return whole ? found_text(json_string(s)) : found_text::null();
          },
          [&](int64_t n) {
            return whole ? found_text(std::to_string(n)) : found_text::null();
          },
          [&](bool b) {
            return whole ? found_text(std::string_view(b ? "true" : "false"))
                         : found_text::null();
          },
      },
      value);
}

} // namespace scope_detail

bool is_reserved_name(std::string_view name) {
  return name == "CPEWF_TASK_ID" || name == "NETFLIX_ENV"
         || name == "NETFLIX_STACK";
}

const std::vector<std::string_view>& fields_of(std::string_view root) {
  static const std::vector<std::string_view> workflow{"input",
                                                      "output",
                                                      "status",
                                                      "workflowId",
                                                      "parentWorkflowId",
                                                      "parentWorkflowTaskId",
                                                      "workflowType",
                                                      "version",
                                                      "correlationId",
                                                      "reasonForIncompletion",
                                                      "schemaVersion",
                                                      "variables"};
  static const std::vector<std::string_view> task{"input",
                                                  "output",
                                                  "taskType",
                                                  "status",
                                                  "referenceTaskName",
                                                  "retryCount",
                                                  "correlationId",
                                                  "pollCount",
                                                  "taskDefName",
                                                  "scheduledTime",
                                                  "startTime",
                                                  "endTime",
                                                  "workflowInstanceId",
                                                  "taskId",
                                                  "reasonForIncompletion",
                                                  "callbackAfterSeconds",
                                                  "workerId",
                                                  "iteration"};
  return root == "workflow" ? workflow : task;
}

found_text look_up(const json_path& path, const scope& from) {
  auto steps = path.plain();
  if (from.document() || !steps || steps->size() < 2 || (*steps)[0].index
      || (*steps)[1].index)
    return scope_detail::read_slowly(path, from);
  bool named = steps->size() > 2 && !(*steps)[2].index;
  auto& root = (*steps)[0].name;
  auto& field = (*steps)[1].name;
  auto value = named ? from.member(root, field, (*steps)[2].name)
                     : from.field(root, field);
  if (!value)
    return found_text::null();
  // Names and numbers are found by reading the text up to its end.
  if (auto* text = scope_detail::payload_in(*value); text && from.steps()) {
    constexpr size_t bytes_per_step = 16;
    auto bytes = steps->size() > 2 ? text->text().size() : 0;
    if (!from.steps()->spend(1 + bytes / bytes_per_step))
      return found_text::null();
  }
  return scope_detail::look_into(*value, *steps);
}

} // namespace tutti::engine
