#include "api/admission/admission.hpp"

#include "api/admission/script_syntax.hpp"
#include "messages/model/schedules/schedule_rules.hpp"
#include "messages/requests/request_bounds.hpp"

#include <algorithm>

namespace tutti::api {

namespace admission_detail {

admission::refusal refusal_of(violations found) {
  if (found.count() == 0)
    return std::nullopt;
  return invalid_request(std::move(found).take());
}

std::string at(const std::string& path, size_t i) {
  return path + "[" + std::to_string(i) + "]";
}

} // namespace admission_detail

/// The violations so far, and the scripts still to be checked.
struct admission::findings {
  violations broken;
  std::vector<script_to_check> scripts;
};

/// A list of definitions is one argument: an empty list is a violation, and one
/// wrong definition refuses all.
template <class Definition, class ValidateOne>
void admission::look(violations& out, const std::vector<Definition>& list,
                     const std::string& path, ValidateOne validate_one) const {
  if (list.empty())
    out.add(path, "the list of definitions is empty");
  if (list.size() > settings_.definitions_max)
    return out.add(path, "the list has more than "
                             + std::to_string(settings_.definitions_max)
                             + " definitions");
  for (size_t i = 0; i < list.size(); ++i)
    validate_one(list[i], admission_detail::at(path, i));
}

void admission::decide(findings found, const request_context& from,
                       verdict then) const {
  using namespace admission_detail;
  using list = std::vector<violation>;
  auto conclude = [then = std::move(then), broken = std::move(found.broken)](
                      result<list> more) mutable {
    if (!more)
      return then(std::move(more).failure());
    broken.add(std::move(*more));
    then(refusal_of(std::move(broken)));
  };
  if (found.scripts.empty())
    return conclude(list{});
  gateway_->ask(check_scripts{std::move(found.scripts)}, from,
                reply<list>(std::move(conclude)));
}

void admission::check(const workflow_def& x, const std::string& path,
                      const request_context& from, verdict then) const {
  findings found;
  validate(found.broken, x, path, settings_.validation, wiring_);
  collect_scripts(found.scripts, x, path, settings_.validation);
  decide(std::move(found), from, std::move(then));
}

void admission::check(const std::vector<workflow_def>& list,
                      const std::string& path, const request_context& from,
                      verdict then) const {
  findings found;
  look(found.broken, list, path, [&](auto& one, const std::string& at) {
    validate(found.broken, one, at, settings_.validation, wiring_);
  });
  for (size_t i = 0; i < list.size(); ++i)
    collect_scripts(found.scripts, list[i], admission_detail::at(path, i),
                    settings_.validation);
  decide(std::move(found), from, std::move(then));
}

void admission::check(const start_workflow_request& x, const std::string& path,
                      const request_context& from, verdict then) const {
  findings found;
  validate(found.broken, x, path, settings_.validation, wiring_);
  if (x.definition)
    collect_scripts(found.scripts, *x.definition, path + ".workflowDef",
                    settings_.validation);
  decide(std::move(found), from, std::move(then));
}

void admission::check(const schedule_def& x, const std::string& path,
                      const request_context& from, verdict then) const {
  findings found;
  auto start = path + ".startWorkflowRequest";
  validate(found.broken, x, path);
  validate(found.broken, x.start, start, settings_.validation, wiring_);
  if (x.start.definition)
    collect_scripts(found.scripts, *x.start.definition, start + ".workflowDef",
                    settings_.validation);
  decide(std::move(found), from, std::move(then));
}

admission::refusal admission::check(const std::vector<tag>& tags,
                                    const std::string& path) const {
  violations found;
  validate(found, tags, path);
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check_text(const std::string& text,
                                         std::string_view what) const {
  auto most = schedule_bounds().text_bytes_max;
  if (text.size() <= most)
    return std::nullopt;
  return failure{errc::invalid, "'" + std::string(what) + "' has "
                                    + std::to_string(text.size())
                                    + " bytes, at most " + std::to_string(most)
                                    + " are kept"};
}

/// Definitions for children in place of registered ones.
void admission::look_at(const workflow_test_request& x, const std::string& path,
                        findings& out) const {
  for (auto& [reference, child] : x.sub_workflows) {
    auto at
        = path + ".subWorkflowTestRequest[" + shortened(reference, 100) + "]";
    if (auto& definition = child->start.definition) {
      validate(out.broken, *definition, at + ".workflowDef",
               settings_.validation, wiring_);
      collect_scripts(out.scripts, *definition, at + ".workflowDef",
                      settings_.validation);
    }
    look_at(*child, at, out);
  }
}

void admission::check(const workflow_test_request& x, const std::string& path,
                      const request_context& from, verdict then) const {
  findings found;
  validate(found.broken, x.start, path, settings_.validation, wiring_);
  if (x.start.definition)
    collect_scripts(found.scripts, *x.start.definition, path + ".workflowDef",
                    settings_.validation);
  look_at(x, path, found);
  decide(std::move(found), from, std::move(then));
}

admission::refusal admission::check(const task_def& x,
                                    const std::string& path) const {
  violations found;
  validate(found, x, path, settings_.validation);
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check(const std::vector<task_def>& list,
                                    const std::string& path) const {
  violations found;
  look(found, list, path, [&](auto& one, const std::string& at) {
    validate(found, one, at, settings_.validation);
  });
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check(const std::vector<schema_def>& list,
                                    const std::string& path) const {
  violations found;
  look(found, list, path, [&](auto& one, const std::string& at) {
    validate(found, one, at, settings_.validation);
  });
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check(const std::vector<event_handler>& list,
                                    const std::string& path,
                                    bool is_list) const {
  violations found;
  look(found, list, path, [&](auto& one, const std::string& at) {
    validate(found, one, is_list ? at : path);
  });
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check(const rate_limit_config& x,
                                    const std::string& path) const {
  violations found;
  validate(found, x, path);
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check(const task_result& x,
                                    const std::string& path) const {
  violations found;
  validate(found, x, path);
  return admission_detail::refusal_of(std::move(found));
}

admission::refusal admission::check_ids(const std::vector<std::string>& ids,
                                        const std::string& path) const {
  auto most = settings_.bulk_ids_max;
  if (ids.empty())
    return invalid_request({{path, "the list of workflow ids is empty", {}}});
  if (ids.size() > most)
    return invalid_request(
        {{path,
          "the list has " + std::to_string(ids.size())
              + " workflow ids, at most " + std::to_string(most)
              + " are handled at once",
          {}}});
  return std::nullopt;
}

admission::refusal admission::check_names(const poll_tasks& x) const {
  auto most = settings_.poll_name_bytes_max;
  for (auto [what, name] : {std::pair{"the task type", &x.task_type},
                            std::pair{"'domain'", &x.domain},
                            std::pair{"'workerid'", &x.worker_id}})
    if (name->size() > most) {
      if (settings_.reached)
        settings_.reached->add(bounds::poll_name);
      return failure{errc::invalid,
                     sentence_of(bounds::poll_name, name->size(), most, what)};
    }
  return std::nullopt;
}

admission::refusal admission::bound(poll_tasks& x) const {
  if (auto why = check_names(x))
    return why;
  auto most = settings_.poll_timeout_ms_max;
  if (x.timeout_ms > most)
    return failure{errc::invalid, "'timeout' is " + std::to_string(x.timeout_ms)
                                      + " ms, a long poll may last at most "
                                      + std::to_string(most) + " ms"};
  if (x.count <= 0)
    x.timeout_ms = 0;
  x.count = std::clamp(x.count, 1, settings_.poll_count_max);
  return std::nullopt;
}

size_t admission::bound_list(int64_t count) const {
  return std::min(size_t(std::max<int64_t>(count, 0)),
                  settings_.list_count_max);
}

} // namespace tutti::api
