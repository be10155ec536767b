#include "tests/unit/api/rest/routes/route_world.hpp"

using namespace tutti;
using namespace tutti::rest;
using namespace tutti::rest::test;

namespace messages_routes_tests {

TEST_CASE_FIXTURE(route_world, "a pushed message is answered with its id") {
  gateway->usual = a_text("m1");
  CHECK(is_text(call("POST", "/api/workflow/w1/messages", R"({"a":1})"), "m1"));
  CHECK(last<call_workflow>().workflow_id == "w1");
  CHECK(last_command<command::push_message>().content.json()["a"] == 1);
  CHECK(is_error(call("POST", "/api/workflow/w1/messages", "[1]"), 400));
  CHECK(is_error(call("POST", "/api/workflow/w1/messages", "{"), 400));
}

TEST_CASE_FIXTURE(route_world, "refusals of a push are bare text") {
  for (auto& [code, status] :
       {std::pair{errc::not_found, 404}, std::pair{errc::conflict, 409},
        std::pair{errc::too_many, 429}}) {
    gateway->usual = failure{code, "why"};
    auto x = call("POST", "/api/workflow/w1/messages", "{}");
    CHECK(x.status == status);
    CHECK(x.content == content::text);
    CHECK(x.body == "why");
  }
  gateway->usual = failure{errc::unavailable, "later"};
  CHECK(is_error(call("POST", "/api/workflow/w1/messages", "{}"), 500));
}

TEST_CASE_FIXTURE(route_world, "messages of an event queue are shown, then "
                               "acknowledged one by one") {
  gateway->usual = a_text("[]");
  CHECK(is_json(call("GET", "/api/tutti/event-queues/w:e/messages?count=5"),
                "[]"));
  CHECK(last<peek_event_queue>().queue == "w:e");
  CHECK(last<peek_event_queue>().count == 5);
  CHECK(is_void(call("DELETE", "/api/tutti/event-queues/w:e/messages/m1")));
  CHECK(last<acknowledge_event>().queue == "w:e");
  CHECK(last<acknowledge_event>().message_id == "m1");
  auto none = a_text("");
  none.effective = false;
  gateway->usual = none;
  CHECK(
      is_error(call("DELETE", "/api/tutti/event-queues/w:e/messages/m1"), 404));
}

} // namespace messages_routes_tests
