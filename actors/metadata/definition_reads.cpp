#include "actors/metadata/definition_reads.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>

namespace tutti {

namespace definition_reads_detail {

using snapshot = definition_snapshot;

failure too_long(size_t bytes_max) {
  return {errc::too_large,
          "the list has more than " + std::to_string(bytes_max)
              + " bytes (http.answer_kib_max): read it in pages "
                "(?start=0&count=100), or the definitions one by one, by their "
                "names"};
}

/// Appends the items of a page, with commas between them, until they are more
/// than an answer may have.
class list {
 public:
  explicit list(std::string& out) : out_(out) { out_ += '['; }
  list(document& out, const read_definitions& asked, size_t bytes_max)
      : list(out.text) {
    bytes_max_ = bytes_max;
    start_ = std::max<int64_t>(asked.start, 0);
    if (asked.count > 0)
      end_ = saturating_sum(start_, asked.count);
  }

  /// Where to write the next item; null when it is not on the page.
  std::string* next() {
    if (full())
      return nullptr;
    auto at = seen_++;
    if (at < start_ || at >= end_)
      return nullptr;
    if (out_.back() != '[')
      out_ += ',';
    return &out_;
  }
  std::string& item() { return *next(); }
  void close() { out_ += ']'; }
  /// The document that it writes to, finished. `out_` is empty now.
  result<document> close(document out) {
    if (out.text.size() > bytes_max_)
      return too_long(bytes_max_);
    out.text += ']';
    if (seen_ > end_)
      out.next = end_;
    return out;
  }

 private:
  bool full() const { return out_.size() > bytes_max_; }

  std::string& out_;
  size_t bytes_max_ = SIZE_MAX;
  int64_t seen_ = 0, start_ = 0;
  int64_t end_ = std::numeric_limits<int64_t>::max();
};

/// What searches and lists tell workflows apart by.
std::string classifier_of(const workflow_def& x) {
  if (x.metadata.is_empty_object())
    return "workflow";
  // Not `json()`, which would keep what it has read.
  auto notes = parse_json(x.metadata.text());
  if (!notes || !notes->is_object())
    return "workflow";
  if (auto i = notes->find("classifier"); i != notes->end() && i->is_string())
    return i->get<std::string>();
  return notes->contains("agent_sdk") || notes->contains("agentDef")
             ? "agent"
             : "workflow";
}

bool is_asked_for(const read_definitions& x, const workflow_def& definition) {
  auto& some = x.classifiers;
  return std::find(some.begin(), some.end(), classifier_of(definition))
         != some.end();
}

result<document> workflows(const snapshot& from, const read_definitions& x,
                           bool latest_only, size_t bytes_max) {
  document out;
  list items(out, x, bytes_max);
  for (auto& [name, all] : from.workflows())
    for (auto i = latest_only ? std::prev(all->end()) : all->begin();
         i != all->end(); ++i)
      if (x.classifiers.empty() || is_asked_for(x, *i->second->look()))
        if (auto* to = items.next())
          write(*to, *i->second->look());
  return items.close(std::move(out));
}

template <class Items>
result<document> all_of(const Items& some, const read_definitions& x,
                        size_t bytes_max) {
  document out;
  list items(out, x, bytes_max);
  for (auto& one : some)
    if (auto* to = items.next())
      write(*to, *one);
  return items.close(std::move(out));
}

result<document> handlers(const snapshot& from, const read_definitions& x,
                          size_t bytes_max) {
  document out;
  list items(out, x, bytes_max);
  for (auto& one : from.handlers())
    if ((x.name.empty() || one->event == x.name)
        && (one->active || !x.active_only))
      if (auto* to = items.next())
        write(*to, *one);
  return items.close(std::move(out));
}

document tags(const std::vector<tag>& some) {
  document out;
  list items(out.text);
  for (auto& one : some)
    write(items.item(), one);
  items.close();
  return out;
}

result<document> tags_of(const snapshot& from, const read_definitions& x,
                         change_tags::kind of) {
  bool is_workflow = of == change_tags::kind::workflow;
  if (is_workflow ? !from.find_versions(x.name) : !from.find_task(x.name))
    return failure{errc::not_found,
                   (is_workflow ? "No such workflow found by name: "
                                : "No such taskType found by name: ")
                       + x.name};
  auto found = from.find_tags(of, x.name);
  return tags(found ? *found : std::vector<tag>());
}

/// The operator's, else that of the latest definition.
result<document> limit(const snapshot& from, const read_definitions& x) {
  document out;
  auto known = from.find_registered(x.name, std::nullopt);
  auto definition = known ? known->look() : nullptr;
  if (auto found = from.find_limit(x.name))
    write(out.text, *found);
  else if (definition && definition->rate_limit)
    write(out.text, *definition->rate_limit);
  else
    return failure{errc::not_found,
                   definition ? "workflow '" + x.name + "' has no rate limit"
                              : "No such workflow found by name: " + x.name};
  return out;
}

void write_summaries(std::string& out, const snapshot::versions& all) {
  list items(out);
  for (auto& [version, definition] : all) {
    json_object_writer json(items.item());
    json.text("name", definition->name());
    json.number("version", version);
    json.number("createTime", definition->create_time());
    json.number("updateTime", definition->update_time());
    json.close();
  }
  items.close();
}

result<document> one_workflow(const snapshot& from, const read_definitions& x) {
  document out;
  if (auto found = from.find_registered(x.name, x.version)) {
    write(out.text, *found->look());
    return out;
  }
  auto sentence = "No such workflow found by name: " + x.name;
  if (x.version)
    sentence += ", version: " + std::to_string(*x.version);
  return failure{errc::not_found, std::move(sentence)};
}

result<document> one_task(const snapshot& from, const read_definitions& x) {
  document out;
  if (auto found = from.find_task(x.name)) {
    write(out.text, *found);
    return out;
  }
  return failure{errc::not_found, "No such taskType found by name: " + x.name};
}

} // namespace definition_reads_detail

result<document> read(const definition_snapshot& from,
                      const read_definitions& x, size_t bytes_max) {
  using namespace definition_reads_detail;
  using kind = read_definitions::kind;
  document out;
  switch (x.what) {
    case kind::workflow:
      return one_workflow(from, x);
    case kind::task:
      return one_task(from, x);
    case kind::workflows:
      return workflows(from, x, false, bytes_max);
    case kind::names: {
      list items(out, x, bytes_max);
      for (auto& [name, all] : from.workflows())
        if (auto* to = items.next())
          write_string(*to, name);
      return items.close(std::move(out));
    }
    case kind::names_and_versions: {
      out.text = "{";
      for (auto& [name, all] : from.workflows()) {
        if (out.text.size() > 1)
          out.text += ',';
        write_string(out.text, name);
        out.text += ':';
        write_summaries(out.text, *all);
        if (out.text.size() > bytes_max)
          return too_long(bytes_max);
      }
      out.text += '}';
      break;
    }
    case kind::versions:
      if (auto all = from.find_versions(x.name))
        write_summaries(out.text, *all);
      else
        out.text = "[]";
      break;
    case kind::latest_versions:
      return workflows(from, x, true, bytes_max);
    case kind::schema: {
      auto found = from.find_schema(x.name, x.version);
      if (!found)
        return failure{errc::not_found, "No such schema: " + x.name};
      write(out.text, *found);
      break;
    }
    case kind::schemas:
      return all_of(from.schemas(), x, bytes_max);
    case kind::tasks:
      return all_of(from.tasks(), x, bytes_max);
    case kind::event_handlers:
      return handlers(from, x, bytes_max);
    case kind::workflow_tags:
      return tags_of(from, x, change_tags::kind::workflow);
    case kind::task_tags:
      return tags_of(from, x, change_tags::kind::task);
    case kind::tags:
      return tags(from.all_tags());
    case kind::rate_limit:
      return limit(from, x);
  }
  return out;
}

} // namespace tutti
