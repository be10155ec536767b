#include "messages/model/memory/json_weight.hpp"

#include "messages/model/memory/memory_account.hpp"
#include "messages/model/payload.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tutti;

namespace {

std::string list_of(const std::string& item, size_t count) {
  std::string out = "[";
  for (size_t i = 0; i < count; ++i)
    out += (i > 0 ? "," : "") + item;
  return out + "]";
}

/// The account of the process, without limits again afterwards.
struct limited_process {
  explicit limited_process(memory_account::limits x) {
    memory_account::of_process().set(x);
  }
  ~limited_process() { memory_account::of_process().set({}); }
};

size_t held_by_documents() {
  return memory_account::of_process()
      .count_all()
      .held[size_t(memory_use::documents)];
}

} // namespace

TEST_CASE("a document weighs what its values take, not what its text has") {
  auto values = list_of("[]", 10'000);
  CHECK(weigh_json(values).tree > 10'000 * 60);
  auto text = list_of('"' + std::string(30'000, 'x') + '"', 1);
  CHECK(weigh_json(text).tree < 31'000);
  auto members = list_of(R"({"a":1,"b":2})", 1'000);
  CHECK(weigh_json(members).tree > 1'000 * 2 * 96);
}

TEST_CASE("what looks like JSON within a string weighs nothing more") {
  auto plain = weigh_json(R"(["xxxxxxxxxx"])").tree;
  CHECK(weigh_json(R"(["[[,,::{{}}"])").tree == plain);
  CHECK(weigh_json(R"(["\"[,:[[\\"])").tree == plain - 1);
  CHECK(weigh_json(R"(["\\",[]])").tree > plain);
}

TEST_CASE("lists and objects in one another are counted") {
  CHECK(weigh_json("1").depth == 0);
  CHECK(weigh_json(R"([[],[{"a":[]}]])").depth == 4);
  CHECK(weigh_json(R"("[[[[")").depth == 0);
  CHECK(weigh_json("]]]]").depth == 0);
}

TEST_CASE("a parsed document holds memory as long as somebody has it") {
  limited_process here{{}};
  auto before = held_by_documents();
  {
    auto made = payload::parse(list_of("[]", 20'000));
    REQUIRE(made);
    CHECK(held_by_documents() == before);
    CHECK(made->json().size() == 20'000);
    auto copy = *made;
    CHECK(held_by_documents() >= before + 20'000 * 60);
    auto small = payload::parse("[1,2,3]");
    CHECK(small->json().size() == 3);
    CHECK(held_by_documents() == before + weigh_json(made->text()).tree);
  }
  CHECK(held_by_documents() == before);
}

TEST_CASE("a document for which there is no memory is not read") {
  auto text = list_of("[]", 20'000);
  auto weight = weigh_json(text);
  auto kept = payload::trusted(text);
  limited_process here{{.bytes = weight.tree + weight.parsing}};
  auto other = memory_account::of_process().count(memory_use::executions, 1);
  CHECK_THROWS_AS(kept.json(), memory_shortage);
  auto parsed = parse_json(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.failure().code == errc::too_many);
  other = {};
  CHECK(kept.json().size() == 20'000);
}

TEST_CASE("a document that is too heavy is refused for good") {
  auto text = list_of("[]", 20'000);
  limited_process here{{.document_bytes = weigh_json(text).tree - 1}};
  auto made = payload::parse(text);
  REQUIRE_FALSE(made);
  CHECK(made.failure().code == errc::too_large);
  CHECK(made.failure().message.find("memory.document_mib_max")
        != std::string::npos);
  CHECK(payload::parse(list_of("[]", 19'000)));
}
