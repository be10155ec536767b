// Runs the scripts of workflow definitions, apart from the node and sealed off:
//   tutti-evaluator javascript|jq PARENT_PID MEMORY_MIB
// The node starts it with a socket as descriptor 3 (actors/evaluators/).

#include "tools/evaluator/evaluation.hpp"
#include "tools/evaluator/sandbox.hpp"
#include "tools/evaluator/watchdog.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::evaluator {

namespace main_detail {

constexpr size_t mib = 1 << 20;
/// Data of the engine beside a script's heap.
constexpr size_t javascript_factor = 5;

bool read_all(void* to, size_t bytes) {
  auto* at = static_cast<char*>(to);
  while (bytes > 0) {
    auto got = read(evaluators::evaluator_socket, at, bytes);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    at += got;
    bytes -= size_t(got);
  }
  return true;
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    auto put = write(evaluators::evaluator_socket, text.data(), text.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    text.remove_prefix(size_t(put));
  }
  return true;
}

bool send(const reply& what) {
  constexpr size_t message_bytes_max = 4096;
  std::string_view text = what.text;
  if (what.status != evaluators::frame_status::value)
    text = text.substr(0, message_bytes_max);
  evaluators::reply_header head;
  head.status = what.status;
  head.line = what.line;
  head.text_bytes = uint32_t(text.size());
  std::string frame(reinterpret_cast<const char*>(&head), sizeof head);
  if (text.size() < 64 * 1024)
    return write_all(frame.append(text));
  return write_all(frame) && write_all(text);
}

[[noreturn]] void serve(engine& scripts, watchdog& guard) {
  std::vector<char> bytes;
  for (;;) {
    evaluators::request_header head;
    if (!read_all(&head, sizeof head))
      break;
    bytes.resize(size_t(head.source_bytes) + head.input_bytes);
    if (!read_all(bytes.data(), bytes.size()))
      break;
    request what{head,
                 {bytes.data(), head.source_bytes},
                 {bytes.data() + head.source_bytes, head.input_bytes}};
    if (!send(scripts.run(what, guard)))
      break;
    scripts.tidy();
    if (bytes.capacity() > mib)
      std::vector<char>().swap(bytes);
  }
  _exit(0);
}

reply try_out(engine& scripts, watchdog& guard, std::string_view source) {
  request what;
  what.head.limit_ms = 5000;
  what.head.result_bytes_max = mib;
  what.source = source;
  what.input = R"({"list":[1,"a",{"b":null}],"text":"x","n":1.5})";
  return scripts.run(what, guard);
}

// Threads, tables and time zones that engines create on first use must exist
// before the process is sealed.
void warm_up(engine& scripts, watchdog& guard, bool javascript) {
  if (!javascript) {
    try_out(scripts, guard, ". as $_ | $_.list[2] | try error(\"x\") catch .");
    try_out(scripts, guard,
            "now | gmtime | mktime | todate | test(\"[0-9]+\")");
    try_out(scripts, guard, "not a filter");
    static char* nothing[] = {nullptr};
    environ = nothing; // a filter can read it
    return;
  }
  for (int i = 0; i < 30; ++i)
    try_out(scripts, guard, "$.list.get(0) + $.text.length");
  try_out(scripts, guard,
          "new Date().toString() + new Date().toLocaleString() + "
          "/(a|b)+?c/u.exec($.text) + Intl.DateTimeFormat().format(0) + "
          "[3, 1].sort().map(x => x * 2).join() + JSON.stringify($)");
  try_out(scripts, guard, "throw new Error('warm')");
  try_out(scripts, guard, "syntax error");
  try_out(scripts, guard, "async function f() { await 1; } f(); 1");
  scripts.tidy();
}

} // namespace main_detail

int run(std::string_view language, int parent, size_t memory_mib) {
  using namespace main_detail;
  detach(parent);
  bool javascript = language == "javascript";
  if (!javascript && language != "jq")
    return 2;
  auto scripts = javascript ? make_javascript(memory_mib * mib) : make_jq();
  if (!scripts) {
    std::fputs("tutti-evaluator: the engine did not start\n", stderr);
    return 1;
  }
  watchdog guard([&] { scripts->stop(); });
  warm_up(*scripts, guard, javascript);
  auto room = memory_mib * mib * (javascript ? javascript_factor : 1);
  if (auto why = seal(room); !why.empty()) {
    std::fprintf(stderr, "tutti-evaluator: %s\n", why.c_str());
    return 1;
  }
  if (!send({evaluators::frame_status::ready, {}}))
    return 1;
  serve(*scripts, guard);
}

} // namespace tutti::evaluator

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("tutti-evaluator is started by tuttid\n", stderr);
    return 2;
  }
  return tutti::evaluator::run(argv[1], std::atoi(argv[2]),
                               size_t(std::atoll(argv[3])));
}
