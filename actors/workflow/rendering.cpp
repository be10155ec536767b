#include "actors/workflow/rendering.hpp"

#include "actors/engine/expression/environment.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti {

namespace rendering_detail {

/// Definitions rendered before, kept per thread. Emptied now and then: it holds
/// definitions of executions that are long gone.
rendered_tasks& known_definitions() {
  constexpr size_t uses_max = 100'000;
  thread_local rendered_tasks cache;
  thread_local size_t uses = 0;
  if (++uses > uses_max) {
    uses = 0;
    cache.clear();
  }
  return cache;
}

task_context context_of(const engine::state& x) {
  auto& head = x.head();
  task_context out;
  out.workflow_id = head.workflow_id;
  out.workflow_type = head.definition->name;
  out.correlation_id = head.correlation_id;
  return out;
}

void append_task(std::string& out, const engine::state& x, const task& row,
                 rendered_tasks& cache) {
  auto context = context_of(x);
  if (row.task_type == "JOIN" && !is_terminal(row.status)) {
    auto output = x.visible_output(row);
    context.output = &output;
    write(out, row, context, cache);
    return;
  }
  write(out, row, context, cache);
}

void append_list(std::string& out, const engine::state& x,
                 const std::vector<const task*>& rows) {
  auto& cache = known_definitions();
  out += '[';
  for (auto* row : rows) {
    if (out.back() != '[')
      out += ',';
    append_task(out, x, *row, cache);
  }
  out += ']';
}

std::string render_page(const engine::state& x, const read_execution& what) {
  auto rows = x.rows_in_order();
  if (!what.statuses.empty())
    std::erase_if(rows, [&](auto* row) {
      return std::find(what.statuses.begin(), what.statuses.end(), row->status)
             == what.statuses.end();
    });
  auto total = static_cast<int64_t>(rows.size());
  auto first = std::clamp<int64_t>(what.start, 0, total);
  auto count = std::clamp<int64_t>(what.count, 0, total - first);
  std::vector<const task*> page(rows.begin() + first,
                                rows.begin() + first + count);
  auto out = "{\"totalHits\":" + std::to_string(total) + ",\"results\":";
  append_list(out, x, page);
  out += '}';
  return out;
}

answer as_answer(std::string text) {
  answer out;
  out.text = std::move(text);
  return out;
}

} // namespace rendering_detail

std::string render_execution(const engine::state& x, bool include_tasks) {
  std::string tasks;
  if (include_tasks)
    rendering_detail::append_list(tasks, x, x.rows_in_order());
  std::string out;
  write(out, x.head(), include_tasks ? tasks : "[]");
  return out;
}

result<answer> render(const engine::state& x, const read_execution& what) {
  using namespace rendering_detail;
  switch (what.what) {
    case read_execution::part::workflow:
      return as_answer(render_execution(x, what.include_tasks));
    case read_execution::part::status: {
      std::string out;
      write_status(out, x.head(), what.include_output, what.include_variables);
      return as_answer(std::move(out));
    }
    case read_execution::part::tasks:
      return as_answer(render_page(x, what));
    case read_execution::part::task: {
      auto* row = x.find(what.workflow_id);
      if (!row)
        return failure{errc::not_found,
                       "Task not found for taskId: " + what.workflow_id};
      std::string out;
      append_task(out, x, *row, known_definitions());
      return as_answer(std::move(out));
    }
  }
  return failure{errc::internal, "an unknown part of an execution was asked"};
}

std::string render_for_worker(const engine::state& x, const task& row,
                              const shard_context& context) {
  using namespace rendering_detail;
  auto what = context_of(x);
  auto secret = [&](std::string_view name) {
    return context.secret ? context.secret(name) : std::nullopt;
  };
  auto input = engine::resolve_secrets(row.input, secret);
  what.input = &input;
  std::optional<payload> metadata;
  auto& definition = row.definition->definition;
  if (definition && !definition->runtime_metadata.empty()) {
    metadata = engine::runtime_metadata(
        definition->runtime_metadata, secret, [&](std::string_view name) {
          return context.env ? context.env->variable(name) : std::nullopt;
        });
    what.runtime_metadata = &*metadata;
  }
  std::string out;
  write(out, row, what, known_definitions());
  return out;
}

} // namespace tutti
