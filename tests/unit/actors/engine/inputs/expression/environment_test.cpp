#include "actors/engine/inputs/expression/environment.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>

namespace environment_test {

using namespace tutti;
using namespace tutti::engine;
using nlohmann::json;

name_lookup table(std::map<std::string, std::string> names) {
  return [names](std::string_view name) -> std::optional<std::string> {
    auto found = names.find(std::string(name));
    return found == names.end() ? std::nullopt : std::optional(found->second);
  };
}

const auto secrets = table({{"PW", "s3\"cret"},
                            {"DB", R"({"user":"u","ports":[1,2]})"},
                            {"BAD", "{nope"},
                            {"A", "a-secret"}});

json resolved(const json& input) {
  return resolve_secrets(payload(input), secrets).json();
}

TEST_CASE("secrets are put in at hand-off (180)") {
  CHECK(resolved({{"k", "${workflow.secrets.PW}"}})["k"] == "s3\"cret");
  CHECK(resolved({{"k", "Bearer ${workflow.secrets.PW}!"}})["k"]
        == "Bearer s3\"cret!");
  CHECK(resolved({{"k", {{"l", {"${workflow.secrets.DB.user}"}}}}})["k"]["l"][0]
        == "u");
  CHECK(resolved({{"k", "${workflow.secrets.DB.ports}"}})["k"]
        == json::array({1, 2}));
  CHECK(resolved({{"k", "${workflow.secrets.DB.ports[0]}"}})["k"] == 1);
  CHECK(resolved({{"k", "${workflow.secrets.PW}${workflow.secrets.A}"}})["k"]
        == "s3\"creta-secret");
}

TEST_CASE("a secret that cannot be read is null, or no text in a longer one") {
  CHECK(resolved({{"k", "${workflow.secrets.NOPE}"}})["k"] == nullptr);
  CHECK(resolved({{"k", "<${workflow.secrets.NOPE}>"}})["k"] == "<>");
  CHECK(resolved({{"k", "${workflow.secrets.BAD.x}"}})["k"] == nullptr);
  CHECK(resolved({{"k", "${workflow.secrets.PW.x}"}})["k"] == nullptr);
  CHECK(resolved({{"k", "${workflow.secrets.DB.nope}"}})["k"] == nullptr);
  CHECK(resolved({{"k", "${workflow.secrets.PW"}})["k"]
        == "${workflow.secrets.PW");
}

TEST_CASE("an input without secrets comes back as it is, keys untouched") {
  auto input = payload::trusted(R"({"b":1,"a":"workflow.secrets.PW"})");
  CHECK(resolve_secrets(input, secrets).text().data() == input.text().data());
  CHECK(resolved({{"${workflow.secrets.PW}", 1}})
            .contains("${workflow.secrets.PW}"));
}

TEST_CASE("runtime metadata comes from the secrets, then the environment "
          "(181)") {
  auto got
      = runtime_metadata({"A", "R", "MISSING"}, secrets, table({{"R", "eu"}}));
  CHECK(got.json() == json{{"A", "a-secret"}, {"R", "eu"}});
}

} // namespace environment_test
