#include "actors/jobs/job_action.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace job_action_detail {

using nlohmann::json;
using enum workflow_status;
using evidence = job_action::evidence;

/// Reads arguments; remembers the first that is wrong, and which were read.
class arguments {
 public:
  arguments(std::string_view action, const payload& x)
      : action_(action), all_(x.json()) {}

  bool flag(const char* name, bool otherwise) {
    auto* x = find(name);
    if (!x)
      return otherwise;
    if (!x->is_boolean())
      return wrong(name, "true or false"), otherwise;
    return x->get<bool>();
  }
  std::string text(const char* name) {
    auto* x = find(name);
    if (!x)
      return {};
    if (!x->is_string())
      return wrong(name, "a text"), std::string();
    return x->get<std::string>();
  }
  std::string required(const char* name) {
    auto out = text(name);
    if (out.empty() && !failure_)
      wrong(name, "given");
    return out;
  }
  std::optional<payload> object(const char* name) {
    auto* x = find(name);
    if (!x)
      return std::nullopt;
    if (!x->is_object())
      return wrong(name, "a JSON object"), std::nullopt;
    return payload(*x);
  }
  std::optional<task_status> status(const char* name) {
    auto word = text(name);
    if (word.empty())
      return std::nullopt;
    auto out = from_text<task_status>(word);
    if (!out)
      wrong(name, "a status of a task");
    return out;
  }

  /// Also refuses what no reader asked for.
  std::optional<failure> end() {
    for (auto& [name, value] : all_.items())
      if (!failure_ && std::ranges::find(known_, name) == known_.end())
        failure_
            = failure{errc::invalid, "the action '" + std::string(action_)
                                         + "' has no argument '" + name + "'"};
    return failure_;
  }

 private:
  const json* find(const char* name) {
    known_.emplace_back(name);
    auto it = all_.find(name);
    return it == all_.end() || it->is_null() ? nullptr : &*it;
  }
  void wrong(const char* name, const char* rule) {
    if (!failure_)
      failure_ = failure{errc::invalid,
                         "argument '" + std::string(name) + "' of the action '"
                             + std::string(action_) + "' must be " + rule};
  }

  std::string_view action_;
  const json& all_;
  std::vector<std::string> known_;
  std::optional<failure> failure_;
};

template <class Request>
envelope<Request> sealed(Request what, const request_context& from,
                         reply<typename Request::response> done) {
  return {std::move(what), from, std::move(done)};
}

auto calls(workflow_command what) {
  return [what
          = std::move(what)](const operator_pointer& to, const std::string& id,
                             const request_context& from, reply<answer> done) {
    to->send(sealed(call_workflow{id, what}, from, std::move(done)));
  };
}

/// A reply to a request without a value.
reply<done> plain(reply<answer> to) {
  return reply<done>([to = std::move(to)](result<done> x) {
    if (x)
      to(answer{});
    else
      to(std::move(x).failure());
  });
}

job_action pause(arguments&) {
  return {"pause",
          "lets each begin no further tasks",
          {running},
          evidence::revision,
          calls(command::pause{})};
}
job_action resume(arguments&) {
  return {"resume",
          "lets each go on",
          {paused},
          evidence::revision,
          calls(command::resume{})};
}
job_action reset_callbacks(arguments&) {
  return {"resetcallbacks",
          "offers tasks that call back later at once",
          {running},
          evidence::revision,
          calls(command::reset_callbacks{})};
}

job_action retry(arguments& x) {
  command::retry what;
  what.resume_sub_workflows = x.flag("resumeSubworkflowTasks", false);
  job_action out{"retry",
                 "runs the failed tasks of each again",
                 {failed, timed_out, terminated},
                 evidence::revision,
                 calls(what)};
  if (what.resume_sub_workflows)
    out.proof = evidence::revival;
  return out;
}

job_action restart(arguments& x) {
  auto latest = x.flag("useLatestDefinitions", false);
  return {
      "restart",
      "runs each from its first task, dropping what was done",
      {completed, failed, timed_out, terminated},
      evidence::revision,
      [latest](const operator_pointer& to, const std::string& id,
               const request_context& from, reply<answer> done) {
        to->send(sealed(restart_workflow{id, latest}, from, std::move(done)));
      }};
}

/// A task's reference is the same in all executions, its id is not.
job_action rerun(arguments& x) {
  auto reference = x.text("fromTask");
  rerun_request what;
  what.workflow_input = x.object("workflowInput");
  what.task_input = x.object("taskInput");
  what.correlation_id = x.text("correlationId");
  auto send = [reference,
               what](const operator_pointer& to, const std::string& id,
                     const request_context& from, reply<answer> done) {
    if (reference.empty())
      return to->send(sealed(rerun_workflow{id, what}, from, std::move(done)));
    read_execution_head ask;
    ask.workflow_id = id;
    ask.reference_name = reference;
    auto found = [to, id, what, from,
                  done = std::move(done)](result<execution_head> head) mutable {
      if (!head)
        return done(std::move(head).failure());
      what.from_task_id = head->task_id;
      to->send(sealed(rerun_workflow{id, what}, from, std::move(done)));
    };
    to->send(
        sealed(std::move(ask), from, reply<execution_head>(std::move(found))));
  };
  return {"rerun",
          reference.empty() ? "runs each again from its first task"
                            : "runs each again from its task " + reference,
          {completed, failed, timed_out, terminated},
          evidence::revision,
          std::move(send)};
}

job_action terminate(arguments& x) {
  command::terminate what;
  what.reason = x.text("reason");
  what.failure_workflow = x.flag("triggerFailureWorkflow", false);
  return {"terminate",
          "ends each; its open tasks are cancelled",
          {running, paused},
          evidence::revision,
          calls(what)};
}

job_action remove(arguments& x) {
  auto archive = x.flag("archiveWorkflow", true);
  auto keep = x.flag("keepRecord", false);
  job_action out;
  out.name = "remove";
  out.does = archive ? "hides each from lists; it can be read by its id"
             : keep  ? "moves each to the archive"
                     : "deletes each for good, also one that runs";
  out.concerns = {completed, failed, timed_out, terminated};
  if (!archive && !keep)
    out.concerns.insert(out.concerns.end(), {running, paused});
  out.proof = archive ? evidence::none : evidence::absence;
  out.send = [archive, keep](const operator_pointer& to, const std::string& id,
                             const request_context& from, reply<answer> done) {
    to->send(sealed(remove_workflow{id, archive, keep}, from,
                    plain(std::move(done))));
  };
  return out;
}

job_action skip(arguments& x) {
  command::skip_task what;
  what.reference_name = x.required("taskReferenceName");
  what.request.task_input = x.object("taskInput");
  what.request.task_output = x.object("taskOutput");
  auto does = "skips the task " + what.reference_name + " of each";
  return {"skip",
          std::move(does),
          {running, paused},
          evidence::revision,
          calls(std::move(what))};
}

job_action signal(arguments& x) {
  command::signal what;
  what.status = x.status("status").value_or(task_status::completed);
  what.output = x.object("output").value_or(payload());
  return {"signal",
          "ends the first task of each that waits for a signal",
          {running},
          evidence::revision,
          calls(std::move(what))};
}

struct entry {
  std::string_view name;
  job_action (*make)(arguments&);
};
constexpr entry all[] = {
    {"pause", pause},   {"resume", resume},
    {"retry", retry},   {"restart", restart},
    {"rerun", rerun},   {"terminate", terminate},
    {"remove", remove}, {"skip", skip},
    {"signal", signal}, {"resetcallbacks", reset_callbacks},
};

} // namespace job_action_detail

bool job_action::concerns_status(workflow_status x) const {
  return std::ranges::find(concerns, x) != concerns.end();
}

std::vector<std::string_view> job_action_names() {
  std::vector<std::string_view> out;
  for (auto& x : job_action_detail::all)
    out.push_back(x.name);
  return out;
}

result<job_action> job_action_of(std::string_view name,
                                 const payload& arguments) {
  using namespace job_action_detail;
  auto* found = std::ranges::find(all, name, &entry::name);
  if (found == std::end(all)) {
    std::string names;
    for (auto& x : all)
      names += (names.empty() ? "" : ", ") + std::string(x.name);
    return failure{errc::invalid, "there is no action '" + std::string(name)
                                      + "'; there are " + names};
  }
  job_action_detail::arguments given(name, arguments);
  auto out = found->make(given);
  if (auto why = given.end())
    return *why;
  return out;
}

} // namespace tutti
