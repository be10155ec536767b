#include "api/rest/routes/script_syntax.hpp"

#include "api/rest/routes/answering.hpp"
#include "messages/model/validation.hpp"

#include <iterator>

namespace tutti::rest {

namespace script_syntax_detail {

void collect(std::vector<script_to_check>& out,
             const std::vector<workflow_task>& tasks, const std::string& path) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& x = tasks[i];
    auto here = path + "[" + std::to_string(i) + "]";
    auto subject = [&](const char* field) {
      return x.type + " task '" + x.reference_name + "': " + field;
    };
    if (x.type == "DECISION" && !x.case_expression.empty())
      out.push_back({here, subject("caseExpression"), x.case_expression});
    if (x.type == "SWITCH" && x.evaluator_type == "javascript")
      out.push_back({here, subject("expression"), x.expression});
    for_each_list(x, [&](auto& list, const std::string& field) {
      collect(out, list, here + "." + field);
    });
  }
}

} // namespace script_syntax_detail

void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path) {
  script_syntax_detail::collect(out, def.tasks, path + ".tasks");
}

void when_valid(const route_context& context, exchange_pointer x,
                std::vector<violation> found,
                std::vector<script_to_check> scripts,
                std::function<void(exchange_pointer)> go_on) {
  using violations = std::vector<violation>;
  auto decide = [x = std::move(x), go_on = std::move(go_on),
                 found = std::move(found)](result<violations> more) mutable {
    if (!more)
      return refuse(*x, more.failure());
    std::move(more->begin(), more->end(), std::back_inserter(found));
    if (!found.empty())
      return refuse(*x, invalid_request(std::move(found)));
    go_on(std::move(x));
  };
  if (scripts.empty())
    return decide(violations{});
  check_scripts what;
  what.scripts = std::move(scripts);
  what.done = reply<violations>(std::move(decide));
  context.gateway->send(std::move(what));
}

} // namespace tutti::rest
