#include "tools/tutti/exit_code.hpp"

#include "tools/tutti/client.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace tutti;
using namespace tutti::cli;

TEST_CASE("every status of an answer has its exit code") {
  struct {
    long status;
    int code;
  } const cases[] = {
      {400, exit_invalid},     {401, exit_refused},     {403, exit_refused},
      {404, exit_not_found},   {405, exit_failed},      {409, exit_conflict},
      {413, exit_refused},     {415, exit_invalid},     {422, exit_invalid},
      {429, exit_refused},     {500, exit_failed},      {408, exit_timed_out},
      {502, exit_unreachable}, {503, exit_unreachable}, {504, exit_timed_out}};
  for (auto& [status, code] : cases) {
    CAPTURE(status);
    CHECK(exit_code_of(failure_of({status, "{}"}).code) == code);
  }
  CHECK(exit_code_of(failure_of({500, R"({"retryable": true})"}).code)
        == exit_unreachable);
  CHECK(exit_code_of(not_in_time) == exit_timed_out);
}

TEST_CASE("every exit code has a word of its own") {
  std::set<std::string> words;
  for (int code :
       {exit_done, exit_failed, exit_misused, exit_not_found, exit_refused,
        exit_conflict, exit_invalid, exit_partly, exit_unsuccessful,
        exit_timed_out, exit_unreachable, exit_interrupted})
    CHECK(words.insert(exit_word(code)).second);
}

TEST_CASE("several things at once end with the code they agree on") {
  auto of = [](std::vector<int> codes) {
    exit_tally tally;
    for (auto code : codes)
      tally.add(code);
    return tally.exit_code();
  };
  CHECK(of({}) == exit_done);
  CHECK(of({0, 0}) == exit_done);
  CHECK(of({exit_conflict}) == exit_conflict);
  CHECK(of({exit_conflict, exit_conflict}) == exit_conflict);
  CHECK(of({0, exit_conflict}) == exit_partly);
  CHECK(of({exit_conflict, 0}) == exit_partly);
  CHECK(of({exit_conflict, exit_not_found}) == exit_partly);
}
