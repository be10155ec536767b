#include "tests/support/actor_world.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;

TEST_CASE("a call for a shard that is not here is unavailable") {
  actor_world world;
  actor_directory elsewhere;
  std::vector<shard_actors> shards(2);
  shards[0] = world.shards[0];
  elsewhere.fill(std::move(shards), {});
  read_execution read;
  read.workflow_id = "11111111-2222-4333-8444-555555555555";

  asked here, there, nowhere;
  elsewhere.tell(uint32_t{0}, here.of(read));
  elsewhere.tell(uint32_t{1}, there.of(read));
  elsewhere.tell(uint32_t{7}, nowhere.of(read));
  world.run();

  CHECK(here.why().code == errc::not_found);
  CHECK(there.why().code == errc::unavailable);
  CHECK(there.why().message == "shard 1 is not served by this node");
  CHECK(nowhere.why().code == errc::unavailable);
}

TEST_CASE("an outbox message for a shard that is not here comes back") {
  actor_directory nobody;
  outbox_message what;
  what.to = "11111111-2222-4333-8444-555555555555";
  SUBCASE("to an execution") {
    what.what = workflow_command{command::decide{}};
  }
  SUBCASE("to the concurrency limiter") { what.what = slot_request{}; }
  asked done;
  nobody.tell_addressee(done.of(
      accept_outbox_message{std::make_shared<const outbox_message>(what)}));
  CHECK(done.why().code == errc::unavailable);
}

TEST_CASE("what needs no answer may be told to a directory of nobody") {
  actor_directory nobody;
  nobody.tell(uint32_t{3}, schedule_timer{"id", 1});
  nobody.tell(offer_tasks{});
  nobody.tell_clock_moved();
  nobody.tell_output_kept();
  asked poll;
  nobody.tell(poll.of(locate_in_queue{}));
  CHECK(poll.why().code == errc::unavailable);
}
