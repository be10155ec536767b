#include "actors/engine/loops/loop_condition.hpp"

#include <doctest/doctest.h>

using tutti::engine::reads_of;

TEST_CASE("a condition is given what its text looks at") {
  struct row {
    const char* source;
    bool everything, whole_loop;
    size_t names;
  };
  for (auto& x : {
           row{"if ($.loop['iteration'] < $.value) {true;} else {false;}",
               false, false, 2},
           row{"$.loop.iteration < 3 && $['check'].done", false, false, 2},
           row{"$.loop[\"loopItem\"].x > $.loop.loopIndex", false, false, 1},
           row{"$?.loop?.iteration < 2", false, false, 1},
           row{"$.loop[3].a.x == $.loop['2'].a.x", false, false, 1},
           row{"$.loop[$.loop['iteration']].a.done", false, false, 1},
           row{"$.loop[$.loop.iteration - 1].a.done", false, true, 1},
           row{"Object.keys($.loop).length < 5", false, true, 1},
           row{"$.loop.get('iteration') < 5", false, true, 1},
           row{"var all = $; all.loop.iteration < 5", true, false, 0},
           row{"$.get('loop').iteration < 5", true, false, 0},
           row{"$[name].x", true, false, 0},
           row{"eval('\\x24.loop[1]')", true, false, 0},
           row{"$x + my$y < 3", false, false, 0},
       }) {
    CAPTURE(x.source);
    auto reads = reads_of(x.source, "loop");
    CHECK(reads.everything == x.everything);
    CHECK(reads.whole_loop == x.whole_loop);
    CHECK(reads.names.size() == x.names);
  }
}

TEST_CASE("a condition names the iterations it looks at") {
  auto reads = reads_of("$.loop[3].a == $.loop['2'].a", "loop");
  CHECK(reads.iterations == std::set<int32_t>{2, 3});
  CHECK_FALSE(reads.current_iteration);
  CHECK(reads_of("$.loop[ $.loop['iteration'] ].a", "loop").current_iteration);
}
