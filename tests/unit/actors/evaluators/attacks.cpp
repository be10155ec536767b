#include "tests/unit/actors/evaluators/attacks.hpp"

namespace tutti::evaluators::test {

namespace attacks_detail {

attack js(std::string name, std::string source) {
  return {"js: " + std::move(name), engine::script_language::javascript,
          std::move(source)};
}

attack jq(std::string name, std::string source) {
  return {"jq: " + std::move(name), engine::script_language::jq,
          std::move(source)};
}

/// Ends well, with exactly this.
attack harmless(attack x, std::string value) {
  x.must_fail = false;
  x.must_be = std::move(value);
  return x;
}

attack any_end(attack x) {
  x.must_fail = false;
  return x;
}

std::string repeated(const std::string& part, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i)
    out += part;
  return out;
}

std::vector<attack> make() {
  return {
      // Time
      js("endless loop", "while (true) {}"),
      js("endless loop that catches", "for (;;) { try { for (;;) {} } catch "
                                      "(e) {} finally { for (;;) {} } }"),
      js("catastrophic regex", "/(a+)+$/.test('a'.repeat(40) + 'b')"),
      js("catastrophic regex, replace",
         "'x'.repeat(30000).replace(/(x+x+)+y/g, '')"),
      js("generator without end",
         "function* g() { while (true) yield 1; } [...g()]"),
      js("generator that spins",
         "function* g() { while (true) ; } for (const x of g()) x"),
      harmless(js("await in a loop",
                  "async function f() { while (true) await 1; } f(); 1"),
               "1"),
      harmless(js("microtasks",
                  "Promise.resolve().then(function f() { for (;;) ; }); 2"),
               "2"),
      js("getter that spins", "({get a() { for (;;) ; }})"),
      js("toJSON of a date that spins",
         "var d = new Date(0); d.toJSON = function () { for (;;) ; }; d"),
      js("proxy that spins", "new Proxy({}, {ownKeys() { for (;;) ; }})"),
      js("error that spins",
         "throw {toString() { for (;;) ; }, get message() { for (;;) ; }}"),
      js("sort that spins",
         "Array.from({length: 1e5}, Math.random).sort(() => { for (;;) ; })"),
      js("eval of a loop", "eval('while (true) {}')"),
      js("function of a loop", "new Function('while (true) {}')()"),
      js("array of four billion", "new Array(4294967295)"),
      js("proxy of four billion",
         "new Proxy([], {get: (t, k) => k == 'length' ? 4e9 : 1})"),
      js("indexOf over a sparse array",
         "var a = []; a.length = 4294967295; a.fill(1)"),
      js("big integer power", "2n ** (2n ** 30n)"),
      // Memory
      js("arrays", "var a = []; for (;;) a.push(new Array(1000).fill(1));"),
      js("strings", "var s = 'x'; for (;;) s += s;"),
      js("many strings",
         "var a = []; for (let i = 0;; i++) a.push('x' + i + 'y'.repeat(99));"),
      js("flattened ropes",
         "var a = []; for (;;) a.push(('x'.repeat(1e6) + 'y').split('z')[0]);"),
      js("typed arrays",
         "var a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1));"),
      js("one huge buffer", "new ArrayBuffer(8e9)"),
      js("maps", "var m = new Map(); for (let i = 0;; i++) m.set(i, {});"),
      js("objects", "var o = {}; for (let i = 0;; i++) o['k' + i] = {i};"),
      js("closures",
         "var f = () => 1; for (;;) { let g = f; f = () => g; f.x = [g]; }"),
      js("JSON.stringify", "var s = 'x'.repeat(1e6), a = Array(1000).fill(s); "
                           "JSON.stringify(a)"),
      js("JSON.parse of much", "JSON.parse('[' + '[1],'.repeat(3e6) + '1]')"),
      js("regex of much", "new RegExp('(a|b)'.repeat(1e6)).test('ab')"),
      js("result of many megabytes", "'x'.repeat(64e6)"),
      js("shared result",
         "var a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; a"),
      // Depth
      js("recursion", "function f() { return 1 + f(); } f()"),
      js("recursion that catches",
         "function f() { try { f(); } catch (e) { f(); } } f()"),
      js("deep JSON", "JSON.parse('['.repeat(1e6) + ']'.repeat(1e6))"),
      js("deep result", "var a = []; for (let i = 0; i < 1e5; i++) a = [a]; a"),
      js("circular result", "var a = {}; a.a = a; a"),
      js("deep source", repeated("(", 50'000) + "1" + repeated(")", 50'000)),
      js("huge source", repeated("var x = 1;\n", 24'000) + "throw 1"),
      // Escapes
      harmless(js("prototypes",
                  "Object.prototype.leak = 1; Array.prototype.map = null; "
                  "Function.prototype.call = null; leak = 1; 'done'"),
               "\"done\""),
      harmless(js("import", "import('fs')"), "{}"), // a promise of nothing
      js("require", "require('child_process').execSync('id')"),
      js("Java", "Java.type('java.lang.Runtime').getRuntime().exec('id')"),
      js("constructor chain",
         "this.constructor.constructor('return process')().exit()"),
      js("wasm", "new WebAssembly.Memory({initial: 1})"),
      js("shared memory", "new SharedArrayBuffer(8)"),

      jq("endless recursion", "def f: f; f"),
      jq("growing recursion", "def f: 1 + f; f"),
      jq("repeat", "[repeat(1)]"),
      jq("outputs without end", "repeat(1)"),
      jq("range", "[range(1e12)] | length"),
      jq("strings", "reduce range(1e9) as $i (\"x\"; . + .)"),
      jq("string times number", "\"xxxxxxxx\" * 2000000000"),
      jq("@json of much", "[range(1e8)] | @json | length"),
      jq("combinations", "[range(100)] | [combinations(100)]"),
      jq("deep value", "reduce range(1e6) as $i (null; [.])"),
      jq("catastrophic regex",
         "(\"a\" * 60 + \"b\") | test(\"(a+)+(a+)+(a+)+$\")"),
      jq("large limit", "[limit(1e9; repeat(\"xxxxxxxxxxxxxxxx\"))]"),
      jq("path bomb", "[paths, paths] | [paths(..)] | until(false; [paths])"),
      harmless(jq("env", "[env, $ENV]"), "[[{},{}]]"),
      any_end(jq("input", "[inputs], input")),
      jq("module", "include \"/etc/passwd\"; 1"),
      jq("data file", "import \"/etc/passwd\" as $x; $x"),
      any_end(jq("home folder", "import \"~/x\" as $x; $x")),
      any_end(jq("halt", "halt_error(9)")),
      jq("deep source", repeated("[", 20'000) + repeated("]", 20'000)),
      jq("huge source", repeated(". | ", 60'000) + "error(\"x\")"),
  };
}

} // namespace attacks_detail

const std::vector<attack>& attacks() {
  static const auto all = attacks_detail::make();
  return all;
}

} // namespace tutti::evaluators::test
