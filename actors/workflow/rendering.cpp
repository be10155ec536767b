#include "actors/workflow/rendering.hpp"

#include "actors/engine/features/masking.hpp"
#include "actors/engine/features/secret_mask.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/support/unknown.hpp"
#include "messages/model/codec.hpp"
#include "messages/requests/request_bounds.hpp"

#include <algorithm>

namespace tutti {

namespace rendering_detail {

size_t bytes_of(const task& row) {
  return row.input.text().size() + row.output.text().size();
}

size_t bytes_of(const engine::state& x) {
  auto& head = x.head();
  size_t out = head.input.text().size() + head.output.text().size()
               + head.variables.text().size();
  for (auto& row : x.rows())
    out += bytes_of(row);
  return out;
}

std::string render_page(const engine::state& x, const read_execution& what,
                        size_t bytes_max) {
  auto rows = x.rows_in_order();
  if (!what.statuses.empty())
    std::erase_if(rows, [&](auto* row) {
      return std::find(what.statuses.begin(), what.statuses.end(), row->status)
             == what.statuses.end();
    });
  auto total = static_cast<int64_t>(rows.size());
  auto first = std::clamp<int64_t>(what.start, 0, total);
  auto count = std::clamp<int64_t>(what.count, 0, total - first);
  std::vector<const task*> page;
  size_t bytes = 0;
  for (auto i = first; i < first + count; ++i) {
    bytes += bytes_of(*rows[size_t(i)]);
    if (bytes > bytes_max / 2 && !page.empty())
      break; // the reader goes on behind what it got
    page.push_back(rows[size_t(i)]);
  }
  auto out = "{\"totalHits\":" + std::to_string(total) + ",\"results\":";
  engine::render_tasks(out, x, page);
  out += '}';
  return out;
}

/// The open task of that reference; in a loop the first one of any iteration.
const task* pending_row(const engine::state& x, const std::string& reference) {
  auto* exact = x.latest(reference);
  if (exact && !is_terminal(exact->status))
    return exact;
  auto first = x.first_open(reference);
  return first == engine::state::no_row ? nullptr : &x.rows()[first];
}

} // namespace rendering_detail

result<document> render(const engine::state& x, const read_execution& what,
                        size_t bytes_max) {
  using namespace rendering_detail;
  switch (what.what) {
    case read_execution::part::workflow:
      if (what.include_tasks)
        if (auto bytes = bytes_of(x); bytes > bytes_max)
          return failure{errc::too_large,
                         sentence_of(bounds::answer, bytes, bytes_max,
                                     "execution " + x.head().workflow_id)};
      return document{engine::render_execution(x, what.include_tasks)};
    case read_execution::part::status: {
      std::string out;
      engine::masking mask(*x.head().definition);
      write_status(out, mask.on() ? mask.of(x.head()) : x.head(),
                   what.include_output, what.include_variables);
      return document{std::move(out)};
    }
    case read_execution::part::tasks:
      return document{render_page(x, what, bytes_max)};
    case read_execution::part::task: {
      auto* row = x.find(what.workflow_id);
      if (!row)
        return unknown_task(what.workflow_id);
      std::string out;
      engine::render_task(out, x, *row);
      return document{std::move(out)};
    }
    case read_execution::part::run:
      if (auto bytes = bytes_of(x); bytes > bytes_max)
        return failure{errc::too_large,
                       sentence_of(bounds::answer, bytes, bytes_max,
                                   "execution " + x.head().workflow_id)};
      return document{engine::render_run(x)};
    case read_execution::part::output:
      return document{engine::render_output(x).text()};
    case read_execution::part::pending: {
      std::string out;
      if (auto* row = pending_row(x, what.reference_name))
        engine::render_task(out, x, *row);
      return document{std::move(out)};
    }
  }
  return failure{errc::internal, "an unknown part of an execution was asked"};
}

result<execution_head> head_of(const engine::state& x,
                               const read_execution_head& what) {
  auto& head = x.head();
  execution_head out{head.workflow_id,
                     head.definition->name,
                     head.status,
                     head.parent_workflow_id,
                     head.parent_task_id,
                     head.asked_by,
                     {},
                     {},
                     {}};
  if (!what.reference_name.empty()) {
    auto* latest = x.latest(what.reference_name);
    if (!latest)
      return failure{errc::not_found, "execution " + head.workflow_id
                                          + " has no task "
                                          + what.reference_name};
    out.task_id = latest->task_id;
  }
  if (what.task_id.empty())
    return out;
  auto* row = x.find(what.task_id);
  if (!row)
    return unknown_task(what.task_id);
  out.sub_workflow_id = row->sub_workflow_id;
  out.secrets = engine::secrets_of(*row);
  return out;
}

std::string render_for_worker(const engine::state& x, const task& row,
                              const shard_context& context) {
  auto secret = [&](std::string_view name) {
    return context.secret ? context.secret(name) : std::nullopt;
  };
  auto variable = [&](std::string_view name) {
    return context.env ? context.env->variable(name) : std::nullopt;
  };
  return engine::render_for_worker(x, row, secret, variable);
}

} // namespace tutti
