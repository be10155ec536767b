#include "actors/engine/views/rendering.hpp"

#include "actors/engine/features/masking.hpp"
#include "messages/model/codec.hpp"

namespace tutti::engine {

namespace rendering_detail {

/// Rendered definitions, one cache per thread. Emptied now and then, because it
/// would hold definitions of executions that ended long ago.
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

task_context context_of(const state& x) {
  auto& head = x.head();
  task_context out;
  out.workflow_id = head.workflow_id;
  out.workflow_type = head.definition->name;
  out.correlation_id = head.correlation_id;
  return out;
}

void append(std::string& out, const state& x, const task& row,
            rendered_tasks& cache) {
  auto context = context_of(x);
  masking mask(*x.head().definition);
  bool more = x.shows_more(row);
  if (!more && !mask.on())
    return write(out, row, context, cache);
  auto input = mask.of(row.input);
  auto output = mask.of(more ? x.visible_output(row) : row.output);
  context.input = &input;
  context.output = &output;
  write(out, row, context, cache);
}

} // namespace rendering_detail

void render_task(std::string& out, const state& x, const task& row) {
  rendering_detail::append(out, x, row, rendering_detail::known_definitions());
}

void render_tasks(std::string& out, const state& x,
                  const std::vector<const task*>& rows) {
  auto& cache = rendering_detail::known_definitions();
  out += '[';
  for (auto* row : rows) {
    if (out.back() != '[')
      out += ',';
    rendering_detail::append(out, x, *row, cache);
  }
  out += ']';
}

std::string render_execution(const state& x, bool include_tasks) {
  std::string tasks;
  if (include_tasks)
    render_tasks(tasks, x, x.rows_in_order());
  std::string out;
  masking mask(*x.head().definition);
  if (mask.on())
    write(out, mask.of(x.head()), include_tasks ? tasks : "[]");
  else
    write(out, x.head(), include_tasks ? tasks : "[]");
  return out;
}

std::string render_run(const state& x) {
  std::string tasks, out;
  render_tasks(tasks, x, x.rows_in_order());
  masking mask(*x.head().definition);
  if (mask.on())
    write_run(out, mask.of(x.head()), tasks);
  else
    write_run(out, x.head(), tasks);
  return out;
}

payload render_output(const state& x) {
  return masking(*x.head().definition).of(x.head().output);
}

std::string render_run(const state& x, const task& row) {
  auto context = rendering_detail::context_of(x);
  masking mask(*x.head().definition);
  auto input = mask.of(row.input);
  auto output = mask.of(x.shows_more(row) ? x.visible_output(row) : row.output);
  context.input = &input;
  context.output = &output;
  std::string out;
  write_run(out, row, context, x.head().priority);
  return out;
}

std::string render_for_worker(const state& x, const task& row,
                              const name_lookup& secrets,
                              const name_lookup& environment) {
  using namespace rendering_detail;
  auto what = context_of(x);
  auto input = resolve_secrets(row.input, secrets);
  what.input = &input;
  std::optional<payload> metadata;
  auto& definition = row.definition->definition;
  if (definition && !definition->runtime_metadata.empty()) {
    metadata
        = runtime_metadata(definition->runtime_metadata, secrets, environment);
    what.runtime_metadata = &*metadata;
  }
  std::string out;
  write(out, row, what, known_definitions());
  return out;
}

} // namespace tutti::engine
