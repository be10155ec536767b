#include "actors/engine/features/secret_mask.hpp"

#include "actors/engine/inputs/expression/environment.hpp"
#include "actors/engine/state/state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace tutti::engine {

namespace secret_mask_detail {

using nlohmann::json;

constexpr std::string_view mask = "***";
/// Shorter secrets are not hidden: they stand in any text.
constexpr size_t characters_min = 4;
/// Runs of so many characters are hidden.
constexpr size_t part = 6;

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = char(c - 'A' + 'a');
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

/// Every text of a document.
template <class Visit>
void for_each_text(const json& value, Visit visit) {
  if (value.is_string())
    return visit(value.get_ref<const std::string&>());
  if (value.is_structured())
    for (auto& item : value)
      for_each_text(item, visit);
  else if (!value.is_null() && !value.is_boolean())
    visit(to_text(value));
}

bool failed(task_status x) { return is_terminal(x) && !is_successful(x); }

} // namespace secret_mask_detail

using namespace secret_mask_detail;

std::vector<std::string> secrets_of(const task& row) {
  std::vector<std::string> out;
  resolve_secrets(row.input, [&](std::string_view name) {
    out.emplace_back(name);
    return std::optional<std::string>();
  });
  if (auto* def = row.definition->definition.get())
    out.insert(out.end(), def->runtime_metadata.begin(),
               def->runtime_metadata.end());
  return out;
}

secret_mask::secret_mask(const task& row, const environment& env)
    : secret_mask(secrets_of(row), env) {}

secret_mask::secret_mask(const std::vector<std::string>& names,
                         const environment& env) {
  for (auto& name : names)
    if (auto value = env.secret(name))
      add(*std::move(value));
}

void secret_mask::add(std::string value) {
  add_form(value);
  auto document = value.find_first_of("{[") == value.npos ? result<json>(json())
                                                          : parse_json(value);
  if (document && document->is_structured())
    for_each_text(*document, [&](const std::string& text) { add_form(text); });
}

void secret_mask::add_form(const std::string& value) {
  if (value.size() < characters_min)
    return;
  auto quoted = to_text(json(value));
  for (auto& form :
       {lower(value), lower(percent_encoded(value)),
        lower(std::string_view(quoted).substr(1, quoted.size() - 2))}) {
    if (form.size() < part)
      whole_.push_back(form);
    for (size_t i = 0; i + part <= form.size(); ++i)
      parts_.insert(form.substr(i, part));
  }
}

std::string secret_mask::hide(const std::string& text) const {
  auto searched = lower(text);
  std::vector<bool> hidden(text.size());
  auto cover = [&](size_t at, size_t size) {
    std::fill_n(hidden.begin() + std::ptrdiff_t(at), size, true);
  };
  for (size_t i = 0; !parts_.empty() && i + part <= searched.size(); ++i)
    if (parts_.contains(searched.substr(i, part)))
      cover(i, part);
  for (auto& word : whole_)
    for (auto i = searched.find(word); i != searched.npos;
         i = searched.find(word, i + 1))
      cover(i, word.size());
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!hidden[i])
      out += text[i];
    else if (i == 0 || !hidden[i - 1])
      out += mask;
  }
  return out;
}

payload secret_mask::hide(const payload& value) const {
  auto changed = [this](json& x, auto& self) -> bool {
    if (x.is_string() || x.is_number()) {
      auto before = x.is_string() ? x.get<std::string>() : to_text(x);
      auto after = hide(before);
      if (after == before)
        return false;
      x = std::move(after);
      return true;
    }
    bool any = false;
    if (x.is_object()) {
      auto members = json::object();
      for (auto& [key, member] : x.items()) {
        auto name = hide(key);
        any |= self(member, self) || name != key;
        members[std::move(name)] = std::move(member);
      }
      x = std::move(members);
    } else if (x.is_array()) {
      for (auto& item : x)
        any |= self(item, self);
    }
    return any;
  };
  auto out = value.json();
  return changed(out, changed) ? payload(std::move(out)) : value;
}

void hide_secrets(copy_on_write<task_changed>& change, const state& execution,
                  const environment& env) {
  bool fails = change->status && failed(*change->status) && change->output;
  if (!fails && (!change->reason || change->reason->empty()))
    return;
  auto* row = execution.find(change->task_id);
  if (!row)
    return;
  secret_mask mask(*row, env);
  if (mask.empty())
    return;
  auto& hidden = change.edit();
  if (hidden.reason)
    hidden.reason = mask.hide(*hidden.reason);
  if (fails)
    hidden.output = mask.hide(*hidden.output);
}

void hide_secrets(task& added, const environment& env) {
  if (!failed(added.status) && added.reason.empty())
    return;
  secret_mask mask(added, env);
  if (mask.empty())
    return;
  added.reason = mask.hide(added.reason);
  if (failed(added.status))
    added.output = mask.hide(added.output);
}

} // namespace tutti::engine
