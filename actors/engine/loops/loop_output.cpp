#include "actors/engine/loops/loop_output.hpp"

#include "actors/engine/task_traits.hpp"
#include "actors/engine/tasks/script_task.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

const char* items_key(const workflow_task& task, const nlohmann::json& input) {
  if (input.contains("_items"))
    return "_items";
  bool decides = task.items.empty() && is_blank(task.loop_condition);
  return decides && input.contains("items") ? "items" : nullptr;
}

const nlohmann::json* items_of(const task& loop) {
  auto& input = loop.input.json();
  auto* key = items_key(*loop.definition, input);
  return key && input.at(key).is_array() ? &input.at(key) : nullptr;
}

size_t parallel_of(const task& loop) {
  auto& input = loop.input.json();
  auto it = input.is_object() ? input.find("maxParallel") : input.end();
  return it != input.end() && it->is_number_integer()
             ? size_t(std::max<int64_t>(1, it->get<int64_t>()))
             : 1;
}

std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration, output_view& shown) {
  std::string out = "{";
  auto& rows = execution.loops().of(loop.task_id).rows;
  if (auto it = rows.find(iteration); it != rows.end())
    for (auto i : it->second) {
      auto& row = execution.rows()[i];
      if (execution.latest_index(row.reference_name) != i)
        continue;
      if (out.size() > shown.most())
        break;
      if (out.size() > 1)
        out += ',';
      write_string(out, base_of(row));
      out += ':';
      out += shown.of(row).text();
    }
  out += '}';
  return out;
}

std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration) {
  output_view shown(execution);
  return iteration_output(execution, loop, iteration, shown);
}

payload loop_progress(const task& loop, int32_t iteration) {
  std::string out = "{\"iteration\":" + std::to_string(iteration);
  if (auto* items = items_of(loop);
      items && iteration > 0 && size_t(iteration) <= items->size())
    out += ",\"loopIndex\":" + std::to_string(iteration - 1)
           + ",\"loopItem\":" + to_text((*items)[size_t(iteration - 1)]);
  return payload::trusted(out + "}");
}

payload loop_output(const state& execution, const task& loop, size_t most) {
  output_view shown(execution, most);
  return loop_output(execution, loop, shown);
}

payload loop_output(const state& execution, const task& loop,
                    output_view& shown) {
  auto& rows = execution.loops().of(loop.task_id).rows;
  std::string out;
  if (traits_of(loop).body == body_kind::items) {
    auto* items = items_of(loop);
    out = "{\"count\":" + std::to_string(items ? items->size() : 0)
          + ",\"results\":[";
    for (int32_t i = 1; i <= loop.iteration && out.size() <= shown.most();
         ++i) {
      if (i > 1)
        out += ',';
      out += iteration_output(execution, loop, i, shown);
    }
    return payload::trusted(out + "]}");
  }
  out = loop_progress(loop, loop.iteration).text();
  out.pop_back();
  for (auto& [iteration, indexes] : rows) {
    if (out.size() > shown.most())
      break;
    out += ",\"" + std::to_string(iteration)
           + "\":" + iteration_output(execution, loop, iteration, shown);
  }
  return payload::trusted(out + "}");
}

} // namespace tutti::engine
