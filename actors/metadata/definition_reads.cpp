#include "actors/metadata/definition_reads.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

namespace tutti {

namespace definition_reads_detail {

using snapshot = definition_snapshot;

/// Appends items with commas between them.
class list {
 public:
  explicit list(std::string& out) : out_(out) { out_ += '['; }
  std::string& item() {
    if (out_.back() != '[')
      out_ += ',';
    return out_;
  }
  void close() { out_ += ']'; }

 private:
  std::string& out_;
};

void write_summaries(std::string& out, const snapshot::versions& all) {
  list items(out);
  for (auto& [version, definition] : all) {
    json_object_writer json(items.item());
    json.text("name", definition->name);
    json.number("version", version);
    json.number("createTime", definition->trail.create_time);
    json.number("updateTime", definition->trail.update_time);
    json.close();
  }
  items.close();
}

result<document> one_workflow(const snapshot& from, const read_definitions& x) {
  document out;
  if (auto found = from.find_workflow(x.name, x.version)) {
    write(out.text, *found);
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
                      const read_definitions& x) {
  using namespace definition_reads_detail;
  using kind = read_definitions::kind;
  document out;
  switch (x.what) {
    case kind::workflow:
      return one_workflow(from, x);
    case kind::task:
      return one_task(from, x);
    case kind::workflows: {
      list items(out.text);
      for (auto& [name, all] : from.workflows())
        for (auto& [version, definition] : *all)
          write(items.item(), *definition);
      items.close();
      break;
    }
    case kind::names: {
      list items(out.text);
      for (auto& [name, all] : from.workflows())
        write_string(items.item(), name);
      items.close();
      break;
    }
    case kind::names_and_versions: {
      out.text = "{";
      for (auto& [name, all] : from.workflows()) {
        if (out.text.size() > 1)
          out.text += ',';
        write_string(out.text, name);
        out.text += ':';
        write_summaries(out.text, *all);
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
    case kind::latest_versions: {
      list items(out.text);
      for (auto& [name, all] : from.workflows())
        write(items.item(), *all->rbegin()->second);
      items.close();
      break;
    }
    case kind::schema: {
      auto found = from.find_schema(x.name, x.version);
      if (!found)
        return failure{errc::not_found, "No such schema: " + x.name};
      write(out.text, *found);
      break;
    }
    case kind::schemas: {
      list items(out.text);
      for (auto& schema : from.schemas())
        write(items.item(), *schema);
      items.close();
      break;
    }
    case kind::tasks: {
      list items(out.text);
      for (auto& definition : from.tasks())
        write(items.item(), *definition);
      items.close();
      break;
    }
  }
  return out;
}

} // namespace tutti
