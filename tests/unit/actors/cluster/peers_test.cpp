#include "tests/unit/actors/cluster/two_peers.hpp"

namespace tutti::test::cluster {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

read_queue_size question(const std::string& type) {
  read_queue_size out;
  out.task_type = type;
  return out;
}

void serve_one(test_node& by, const std::string& text) {
  auto x = by.requests.take();
  REQUIRE(x);
  x->answer(document_bytes(text));
}

TEST_CASE("a request for a shard of another node is answered there") {
  two_peers world;
  world.meet();
  auto got = world.a->ask(1, question("ship"));
  auto x = world.b->requests.take();
  REQUIRE(x);
  CHECK(x->from == "a");
  CHECK(x->shard == 1);
  auto read = wire::read_request(x->bytes);
  REQUIRE(read);
  CHECK(std::get<read_queue_size>(read->request).task_type == "ship");
  x->answer(document_bytes("7"));
  auto answer = outcome_of(got);
  REQUIRE(answer);
  CHECK(answer->text == "7");

  auto back = world.b->ask(0, question("pack"));
  serve_one(*world.a, "8");
  CHECK(outcome_of(back)->text == "8");
}

TEST_CASE("a failure of the other node comes back as it was") {
  two_peers world;
  world.meet();
  auto got = world.a->ask(1, question("ship"));
  auto x = world.b->requests.take();
  REQUIRE(x);
  x->answer(wire::to_bytes_of_response<read_queue_size>(
      failure{errc::not_found, "there is no such queue"}));
  auto answer = outcome_of(got);
  CHECK(answer.failure().code == errc::not_found);
  CHECK(answer.failure().message == "there is no such queue");
}

TEST_CASE("what is under way when a link breaks is answered with what is "
          "certain, and the link comes back") {
  two_peers world;
  world.meet();
  auto read = world.a->ask(1, question("ship"));
  call_workflow update;
  update.workflow_id = "w";
  update.what = command::decide{};
  auto write = world.a->ask(1, update);
  call_workflow start;
  start.workflow_id = "w";
  start.what.emplace<command::start>().head.definition
      = std::make_shared<const workflow_def>();
  auto started = world.a->ask(1, start);
  for (int i = 0; i < 3; ++i)
    REQUIRE(world.b->requests.take());
  world.b.reset();

  auto nothing = outcome_of(read).failure();
  CHECK(nothing.code == errc::unavailable);
  CHECK(nothing.message.find("nothing was changed") != std::string::npos);
  auto maybe = outcome_of(write).failure();
  CHECK(maybe.message.find("repeating it is safe") != std::string::npos);
  auto begun = outcome_of(started).failure();
  CHECK(begun.message.find("idempotency key") != std::string::npos);
  CHECK(world.a->lost.take() == "b");

  auto meanwhile = world.a->ask(1, question("ship"));
  auto refused = outcome_of(meanwhile).failure();
  CHECK(refused.code == errc::unavailable);
  CHECK(refused.message.find("nothing was done") != std::string::npos);

  world.b = world.new_b(world.port);
  world.b->begin();
  world.meet();
  auto again = world.a->ask(1, question("ship"));
  serve_one(*world.b, "9");
  CHECK(outcome_of(again)->text == "9");
}

TEST_CASE("no more requests are under way than the other node grants") {
  two_peers world({}, [](link_settings& x) { x.requests_max = 3; });
  world.meet();
  std::vector<std::future<result<document>>> asked;
  for (int i = 0; i < 5; ++i)
    asked.push_back(world.a->ask(1, question(std::to_string(i))));
  for (int i : {3, 4}) {
    auto refused = outcome_of(asked[size_t(i)]).failure();
    CHECK(refused.code == errc::unavailable);
    CHECK(refused.message.find("too much is under way") != std::string::npos);
  }
  CHECK(world.a->links->report().front().refused == 2);
  CHECK(world.a->links->report().front().in_flight == 3);
  for (int i = 0; i < 3; ++i)
    serve_one(*world.b, std::to_string(i));
  for (size_t i = 0; i < 3; ++i)
    CHECK(outcome_of(asked[i]));
  auto next = world.a->ask(1, question("next"));
  serve_one(*world.b, "next");
  CHECK(outcome_of(next)->text == "next");
}

TEST_CASE("no more bytes are under way than the other node grants") {
  two_peers world({}, [](link_settings& x) { x.bytes_max = 10'000; });
  world.meet();
  auto first = world.a->ask(1, question(std::string(6'000, 'x')));
  auto second = world.a->ask(1, question(std::string(6'000, 'y')));
  CHECK(outcome_of(second).failure().code == errc::unavailable);
  serve_one(*world.b, "1");
  CHECK(outcome_of(first)->text == "1");
  auto third = world.a->ask(1, question(std::string(6'000, 'z')));
  serve_one(*world.b, "3");
  CHECK(outcome_of(third)->text == "3");
}

TEST_CASE("letters that nobody answers take credit, and give it back") {
  two_peers world({}, [](link_settings& x) { x.requests_max = 16; });
  world.meet();
  for (int i = 0; i < 200; ++i) {
    // Retried as a sender would: the credit comes back a moment later.
    REQUIRE(in_time([&] {
      if (world.a->links->report().front().in_flight >= 16)
        return false;
      world.a->links->send(
          "b",
          make_letter(envelope<want_tasks>{{std::to_string(i), true}, {}, {}},
                      addressee::node));
      return true;
    }));
    auto x = world.b->requests.take();
    REQUIRE(x);
    CHECK_FALSE(x->answer);
  }
  CHECK(world.a->links->report().front().refused == 0);
}

TEST_CASE("a request without an answer in time ends, and its late answer "
          "disturbs nobody") {
  two_peers world([](link_settings& x) { x.request_time = 150ms; },
                  [](link_settings& x) { x.requests_max = 1; });
  world.meet();
  auto late = world.a->ask(1, question("late"));
  auto x = world.b->requests.take();
  REQUIRE(x);
  auto why = outcome_of(late).failure();
  CHECK(why.code == errc::unavailable);
  CHECK(why.message.find("did not answer in time") != std::string::npos);
  // It is still under way there.
  auto refused = world.a->ask(1, question("next"));
  CHECK_FALSE(outcome_of(refused));
  x->answer(document_bytes("late"));
  CHECK(
      in_time([&] { return world.a->links->report().front().in_flight == 0; }));
  auto next = world.a->ask(1, question("next"));
  serve_one(*world.b, "next");
  CHECK(outcome_of(next)->text == "next");
}

TEST_CASE(
    "what is larger than goes between nodes is an error of that request") {
  two_peers world({}, [](link_settings& x) { x.message_bytes_max = 20'000; });
  world.meet();
  auto large = world.a->ask(1, question(std::string(30'000, 'x')));
  auto why = outcome_of(large).failure();
  CHECK(why.code == errc::too_large);
  CHECK(why.message.find("cluster.message_mib_max") != std::string::npos);
  auto answered = world.a->ask(1, question("small"));
  serve_one(*world.b, std::string(30'000, 'x'));
  auto too_large = outcome_of(answered).failure();
  CHECK(too_large.code == errc::too_large);
  CHECK(too_large.message.find("cluster.message_mib_max") != std::string::npos);
  auto small = world.a->ask(1, question("small"));
  serve_one(*world.b, "1");
  CHECK(outcome_of(small)->text == "1");
}

TEST_CASE("a shard that has moved is asked for once more, by the newer map") {
  two_peers world;
  world.meet();
  // The map that both knew said node b.
  auto moved = world.a->ask(1, question("ship"));
  auto x = world.b->requests.take();
  REQUIRE(x);
  world.b->links->set_map(shard_map(2, {"a", "b"}));
  x->not_here();
  auto again = world.b->requests.take();
  REQUIRE(again);
  again->answer(document_bytes("5"));
  CHECK(outcome_of(moved)->text == "5");

  auto lost = world.a->ask(1, question("ship"));
  for (int i = 0; i < 2; ++i) {
    auto one = world.b->requests.take();
    REQUIRE(one);
    one->not_here();
  }
  auto why = outcome_of(lost).failure();
  CHECK(why.code == errc::unavailable);
  CHECK(why.message.find("on its way to another node") != std::string::npos);
}

TEST_CASE("a node that nobody serves a shard for says so") {
  two_peers world;
  world.meet();
  world.a->links->set_map(shard_map(2, {"a", ""}));
  auto asked = world.a->ask(1, question("ship"));
  auto why = outcome_of(asked).failure();
  CHECK(why.code == errc::unavailable);
  CHECK(why.message.find("shard 1 is not served") != std::string::npos);
}

TEST_CASE("heartbeats measure the way to a node and keep an idle link") {
  two_peers world([](link_settings& x) {
    x.heartbeat = 20ms;
    x.silence = 200ms;
  });
  world.meet();
  CHECK(in_time(
      [&] { return world.a->links->report().front().round_trip_us >= 0; }));
  // Twice the time of silence, and nothing was sent but heartbeats.
  CHECK_FALSE(world.a->lost.take(400ms));
  CHECK(world.a->links->report().front().connects == 1);
}

} // namespace

} // namespace tutti::test::cluster
