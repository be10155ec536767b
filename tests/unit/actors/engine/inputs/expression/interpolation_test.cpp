#include "tests/unit/actors/engine/inputs/expression/expression_scope.hpp"

#include "actors/engine/inputs/expression/input_template.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace interpolation_test {

using namespace tutti;
using namespace tutti::engine;
using nlohmann::json;

struct event_row {
  const char* text;
  const char* value;
};

/// Over one document, as event actions and the old unit cases read.
void check(const json& doc, std::initializer_list<event_row> rows) {
  document_scope from(doc);
  for (auto& r : rows) {
    CAPTURE(r.text);
    CHECK(substitute(json(r.text), from).dump() == r.value);
  }
}

TEST_CASE("a whole expression keeps its type and a spliced one is text (169)") {
  json doc = json::parse(R"({"x": {"a": 1, "o": {"k": "v"}, "l": [1, "b"],
    "t": true, "n": null, "d": 2.0, "s": "str"}})");
  check(doc, {{"${x.a}", "1"},
              {"n=${x.a}", "\"n=1\""},
              {"${x.o}", R"({"k":"v"})"},
              {"${x.l}", R"([1,"b"])"},
              {"${x.t}", "true"},
              {"${x.n}", "null"},
              {"${x.d}", "2.0"},
              {"${x.s}", "\"str\""},
              {"${x.a}${x.a}", "\"11\""},
              {" ${x.a}", "\" 1\""},
              {"o=${x.o}", "\"o={k=v}\""},
              {"${x.t}/${x.n}/${x.d}/${x.s}", "\"true/null/2.0/str\""}});
}

TEST_CASE("an expression without a name is empty text (170)") {
  check(json::object(), {{"${}", "\"\""},
                         {"${   }", "\"\""},
                         {"a${}b${ }c", "\"abc\""},
                         {"${\n}", "\"\""}});
}

TEST_CASE("a doubled dollar escapes an expression (171)") {
  check(json{{"n", 2}, {"x", 1}, {"esc", "$${n}"}},
        {{"$${x}", "\"${x}\""},
         {"a $${x} ${n}", "\"a ${x} 2\""},
         {"$${x}tail", "\"${x}tail\""},
         {"$$${x}", "\"$${x}\""},
         {"$${a ${n}}", "\"${a 2}\""},
         {"${esc}", "\"$${n}\""},
         {"v=${esc}", "\"v=${n}\""}});
}

TEST_CASE("nested expressions are resolved from the inside (172)") {
  check(json::parse(R"({"ids": [1,2,3], "i": 1, "k": "a", "e": "",
                        "m": {"a": [1,2,3], "b": [2,4,5]}})"),
        {{"${ids[${i}]}", "2"},
         {"${m.${k}[${i}]}", "2"},
         {"${m.b[${m.${k}[${i}]}]}", "5"},
         {"x${ids[${i}]}y", "\"x2y\""},
         {"${${e}}", "\"\""},
         {"${ids[${nope}]}", "null"},
         {"${m[?(@.a == ${i})]}", "[]"}});
}

TEST_CASE("text around several expressions is kept, newlines too (173)") {
  check(
      json{{"a", 1}, {"b", "two"}},
      {{"first ${a}\nsecond ${b}\n\nend", "\"first 1\\nsecond two\\n\\nend\""},
       {"{\"a\": ${a}}", "\"{\\\"a\\\": 1}\""}});
}

TEST_CASE("paths read lists, elements and filters (174)") {
  check(json::parse(R"({"workflow": {"output": {"names": [
          {"name": "A", "year": 1999}, {"name": "B", "year": 2005}]}}})"),
        {{"${workflow.output.names[*].year}", "[1999,2005]"},
         {"${workflow.output.names[1].name}", "\"B\""},
         {"${workflow.output.names[?(@.year>2000)].name}", "[\"B\"]"},
         {"${workflow.output.nobody.name}", "null"},
         {"${workflow.output.nobody[*].name}", "[]"},
         {"${workflow.output.names[}", "null"},
         {"${workflow..}", "null"}});
}

TEST_CASE("what is missing splices as null and lists as Java prints (175)") {
  check(
      json::parse(R"({"l": ["a", "b"], "m": {"k": "v", "k2": [1, {"x": null}]},
                        "e": [], "o": {}, "q": "say \"hi\"\n"})"),
      {{"v=${missing.path}", "\"v=null\""},
       {"v=${l}", "\"v=[a, b]\""},
       {"v=${m}", "\"v={k=v, k2=[1, {x=null}]}\""},
       {"v=${e}${o}", "\"v=[]{}\""},
       {"v=${missing[*]}", "\"v=[]\""},
       {"v=${q}", "\"v=say \\\"hi\\\"\\n\""}});
}

TEST_CASE("lists and maps are substituted at any depth, keys never (176)") {
  const json stored = json::parse(
      R"({"l": [["${a}", {"k": "${a}", "${a}": [["${b}"]]}]], "n": 5,
        "t": true, "z": null, "d": 1.5})");
  const auto before = stored;
  json doc{{"a", 1}, {"b", "x"}};
  document_scope from(doc);
  CHECK(
      substitute(stored, from).dump()
      == R"({"d":1.5,"l":[[1,{"${a}":[["x"]],"k":1}]],"n":5,"t":true,"z":null})");
  CHECK(stored == before);
}

TEST_CASE("text without braces is literal (179)") {
  check(json{{"workflow", {{"input", {{"x", 1}}}}}},
        {{"workflow.input.x", "\"workflow.input.x\""},
         {"$workflow.input.x", "\"$workflow.input.x\""},
         {"{workflow.input.x}", "\"{workflow.input.x}\""},
         {"${workflow.input.x", "\"${workflow.input.x\""},
         {"$ {workflow.input.x}", "\"$ {workflow.input.x}\""},
         {"}${", "\"}${\""},
         {"${a ${workflow.input.x}", "\"${a 1\""}});
}

TEST_CASE("roots of an execution resolve by field (177, 178)") {
  table_scope from;
  from.with("workflow", "input", R"({"x":{"y":[10,20]},"s":"str"})")
      .with("workflow", "variables", R"({"v":7})")
      .with("workflow", "workflowType", std::string_view("ship"), 0)
      .with("workflow", "correlationId", std::string("c-1"), 0)
      .with("workflow", "version", int64_t(3), 0)
      .with("t1", "status", std::string_view("COMPLETED"), 0)
      .with("t1", "taskId", std::string("id-1"), 0)
      .with("t1", "retryCount", int64_t(2), 0)
      .with("t1", "reasonForIncompletion", nullptr, 0)
      .with("t1", "output", R"({"x":"latest","list":[{"a":1},{"a":2}]})")
      .with("get-it__now", "output", payload(json{{"k", 1}}), 0);
  for (auto& [text, value] : std::initializer_list<event_row>{
           {"${t1.status}", "\"COMPLETED\""},
           {"${t1.taskId}", "\"id-1\""},
           {"${t1.retryCount}", "2"},
           {"try ${t1.retryCount}", "\"try 2\""},
           {"${t1.reasonForIncompletion}", "null"},
           {"${workflow.workflowType}", "\"ship\""},
           {"${workflow.version}", "3"},
           {"${workflow.correlationId}", "\"c-1\""},
           {"${workflow.variables.v}", "7"},
           {"${workflow.createTime}", "null"},
           {"${workflow.tasks}", "null"},
           {"${t1.output.x}", "\"latest\""},
           {"${t1['output'].x}", "\"latest\""},
           {"${t1.output['list'][1].a}", "2"},
           {"${t1.output.list[-1].a}", "2"},
           {"${t1.output.list[*].a}", "[1,2]"},
           {"${t1.output.list[?(@.a == $.workflow.version)]}", "[]"},
           {"${t1.output.list[?(@.a < $.workflow.version)].a}", "[1,2]"},
           {"${t1.output.list.length()}", "2"},
           {"${t1..a}", "[1,2]"},
           {"${$..v}", "[7]"},
           {"${t1.status.x}", "null"},
           {"${t1.status[*]}", "[]"},
           {"${t1.status.length()}", "null"},
           {"${workflow.input.s.x}", "null"},
           {"${workflow.input.x.y[1]}", "20"},
           {"${workflow.input.x.y[2]}", "null"},
           {"${workflow.input.x.y.z}", "null"},
           {"${get-it__now.output.k}", "1"},
           {"${get-it__now.output}", R"({"k":1})"},
           {"${t9.output.q}", "null"},
           {"${t9}", "null"},
           {"${t9.output[*]}", "[]"},
           {"${ t1.retryCount }", "2"}}) {
    CAPTURE(text);
    CHECK(substitute(json(text), from).dump() == value);
  }
  auto all = substitute(json("${t1}"), from);
  CHECK(all["status"] == "COMPLETED");
  CHECK(all["output"]["x"] == "latest");
  CHECK(all["reasonForIncompletion"] == nullptr);
}

TEST_CASE("system names come before paths and reserved ones stay when unset") {
  table_scope from;
  from.names["CPEWF_TASK_ID"] = "task-1";
  from.names["REGION"] = "eu";
  CHECK(substitute(json("${CPEWF_TASK_ID}"), from) == "task-1");
  CHECK(substitute_text("id/${CPEWF_TASK_ID}", from) == "id/task-1");
  CHECK(substitute(json("${REGION}"), from) == "eu");
  CHECK(substitute(json("${OTHER}"), from) == nullptr);
  CHECK(substitute(json("${NETFLIX_ENV}"), from) == "${NETFLIX_ENV}");
  CHECK(substitute_text("a ${NETFLIX_STACK} b", from)
        == "a ${NETFLIX_STACK} b");
  table_scope without_task;
  CHECK(substitute(json("${CPEWF_TASK_ID}"), without_task)
        == "${CPEWF_TASK_ID}");
}

TEST_CASE("the environment is read at once, secrets stay as written (180)") {
  table_scope from;
  from.env["REGION"] = "eu-1";
  from.env["DB"] = R"({"host":"h","ports":[1,2]})";
  from.with("workflow", "input", R"({"which":"PW"})");
  CHECK(substitute(json("${workflow.env.REGION}"), from) == "eu-1");
  CHECK(substitute(json("${workflow.env.DB.host}"), from) == "h");
  CHECK(substitute(json("${workflow.env.DB.ports[*]}"), from)
        == json::array({1, 2}));
  CHECK(substitute(json("${workflow.env.DB.nope}"), from) == nullptr);
  CHECK(substitute(json("${workflow.env.REGION.x}"), from) == nullptr);
  CHECK(substitute(json("${workflow.env.NOPE}"), from) == nullptr);
  CHECK(substitute_text("r=${workflow.env.REGION}", from) == "r=eu-1");
  for (auto text : {"${workflow.secrets.PW}", "Bearer ${workflow.secrets.PW}",
                    "${workflow.secrets.DB.user}"})
    CHECK(substitute(json(text), from) == text);
  CHECK(substitute(json("${workflow.secrets.${workflow.input.which}}"), from)
        == "${workflow.secrets.PW}");
}

TEST_CASE("floating point is printed as Java does") {
  for (auto& [text, value] : std::initializer_list<event_row>{
           {"1.0", "1.0"},
           {"0.1", "0.1"},
           {"-2.50", "-2.5"},
           {"1e3", "1000.0"},
           {"1234567.5", "1234567.5"},
           {"10000000.0", "1.0E7"},
           {"123456789.25", "1.2345678925E8"},
           {"0.001", "0.001"},
           {"0.00012", "1.2E-4"},
           {"0.0", "0.0"},
           {"12", "12"},
           {"-7", "-7"},
           {"9223372036854775807", "9223372036854775807"}}) {
    table_scope from;
    from.with("t", "output", (std::string("{\"v\":") + text + "}").c_str());
    CAPTURE(text);
    CHECK(substitute_text("${t.output.v}!", from) == std::string(value) + "!");
  }
}

TEST_CASE("maps keep the order they were written in") {
  table_scope from;
  from.with("t", "output", R"({"z":1,"a":{"y":"\u00e4\"","b":[]}})");
  CHECK(substitute_text("${t.output}", from) == "{z=1, a={y=ä\", b=[]}}");
}

TEST_CASE("awkward names and values survive the look into text") {
  table_scope from;
  from.with(
      "t", "output",
      R"({"a\"b":1,"esc\u0061ped":2,"dup":1,"dup":2,"q\\":3,)"
      R"("s":"}{][,:\"\\","after":{"x":[[],{},"]",4]},"sp" : [ 1 , 2 ]})");
  for (auto& [path, value] :
       std::initializer_list<event_row>{{"t.output['a\"b']", "1"},
                                        {"t.output.escaped", "2"},
                                        {"t.output.dup", "2"},
                                        {"t.output['q\\\\']", "3"},
                                        {"t.output.s", R"("}{][,:\"\\")"},
                                        {"t.output.after.x[3]", "4"},
                                        {"t.output.after.x[2]", "\"]\""},
                                        {"t.output.after.x[1].y", "null"},
                                        {"t.output.sp[1]", "2"}}) {
    CAPTURE(path);
    auto text = "${" + std::string(path) + "}";
    CHECK(substitute(json(text), from).dump() == value);
  }
}

TEST_CASE("a megabyte of anything is taken in stride") {
  auto begin = std::chrono::steady_clock::now();
  const size_t size = 1 << 20;
  table_scope from;
  auto big = json{{"s", std::string(size, 'x')}}.dump();
  from.with("workflow", "input", big.c_str());
  CHECK(substitute_text(std::string(size, '{'), from).size() == size);
  std::string opening, deep;
  for (size_t i = 0; i < size / 2; ++i)
    opening += "${";
  CHECK(substitute_text(opening, from) == opening);
  deep = opening + std::string(size / 2, '}');
  CHECK(substitute(json(deep), from) == nullptr);
  CHECK(substitute_text("a${workflow.input.s}b", from).size() == size + 2);
  CHECK(substitute(json("${workflow.input.s}"), from)
            .get_ref<const std::string&>()
            .size()
        == size);
  std::string many;
  for (size_t i = 0; i < 1000; ++i)
    many += "${workflow.input.n}";
  CHECK(substitute_text(many, from).size() == 4000);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

} // namespace interpolation_test
