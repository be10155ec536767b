#include "tests/support/test_scripts.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>

using namespace tutti;
using engine::script_language;
using kind = engine::script_result::kind;

namespace script_process_test {

struct scripts {
  std::unique_ptr<evaluators::script_process> process = test_scripts();

  engine::script_result run(script_language language, std::string_view source,
                            std::string_view input = "{}") {
    return process->run({language, source, input});
  }
  /// The value as text, else the error.
  std::string js(std::string_view source, std::string_view input = "{}") {
    auto out = run(script_language::javascript, source, input);
    return out.what == kind::value ? out.value.text() : out.error;
  }
  std::string jq(std::string_view source, std::string_view input = "{}") {
    auto out = run(script_language::jq, source, input);
    return out.what == kind::value ? out.value.text() : out.error;
  }
};

evaluators::evaluator_settings at(std::string program) {
  evaluators::evaluator_settings out;
  out.program = std::move(program);
  return out;
}

} // namespace script_process_test

using script_process_test::at;
using script_process_test::scripts;

TEST_CASE_FIXTURE(scripts, "the completion value of a program is its result") {
  CHECK(js("$.value > 5", R"({"value":7})") == "true");
  CHECK(js("function f(){ return $.a + $.b; } f();", R"({"a":2,"b":3})")
        == "5");
  CHECK(js("if ($.a) {true;} else {false;}", R"({"a":0})") == "false");
  CHECK(js("const {a, b = 2} = $; `${a?.x}-${b}`", R"({"a":{"x":1}})")
        == R"("1-2")");
}

TEST_CASE_FIXTURE(scripts, "results are JSON, integral numbers integers") {
  CHECK(js("[1.5, 3.0, -0, 2**53, 1e300, NaN, Infinity, 12345678901234567n]")
        == "[1.5,3,0,9007199254740992,1e+300,null,null,12345678901234567]");
  CHECK(js("[undefined, null, () => 1, Symbol('x'), {f() {}, u: undefined}]")
        == R"([null,null,null,null,{"f":null,"u":null}])");
  CHECK(js("[new Date(0), new String('s'), new Number(4), new Uint8Array(2)]")
        == R"(["1970-01-01T00:00:00.000Z","s",4,[0,0]])");
  CHECK(js("var x = 1;") == "null");
  CHECK(js(R"('"\\ \n\u0007 é \u{1F600} \ud800')")
        == "\"\\\"\\\\ \\u000a\\u0007 é 😀 \xEF\xBF\xBD\"");
}

TEST_CASE_FIXTURE(scripts,
                  "inputs have the methods of the host's collections") {
  auto input = R"({"list":[3,"b",{"c":1}],"none":[],"map":{"k":1,"7":2}})";
  CHECK(js("[$.list.get(0), $.list.size(), $.list.length, "
           "$.list.contains('b'), $.list.indexOf('b'), $.list.isEmpty(), "
           "$.none.isEmpty(), $.list.get(9)]",
           input)
        == R"([3,3,3,true,1,false,true,null])");
  CHECK(js("[$.get('map').get('k'), $.map.containsKey('k'), "
           "$.map.containsKey('z'), $.map.size(), $.map.keySet(), "
           "$.list.get(2).get('c'), $.map.get('z')]",
           input)
        == R"([1,true,false,2,["7","k"],1,null])");
  // Plain JavaScript goes on.
  CHECK(
      js("$.list.map(x => typeof x).concat(Object.keys($.map), $.map.k)", input)
      == R"(["number","string","object","7","k",1])");
}

TEST_CASE_FIXTURE(scripts, "the data wins over a method, and is not changed") {
  auto input = R"({"m":{"size":"mine","get":4},"l":[{"get":1}]})";
  CHECK(js("$.m.size", input) == R"("mine")");
  CHECK(js("$.m.size; $.m.get; $", input) == input);
  CHECK(js("var n = []; for (var k in $) n.push(k); $.l.get; n", input)
        == R"(["m","l"])");
  // A `get` on Object.prototype would break this.
  CHECK(js("Object.defineProperty({get: 1}, 'x', {value: 2}).x", input) == "2");
}

TEST_CASE_FIXTURE(scripts, "a failed script says what and where") {
  CHECK(js("\nthrow new Error('boom')")
        == "Error evaluating the script `Error: boom` at line 2");
  CHECK(js("throw 'text'") == "Error evaluating the script `text` at line 1");
  CHECK(js("$.a.b", R"({})")
        == "Error evaluating the script `TypeError: $.a is undefined` at "
           "line 1");
  auto wrong = run(script_language::javascript, "let = ;");
  CHECK(wrong.what == kind::error);
  CHECK(wrong.error.starts_with("Error evaluating the script `SyntaxError: "));
}

TEST_CASE_FIXTURE(scripts, "a filter's outputs are a list") {
  CHECK(jq(".input as $_ | {out: ($_.in1.array + $_.in2.array)}",
           R"({"input":{"in1":{"array":[1]},"in2":{"array":[2]}}})")
        == R"([{"out":[1,2]}])");
  CHECK(jq(".a[]", R"({"a":[1,2.0,2.5,9007199254740993,1000000000000000000]})")
        == "[1,2,2.5,9007199254740993,1000000000000000000]");
  CHECK(jq("empty") == "[]");
  CHECK(jq(".x as $_ | $_.array", R"({"x":"s"})")
        == "Cannot index string with string \"array\"");
  CHECK(jq(".a |").starts_with("syntax error, unexpected $end"));
  CHECK(jq("[env, $ENV]") == "[[{},{}]]");
  CHECK(jq("include \"x\"; 1") == "module not found: x");
}

TEST_CASE_FIXTURE(scripts, "a filter may be written for jq 1.7 [C3]") {
  struct row {
    const char *filter, *input, *output;
  };
  for (auto& x : std::initializer_list<row>{
           {R"({a: .x // "d", b: .n + 1})", R"({"n":1})",
            R"([{"a":"d","b":2}])"},
           {R"({a: if .n > 0 then "p" else "z" end, b: {c: .n * 2}})",
            R"({"n":1})", R"([{"a":"p","b":{"c":2}}])"},
           {"if .n then 1 end, if .x then 1 elif .y then 2 end", R"({"n":1})",
            R"([1,{"n":1}])"},
           {". as {a: $x, b: [$y]} | {x: $x + 1, $y} | {end: .x, if: 1}",
            R"({"a":1,"b":[2]})", R"([{"end":2,"if":1}])"},
           {R"~({s: reduce .[] as [$i, $j] (0; . + $i * $j), "k\(1 + 1)": 3})~",
            "[[1,2],[3,4]]", R"([{"s":14,"k2":3}])"},
           {".a.[0]", R"({"a":[7]})", "[7]"},
           {"{a: .n + 1} # {a: 1 + }", R"({"n":1})", R"([{"a":2}])"},
           {R"({a: "x, y: }" + "z"})", "{}", R"([{"a":"x, y: }z"}])"}}) {
    CAPTURE(x.filter);
    CHECK(jq(x.filter, x.input) == x.output);
    CHECK(process->check(script_language::jq, x.filter).what == kind::value);
  }
  CHECK(jq("{a: 1 + }").starts_with("syntax error, unexpected '+'"));
}

TEST_CASE_FIXTURE(scripts,
                  "integers of 64 bits are handed on as they are [B4]") {
  constexpr auto wide = R"({"id":839299365868340225,"near":[839299365868340223,
    839299365868340225,839299365868340226,839299365868340226],
    "ends":[9223372036854775807,-9223372036854775807,-9223372036854775808,
    18446744073709551615],"real":839299365868340224.0,"s":"9007199254740993"})";
  for (auto* same : {"$.id", "$['id']", "(function () { return $.id; })()"})
    CHECK(js(same, wide) == "839299365868340225");
  constexpr auto near = "[839299365868340223,839299365868340225,"
                        "839299365868340226,839299365868340226]";
  constexpr auto ends = "[9223372036854775807,-9223372036854775807,"
                        "-9223372036854775808,18446744073709551615]";
  CHECK(js("$.near", wide) == near);
  CHECK(js("$.ends", wide) == ends);
  CHECK(js("[$.s, $.real]", wide)
        == R"(["9007199254740993",839299365868340224])");
  // They differ where they are compared, and keep their order.
  CHECK(js("[$.id === $.near[1], $.id === $.near[0], $.near[0] < $.id, "
           "typeof $.id, new Set($.near).size]",
           wide)
        == R"([true,false,true,"number",3])");
  CHECK(jq(".id, .near, .ends, .s", wide)
        == "[839299365868340225," + std::string(near) + "," + ends
               + R"(,"9007199254740993"])");
  CHECK(jq("[.near[] | select(. > 839299365868340000)] | unique", wide)
        == "[[839299365868340223,839299365868340225,839299365868340226]]");
  // Results of arithmetic are doubles, written as the integers they are.
  CHECK(jq(".i + 1", R"({"i":9007199254740990})") == "[9007199254740991]");
  CHECK(jq("1152921504606846976 * 8", "{}") == "[9223372036854775808]");
  CHECK(js("[2**53 + 1, 2**63, -(2**63), 2**64]")
        == "[9007199254740992,9223372036854775808,-9223372036854775808,"
           "1.8446744073709552e+19]");
}

TEST_CASE_FIXTURE(scripts, "integers past 64 bits are refused [B4]") {
  auto input = R"({"n":[18446744073709551616]})";
  CHECK(js("1", input).find("18446744073709551616, which does not fit 64 bits")
        != std::string::npos);
  CHECK(jq("1", input).find("18446744073709551616, which does not fit 64 bits")
        != std::string::npos);
  CHECK(js("[18446744073709551615n, -9223372036854775808n]")
        == "[18446744073709551615,-9223372036854775808]");
  CHECK(js("2n ** 64n").find("does not fit 64 bits") != std::string::npos);
  CHECK(js("-(2n ** 63n) - 1n").find("does not fit 64 bits")
        != std::string::npos);
}

TEST_CASE_FIXTURE(scripts, "one evaluation leaves nothing to the next") {
  js("leak = 1; Object.prototype.x = 5; Array.prototype.get = null; "
     "$.y = 1; JSON.parse = 0");
  CHECK(js("[typeof leak, ({}).x, [4].get(0), typeof $.y, JSON.parse('[1]')]")
        == R"(["undefined",null,4,"undefined",[1]])");
}

TEST_CASE_FIXTURE(scripts, "nothing of a host is in sight") {
  CHECK(js("['print','load','console','require','process','java','Java',"
           "'Packages','WebAssembly','SharedArrayBuffer','Atomics','quit',"
           "'read','setTimeout','fetch','Worker'].filter(x => x in globalThis)")
        == "[]");
}

TEST_CASE_FIXTURE(scripts, "the syntax of a program is checked alone") {
  CHECK(process->check(script_language::javascript, "while(true){}").what
        == kind::value);
  auto wrong = process->check(script_language::javascript, "if (");
  CHECK(wrong.what == kind::error);
  CHECK(process->check(script_language::jq, ".a | .b").what == kind::value);
  CHECK(process->check(script_language::jq, ".a | ").what == kind::error);
}

TEST_CASE("a helper that was killed while idle is replaced unnoticed") {
  scripts x;
  CHECK(x.js("1") == "1");
  auto killed = x.process->pid(script_language::javascript);
  kill(killed, SIGKILL);
  // It may take a moment to be gone; then no evaluation notices.
  siginfo_t gone{};
  waitid(P_PID, id_t(killed), &gone, WEXITED | WNOWAIT);
  CHECK(x.js("2") == "2");
}

TEST_CASE("without the program a script is unavailable, with its path") {
  evaluators::script_process x(at("/nowhere/tutti-evaluator"));
  auto out = x.run({script_language::javascript, "1", "{}"});
  CHECK(out.what == kind::unavailable);
  CHECK(out.error
        == "the script evaluator /nowhere/tutti-evaluator cannot be started: "
           "No such file or directory");
}

TEST_CASE("a program that is no evaluator is unavailable") {
  evaluators::script_process x(at("/bin/true"));
  auto out = x.run({script_language::javascript, "1", "{}"});
  CHECK(out.what == kind::unavailable);
  CHECK(out.error == "the script evaluator ended while it started");
}

TEST_CASE("bounds on the sizes of script, input and result are errors") {
  evaluators::evaluator_settings bounds;
  bounds.source_bytes_max = 100;
  bounds.result_bytes_max = 1000;
  bounds.input_bytes_max = 200;
  auto x = test_scripts(bounds);
  auto js = [&](const std::string& source, const std::string& input) {
    return x->run({script_language::javascript, source, input}).error;
  };
  CHECK(js(std::string(101, ' '), "{}")
        == "The script has 101 bytes, more than 100 bytes");
  CHECK(js("1", "\"" + std::string(199, 'x') + "\"")
        == "The input of the script has 201 bytes, more than 200 bytes");
  CHECK(js("'x'.repeat(1001)", "{}")
        == "Error evaluating the script `the result is larger than 1000 "
           "bytes`");
}
