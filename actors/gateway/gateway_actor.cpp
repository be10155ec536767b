#include "actors/gateway/gateway_actor.hpp"

#include "actors/dry_runs/dry_run_pool.hpp"
#include "actors/gateway/correlated.hpp"
#include "actors/gateway/over_nodes.hpp"
#include "actors/gateway/over_shards.hpp"
#include "actors/gateway/revive.hpp"
#include "actors/gateway/schedules.hpp"
#include "actors/gateway/script_check.hpp"
#include "actors/gateway/start.hpp"
#include "actors/gateway/task_logs.hpp"
#include "actors/jobs/job_preview.hpp"
#include "actors/metadata/definition_reads.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/retention/archive.hpp"
#include "actors/schedules/firing_ids.hpp"
#include "actors/search/search_everywhere.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/contradictions.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

namespace gateway_detail {

template <class Reply>
bool admits(const gateway_state& state, const Reply& done) {
  if (!state.draining)
    return true;
  done(failure{errc::unavailable, "the node is stopping"});
  return false;
}

/// Ids that we never make are unknown without a lookup.
template <class T>
bool is_known(const std::string& id, const reply<T>& done) {
  if (is_plausible_id(id))
    return true;
  done(failure{errc::not_found, "No such workflow found by id: " + id});
  return false;
}

void move_clock(const gateway_context& context,
                const envelope<advance_clock>& x) {
  if (!context.settings.test_clock) {
    x.done(failure{errc::forbidden,
                   "the clock moves only on a node with a test clock"});
    return;
  }
  if (x.request.by_ms < 0) {
    x.done(failure{errc::invalid, "a test clock moves forward only"});
    return;
  }
  context.clock->advance(x.request.by_ms);
  context.directory->tell_clock_moved();
  advance_other_clocks(context, x);
}

/// Lists may be long: they are written aside.
void definitions(const gateway_context& context,
                 const envelope<read_definitions>& x) {
  using kind = read_definitions::kind;
  auto& what = x.request.what;
  bool one = what == kind::workflow || what == kind::task
             || what == kind::schema || what == kind::workflow_tags
             || what == kind::task_tags || what == kind::rate_limit;
  auto known = context.definitions->current();
  if (one || !context.aside)
    return x.done(read(*known, x.request));
  auto most = context.settings.answer_bytes_max;
  if (!context.aside->submit(
          [known, x, most] { x.done(read(*known, x.request, most)); }))
    x.done(failure{errc::too_many,
                   "too many lists wait for their turn, try again"});
}

/// What is not there may have been archived by retention.
void or_archived(const gateway_context_pointer& context,
                 envelope<read_execution>& x) {
  auto then = [readers = context->readers, what = x.request,
               done = std::move(x.done)](result<document> got) {
    if (got)
      return done(std::move(got));
    failure unknown = std::move(got).failure();
    if (unknown.code != errc::not_found)
      return done(std::move(unknown));
    auto work = [what, unknown](const storage::store& from) {
      return read_archived(from, what, unknown);
    };
    storage::read<document>(*readers, std::move(work), done);
  };
  x.done = reply<document>(std::move(then));
}

void dry_run(const gateway_context& context, envelope<test_workflow>& x) {
  if (context.dry_runs)
    context.dry_runs->test(std::move(x));
  else
    x.done(failure{errc::unavailable, "dry runs are not served"});
}

} // namespace gateway_detail

gateway_actor::behavior_type
gateway(gateway_actor::stateful_pointer<gateway_state> self,
        gateway_context_pointer context) {
  using gateway_detail::admits;
  using gateway_detail::is_known;
  self->state.context = std::move(context);
  // Forwards to the shard of that id.
  auto forward = [self](const std::string& id, auto& x) {
    if (admits(self->state, x.done) && is_known(id, x.done))
      self->state.context->directory->tell(id, std::move(x));
  };
  // Requests that the gateway handles itself, in several steps.
  auto run = [self](auto& x, auto work) {
    if (admits(self->state, x.done))
      work(self->state.context, std::move(x));
  };
  auto to_job = [self](auto& x) {
    if (!admits(self->state, x.done))
      return;
    if (is_plausible_id(x.request.id))
      self->state.context->directory->tell(x.request.id, std::move(x));
    else
      x.done(failure{errc::not_found, "there is no such job"});
  };
  auto to_waits = [self](auto& x) {
    if (admits(self->state, x.done))
      self->state.context->directory->tell(std::move(x));
  };
  // To all nodes; the answers become one.
  auto everywhere = [self](auto& x) {
    if (admits(self->state, x.done))
      ask_nodes(self->state.context, std::move(x));
  };
  // What this node cannot answer because it reads the rows of a shard.
  auto belongs_elsewhere = [self](std::string_view id, auto& x) {
    auto& to = *self->state.context->directory;
    if (to.is_here(id) || to.other_nodes().empty())
      return false;
    if (admits(self->state, x.done))
      to.tell_gateway(id, std::move(x));
    return true;
  };
  auto to_search = [self](auto& x) {
    if (!admits(self->state, x.done))
      return;
    if (self->state.context->has_index)
      return ask_nodes(self->state.context, std::move(x));
    x.done(failure{errc::unavailable,
                   "this node has no search index (index.enabled)"});
  };
  auto to_metadata = [self](auto& x) {
    auto& to = *self->state.context->directory;
    if (!admits(self->state, x.done))
      return;
    handed_over::log(x, [] { return std::string("metadata"); });
    if (to.is_here(definitions_shard) || to.other_nodes().empty())
      self->send(self->state.context->metadata, std::move(x));
    else
      to.tell_gateway(definitions_shard, std::move(x));
  };
  auto to_schedule = [self](auto& x) {
    if (admits(self->state, x.done))
      self->state.context->directory->tell(schedule_shard_id(x.request.name),
                                           std::move(x));
  };
  // Definitions stay in memory.
  auto to_registry = [self, to_metadata](auto& x) {
    auto& in = *self->state.context;
    auto no_memory = in.memory ? in.memory->admit() : std::nullopt;
    if (!no_memory)
      return to_metadata(x);
    if (in.metrics)
      in.metrics->limit_reached(bounds::memory);
    x.done(std::move(*no_memory));
  };
  return guarded<gateway_actor::behavior_type>(
      self, "gateway",
      // Executions
      [run](envelope<start_workflow>& x) { run(x, start); },
      [run, forward](envelope<call_workflow>& x) {
        auto* what = std::get_if<command::retry>(&x.request.what);
        if (!what || !what->resume_sub_workflows)
          forward(x.request.workflow_id, x);
        else if (is_known(x.request.workflow_id, x.done))
          run(x, resume);
      },
      [run](envelope<restart_workflow>& x) {
        if (is_known(x.request.workflow_id, x.done))
          run(x, restart);
      },
      [run](envelope<rerun_workflow>& x) {
        if (is_known(x.request.workflow_id, x.done))
          run(x, rerun);
      },
      [forward](envelope<remove_workflow>& x) {
        forward(x.request.workflow_id, x);
      },
      [self, forward, belongs_elsewhere](envelope<read_execution>& x) {
        if (is_plausible_id(x.request.workflow_id)
            && belongs_elsewhere(x.request.workflow_id, x))
          return;
        gateway_detail::or_archived(self->state.context, x);
        forward(x.request.workflow_id, x);
      },
      [forward](envelope<read_history>& x) {
        forward(x.request.workflow_id, x);
      },
      [forward](envelope<explain_workflow>& x) {
        forward(x.request.workflow_id, x);
      },
      [self, belongs_elsewhere](envelope<verify_execution>& x) {
        if (!is_plausible_id(x.request.workflow_id))
          return x.done(unknown_workflow(x.request.workflow_id));
        if (belongs_elsewhere(x.request.workflow_id, x))
          return;
        storage::read<std::vector<violation>>(
            *self->state.context->readers,
            [id = x.request.workflow_id](const storage::store& from) {
              return contradictions(from, id);
            },
            x.done);
      },
      [self](envelope<list_executions>& x) {
        if (admits(self->state, x.done))
          list(self->state.context, std::move(x));
      },
      [self](envelope<test_workflow>& x) {
        if (admits(self->state, x.done))
          gateway_detail::dry_run(*self->state.context, x);
      },
      // Tasks and queues. While the node drains, queues answer polls at once
      // with nothing.
      [self](envelope<poll_tasks>& x) {
        self->state.context->directory->tell(std::move(x));
      },
      [self](envelope<cancel_poll>& x) {
        self->state.context->directory->tell(std::move(x));
      },
      [forward](envelope<append_task_log>& x) {
        forward(x.request.task_id, x);
      },
      [self, belongs_elsewhere](envelope<read_task_logs>& x) {
        if (belongs_elsewhere(x.request.task_id, x))
          return;
        storage::read<document>(
            *self->state.context->readers,
            [what = x.request,
             most = self->state.context->settings.answer_bytes_max](
                const storage::store& from) {
              return read_logs(from, what, most);
            },
            x.done);
      },
      [everywhere](envelope<read_queue_sizes>& x) { everywhere(x); },
      [everywhere](envelope<read_queue_size>& x) { everywhere(x); },
      [everywhere](envelope<list_queues>& x) { everywhere(x); },
      [everywhere](envelope<describe_queues>& x) { everywhere(x); },
      [everywhere](envelope<read_poll_data>& x) { everywhere(x); },
      [everywhere](envelope<requeue_tasks>& x) { everywhere(x); },
      [self](envelope<peek_event_queue>& x) {
        ask_nodes(self->state.context, std::move(x));
      },
      [forward](envelope<acknowledge_event>& x) {
        forward(x.request.message_id, x);
      },
      // Jobs and retention
      [self](const envelope<preview_job>& x) {
        if (!admits(self->state, x.done))
          return;
        if (auto& in = *self->state.context; in.find)
          preview(in.find, in.jobs, x);
        else
          x.done(failure{errc::unavailable,
                         "this node has no search index (index.enabled)"});
      },
      [self](envelope<create_job>& x) {
        if (!admits(self->state, x.done))
          return;
        if (x.request.id.empty())
          x.request.id = self->state.context->ids->workflow_id();
        self->state.context->directory->tell(x.request.id, std::move(x));
      },
      [to_job](envelope<read_job>& x) { to_job(x); },
      [self](envelope<list_jobs>& x) {
        if (admits(self->state, x.done))
          list(self->state.context, std::move(x));
      },
      [to_job](envelope<control_job>& x) { to_job(x); },
      [to_job](envelope<read_job_errors>& x) { to_job(x); },
      [everywhere](envelope<read_retention>& x) { everywhere(x); },
      [everywhere](envelope<run_retention>& x) { everywhere(x); },
      [everywhere](envelope<list_archived>& x) { everywhere(x); },
      // Clients that wait
      [to_waits](envelope<execute_workflow>& x) { to_waits(x); },
      [to_waits](envelope<call_and_wait>& x) {
        if (is_known(x.request.workflow_id, x.done))
          to_waits(x);
      },
      [to_waits](envelope<signal_workflow>& x) {
        if (is_known(x.request.workflow_id, x.done))
          to_waits(x);
      },
      [self](envelope<cancel_wait>& x) {
        self->state.context->directory->tell(std::move(x));
      },
      // Definitions
      [to_registry](envelope<register_workflows>& x) { to_registry(x); },
      [to_registry](envelope<register_tasks>& x) { to_registry(x); },
      [to_registry](envelope<register_schemas>& x) { to_registry(x); },
      [to_metadata](envelope<remove_workflow_definition>& x) {
        to_metadata(x);
      },
      [to_metadata](envelope<remove_task_definition>& x) { to_metadata(x); },
      [to_metadata](envelope<remove_schema>& x) { to_metadata(x); },
      [to_registry](envelope<register_event_handlers>& x) { to_registry(x); },
      [to_metadata](envelope<remove_event_handler>& x) { to_metadata(x); },
      [to_registry](envelope<change_tags>& x) { to_registry(x); },
      [to_metadata](envelope<limit_workflow>& x) { to_metadata(x); },
      [self](const envelope<read_definitions>& x) {
        gateway_detail::definitions(*self->state.context, x);
      },
      [self](envelope<check_scripts>& x) {
        if (admits(self->state, x.done))
          check(self->state.context->scripts, std::move(x));
      },
      // Schedules
      [run](envelope<save_schedule>& x) { run(x, save); },
      [to_schedule](envelope<remove_schedule>& x) { to_schedule(x); },
      [to_schedule](envelope<read_schedule>& x) { to_schedule(x); },
      [to_schedule](envelope<control_schedule>& x) { to_schedule(x); },
      [to_schedule](envelope<tag_schedule>& x) { to_schedule(x); },
      [self](envelope<list_schedules>& x) {
        list(self->state.context, std::move(x));
      },
      [self](envelope<search_firings>& x) {
        list(self->state.context, std::move(x));
      },
      [to_schedule](envelope<backfill_schedule>& x) { to_schedule(x); },
      [to_schedule](envelope<trigger_schedule>& x) { to_schedule(x); },
      [run](envelope<hold_schedules>& x) { run(x, hold); },
      // Search
      [self, run](envelope<find_correlated>& x) {
        if (self->state.context->has_index)
          return run(x, find_by_correlation);
        x.done(failure{errc::unavailable,
                       "this node has no search index (index.enabled)"});
      },
      [to_search](envelope<search_index>& x) { to_search(x); },
      [to_search](envelope<summarize_executions>& x) { to_search(x); },
      [to_search](envelope<read_index_status>& x) { to_search(x); },
      [to_search](envelope<rebuild_index>& x) { to_search(x); },
      // The node
      [self](envelope<list_incidents>& x) {
        if (admits(self->state, x.done))
          list(self->state.context, std::move(x));
      },
      [self](envelope<release_incident>& x) {
        if (admits(self->state, x.done))
          self->state.context->directory->tell(x.request.workflow_id,
                                               std::move(x));
      },
      [self](const envelope<advance_clock>& x) {
        gateway_detail::move_clock(*self->state.context, x);
      },
      [self](const drain& x) {
        self->state.draining = true;
        x.finished(done{});
      });
}

} // namespace tutti
