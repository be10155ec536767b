#include "tests/conformance/backend.hpp"

#include "actors/engine/inputs/expression/pattern.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "api/rest/routes/routes.hpp"
#include "tests/support/dry_run_node.hpp"
#include "tests/support/test_scripts.hpp"
#include "tests/unit/api/rest/server/local_exchange.hpp"

#include <algorithm>

namespace tutti::conformance {

namespace {

node_environment::variables environment() {
  node_environment::variables out;
  for (auto& entry : node_environment_entries()) {
    auto sign = entry.find('=');
    out[entry.substr(0, sign)] = entry.substr(sign + 1);
  }
  return out;
}

// What tools/tuttid wires into the routes of a node.
reference_check checks_references() {
  auto known = std::make_shared<const node_environment>(
      node_environment::settings{}, environment());
  return engine::checks_references([known](std::string_view name) {
    return known->system_name(name).has_value();
  });
}

std::string content_type(rest::content what) {
  return what == rest::content::json ? "application/json" : "text/plain";
}

class pure_backend final : public backend {
 public:
  explicit pure_backend(bool read_again) {
    test::dry_run_node::options how;
    how.read_again = read_again;
    how.bounds.variables_bytes_max = 2 << 10;
    how.environment = environment();
    how.scripts = scripts_.get();
    how.check = [this](engine::script_language in, std::string_view source) {
      return scripts_->check(in, source);
    };
    node_ = std::make_shared<test::dry_run_node>(std::move(how));
    rest::route_context context{.gateway = node_};
    context.settings.test_clock = true;
    context.settings.admission.validation.rules_of = engine::rules_of_type;
    context.settings.admission.validation.pattern_error
        = [](std::string_view text) {
            auto read = engine::pattern::compile(text, "");
            return read ? std::string() : read.failure().message;
          };
    context.check_references = checks_references();
    auto made = rest::router::make(rest::all_routes(std::move(context)));
    if (!made)
      throw std::logic_error(made.failure().message);
    routes_.emplace(std::move(*made));
  }

  test::http_reply send(const std::string& method, const std::string& path,
                        const std::string& body) override {
    rest::test::local_exchange request(method, path, body);
    (*routes_)(request.x);
    test::http_reply out;
    auto& answer = request.answer();
    if (!answer) {
      out.trouble = "the request was not answered at once";
      return out;
    }
    out.status = answer->status;
    out.body = answer->body;
    out.content_type = content_type(answer->content);
    return out;
  }
  bool settles_at_once() const override { return true; }
  std::string beyond() override { return node_->take_beyond(); }

 private:
  static evaluators::evaluator_settings script_settings() {
    evaluators::evaluator_settings out;
    out.time_limit = std::chrono::milliseconds(script_limit_ms);
    return out;
  }

  std::unique_ptr<evaluators::script_process> scripts_
      = test_scripts(script_settings());
  std::shared_ptr<test::dry_run_node> node_;
  std::optional<rest::router> routes_;
};

} // namespace

std::unique_ptr<backend> on_pure_engine(bool read_again) {
  return std::make_unique<pure_backend>(read_again);
}

} // namespace tutti::conformance
