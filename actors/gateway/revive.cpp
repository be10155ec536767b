#include "actors/gateway/revive.hpp"

#include "actors/gateway/execution_reads.hpp"

namespace tutti {

namespace revive_detail {

void call(const gateway_context& context, std::string id, workflow_command what,
          request_context from, reply<answer> done) {
  envelope<call_workflow> out;
  out.request.workflow_id = std::move(id);
  out.request.what = std::move(what);
  out.context = std::move(from);
  out.done = std::move(done);
  context.directory->tell(out.request.workflow_id, std::move(out));
}

/// Longer chains of executions can only be loops in damaged data.
constexpr int depth_max = 1000;

void resume_at(const gateway_context_pointer& context, std::string id,
               const command::retry& what, const request_context& from,
               const reply<answer>& done, int depth) {
  auto next = [context, what, from, done, depth, id](result<answer> got) {
    bool deeper = got && !got->effective && got->text != id;
    if (deeper && depth < depth_max)
      resume_at(context, got->text, what, from, done, depth + 1);
    else if (deeper)
      done(failure{errc::internal,
                   "the sub-workflows of " + id + " are nested too deeply"});
    else
      done(std::move(got));
  };
  call(*context, std::move(id), what, from, reply<answer>(std::move(next)));
}

/// A rerun from a task of a descendant: walks from the task's execution up
/// through its parents to the requested execution.
class deep_rerun : public std::enable_shared_from_this<deep_rerun> {
 public:
  deep_rerun(gateway_context_pointer context, envelope<rerun_workflow> x)
      : context_(std::move(context)), x_(std::move(x)) {}

  void begin() {
    auto next = [self = shared_from_this()](result<execution_head> head) {
      if (!head)
        self->x_.done(std::move(head).failure());
      else if (!is_terminal(head->status))
        self->x_.done(failure{errc::conflict,
                              "Workflow " + self->what().workflow_id
                                  + " is not in a terminal state, unable to "
                                    "rerun it"});
      else
        self->find_owner();
    };
    read_head(*context_, what().workflow_id, std::move(next));
  }

 private:
  const rerun_workflow& what() const { return x_.request; }

  void find_owner() {
    auto next = [self = shared_from_this()](result<execution_head> row) {
      if (row && !row->workflow_id.empty()) {
        self->owner_ = row->workflow_id;
        self->climb(row->workflow_id, 0);
      } else if (row || row.failure().code == errc::not_found) {
        self->not_in_tree();
      } else {
        self->x_.done(std::move(row).failure());
      }
    };
    read_head_of_task(*context_, what().what.from_task_id, std::move(next));
  }

  void climb(const std::string& id, int depth) {
    if (id == what().workflow_id)
      return run();
    if (depth == depth_max)
      return not_in_tree();
    auto next
        = [self = shared_from_this(), depth](result<execution_head> head) {
            if (head && !head->parent_task_id.empty())
              self->check_row(*head, depth);
            else if (head || head.failure().code == errc::not_found)
              self->not_in_tree();
            else
              self->x_.done(std::move(head).failure());
          };
    read_head(*context_, id, std::move(next));
  }

  /// If the parent has dropped the child's row, the child is no longer part of
  /// the tree.
  void check_row(const execution_head& child, int depth) {
    auto next
        = [self = shared_from_this(), depth, parent = child.parent_workflow_id,
           id = child.workflow_id](result<execution_head> row) {
            if (row && row->workflow_id == parent && row->sub_workflow_id == id)
              self->climb(parent, depth + 1);
            else if (row || row.failure().code == errc::not_found)
              self->not_in_tree();
            else
              self->x_.done(std::move(row).failure());
          };
    read_head_of_task(*context_, child.parent_task_id, std::move(next));
  }

  void run() {
    auto request = what().what;
    if (owner_ != what().workflow_id) {
      request.workflow_input.reset();
      request.correlation_id.clear();
    }
    auto done = reply<answer>(
        [addressed = what().workflow_id, done = x_.done](result<answer> got) {
          if (got)
            got->text = addressed;
          done(std::move(got));
        });
    call(*context_, owner_, command::rerun{std::move(request)}, x_.context,
         std::move(done));
  }

  void not_in_tree() {
    x_.done(failure{errc::invalid, "task " + what().what.from_task_id
                                       + " is not found in workflow "
                                       + what().workflow_id
                                       + " or its sub workflows"});
  }

  gateway_context_pointer context_;
  envelope<rerun_workflow> x_;
  std::string owner_;
};

} // namespace revive_detail

void restart(const gateway_context_pointer& context,
             envelope<restart_workflow> x) {
  using revive_detail::call;
  auto id = x.request.workflow_id;
  if (!x.request.use_latest)
    return call(*context, std::move(id), command::restart{},
                std::move(x.context), std::move(x.done));
  auto next = [context, x = std::move(x)](result<execution_head> head) {
    if (!head)
      return x.done(std::move(head).failure());
    auto latest = context->definitions->pinned(head->name, std::nullopt);
    if (!latest)
      return x.done(std::move(latest).failure());
    call(*context, x.request.workflow_id, command::restart{*latest}, x.context,
         x.done);
  };
  read_head(*context, id, std::move(next));
}

void resume(const gateway_context_pointer& context, envelope<call_workflow> x) {
  revive_detail::resume_at(context, std::move(x.request.workflow_id),
                           std::get<command::retry>(x.request.what), x.context,
                           x.done, 0);
}

void rerun(const gateway_context_pointer& context, envelope<rerun_workflow> x) {
  auto& [id, what] = x.request;
  if (what.from_task_id.empty()) {
    revive_detail::call(*context, std::move(id),
                        command::rerun{std::move(what)}, std::move(x.context),
                        std::move(x.done));
    return;
  }
  std::make_shared<revive_detail::deep_rerun>(context, std::move(x))->begin();
}

} // namespace tutti
