#include "messages/model/bounds.hpp"

#include <doctest/doctest.h>

namespace bounds_test {

using namespace tutti;

TEST_CASE("a reached bound names the thing, both sizes, the setting, and what "
          "to do") {
  CHECK(sentence_of(bounds::task_output, 15'728'640, 10'485'760)
        == "the output of the task has 15728640 bytes; the limit is 10485760 "
           "bytes (executions.task_output_kib_max). Keep the data elsewhere "
           "and answer a reference to it.");
  CHECK(sentence_of(bounds::inbox, 2, 1, "the inbox of x")
            .starts_with("the inbox of x has 2 bytes; the limit is 1 bytes"));
}

TEST_CASE("bounds are counted by their setting") {
  reached_bounds x;
  x.add(bounds::execution);
  x.add(bounds::execution);
  x.add(bounds::commit);
  CHECK(x.counts()
        == std::map<std::string_view, uint64_t>{
            {"executions.execution_mib_max", 2}, {"store.commit_mib_max", 1}});
}

} // namespace bounds_test
