#include "tests/conformance/target.hpp"

#include "tests/support/http_target.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace tutti::conformance {

namespace {

std::string answer_to(const test::target_request& asked) {
  constexpr std::string_view status = "/status/";
  if (asked.path.starts_with(status))
    return test::http_text(std::atoi(asked.path.c_str() + status.size()),
                           R"({"why":"asked for"})");
  if (asked.path == "/text")
    return test::http_text(200, "hi", "text/plain");
  if (asked.path == "/number")
    return test::http_text(200, "5");
  if (asked.path == "/echo")
    return test::http_text(200, nlohmann::json{{"method", asked.method},
                                               {"body", asked.body},
                                               {"headers", asked.headers}}
                                    .dump());
  return test::http_text(200, R"({"ok":true})");
}

} // namespace

std::string target_url() {
  static test::http_target target{
      [](const auto& asked, const auto& write) { write(answer_to(asked)); }};
  auto url = target.url();
  url.pop_back();
  return url;
}

} // namespace tutti::conformance
