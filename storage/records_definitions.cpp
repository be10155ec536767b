#include "storage/records_definitions.hpp"

#include "messages/model/codec.hpp"
#include "storage/sha256.hpp"

namespace tutti::storage {

std::string definition_text(const workflow_def& definition) {
  std::string out;
  write_compact(out, definition);
  return out;
}

std::string definition_hash(std::string_view text) {
  auto digest = sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), 16};
}

kept_definition::kept_definition(workflow_def_pointer definition)
    : kept_definition(definition,
                      definition_hash(definition_text(*definition))) {}

kept_definition::kept_definition(workflow_def_pointer definition,
                                 std::string hash)
    : definition_(std::move(definition)), hash_(std::move(hash)) {
  add(definition_->tasks);
}

void kept_definition::add(const std::vector<workflow_task>& tasks) {
  for (auto& t : tasks) {
    tasks_.try_emplace(t.reference_name, &t);
    for_each_list(t, [this](auto& list, auto&&) { add(list); });
  }
}

const workflow_task*
kept_definition::look_up(std::string_view reference) const {
  auto it = tasks_.find(reference);
  return it == tasks_.end() ? nullptr : it->second;
}

workflow_task_pointer kept_definition::find(std::string_view reference) const {
  auto* t = look_up(reference);
  return t ? workflow_task_pointer{definition_, t} : nullptr;
}

workflow_task_pointer
kept_definition::find_for_row(std::string_view reference) const {
  for (;;) {
    if (auto* t = look_up(reference))
      return {definition_, t};
    auto last = reference.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == reference.size()
        || last < 2 || reference.substr(last - 1, 2) != "__")
      return nullptr;
    reference = reference.substr(0, last - 1);
  }
}

} // namespace tutti::storage
