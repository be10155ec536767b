#include "messages/wire/codec.hpp"

#include "messages/proto/requests.pb.h"
#include "messages/wire/outbox_message_form.hpp"
#include "tests/unit/messages/wire/filled.hpp"

#include <random>

namespace tutti::wire {

using test::equal;
using test::filled;

namespace codec_test {

/// Every request of the list, every command and every outbox message, with
/// every field set.
std::vector<any_request> all_kinds_of_requests() {
  std::vector<any_request> out;
  test::for_each_alternative<any_request>([&](any_request x) {
    std::visit(
        [&](auto& one) {
          using type = std::decay_t<decltype(one)>;
          if constexpr (
              !std::same_as<
                  type,
                  call_workflow> && !std::same_as<type, accept_outbox_message>)
            out.push_back(filled(one));
        },
        x);
  });
  test::for_each_alternative<workflow_command>([&](workflow_command x) {
    call_workflow call;
    call.workflow_id = "w";
    call.answer_execution = true;
    call.what = std::visit(
        [](auto& one) -> workflow_command { return filled(one); }, x);
    out.push_back(call);
    outbox_message mail{"to", "from", call.what};
    record::OutboxMessage probe;
    if (auto* restart = std::get_if<command::restart>(&x))
      mail.what = workflow_command{*restart}; // with the definition it has
    if (put(probe, mail))
      out.push_back(
          accept_outbox_message{std::make_shared<const outbox_message>(mail)});
  });
  for (auto& content :
       {decltype(outbox_message::what)(filled<start_other>()),
        decltype(outbox_message::what)(filled<slot_request>()),
        decltype(outbox_message::what)(filled<external_message>())})
    out.push_back(
        accept_outbox_message{std::make_shared<const outbox_message>(
                                  outbox_message{"to", "from", content}),
                              true});
  return out;
}

std::string name_of(const any_request& x) {
  return std::visit([](auto& one) { return std::string(typeid(one).name()); },
                    x);
}

request::Request message_of(const any_request& x) {
  request::Request out;
  REQUIRE(out.ParseFromString(to_bytes(x, {})));
  return out;
}

/// A value of that response with every field set.
template <class Response>
Response some() {
  if constexpr (std::is_empty_v<Response>)
    return {};
  else
    return filled<Response>();
}

} // namespace codec_test

using namespace codec_test;

TEST_CASE("every request comes back as it was, with its context") {
  auto context = filled<request_context>();
  auto all = all_kinds_of_requests();
  CHECK(all.size() > std::variant_size_v<any_request>);
  for (auto& x : all) {
    CAPTURE(name_of(x));
    auto back = read_request(to_bytes(x, context));
    REQUIRE(back);
    CHECK(equal(back->request, x));
    CHECK(back->context == context);
  }
}

TEST_CASE("a request with nothing in it comes back with nothing in it") {
  test::for_each_alternative<any_request>([&](any_request x) {
    if (std::holds_alternative<accept_outbox_message>(x))
      return; // it always has a message
    if (auto* call = std::get_if<call_workflow>(&x))
      call->what = command::decide{};
    CAPTURE(name_of(x));
    auto back = read_request(to_bytes(x, {}));
    REQUIRE(back);
    CHECK(equal(back->request, x));
    CHECK(back->context == request_context{});
  });
}

TEST_CASE("every response comes back as it was, and so does a refusal") {
  auto refusal = filled<failure>();
  test::for_each_alternative<any_request>([&](const any_request& x) {
    CAPTURE(name_of(x));
    std::visit(
        [&](auto& one) {
          using request = std::decay_t<decltype(one)>;
          using response = typename request::response;
          auto good = some<response>();
          auto back
              = read_response<request>(to_bytes_of_response<request>(good));
          REQUIRE(back);
          REQUIRE(*back);
          CHECK(equal(**back, good));
          auto bad
              = read_response<request>(to_bytes_of_response<request>(refusal));
          REQUIRE(bad);
          REQUIRE_FALSE(*bad);
          CHECK(equal(bad->failure(), refusal));
        },
        x);
  });
}

TEST_CASE("what was cut short is refused, wherever it was cut") {
  auto context = filled<request_context>();
  for (auto& x : all_kinds_of_requests()) {
    CAPTURE(name_of(x));
    auto bytes = to_bytes(x, context);
    // Every length of short ones; of long ones the first and last bytes, and
    // some in between.
    size_t step = bytes.size() < 2'000 ? 1 : 97;
    for (size_t n = 0; n < bytes.size(); n += n < 300 ? 1 : step) {
      auto cut = read_request(std::string_view(bytes).substr(0, n));
      REQUIRE_FALSE(cut);
      REQUIRE(cut.failure().code == errc::invalid);
    }
  }
  auto answered = to_bytes_of_response<poll_tasks>(filled<polled>());
  for (size_t n = 0; n < answered.size(); ++n)
    CHECK_FALSE(
        read_response<poll_tasks>(std::string_view(answered).substr(0, n)));
}

TEST_CASE("another version, an unknown request and wrong values are refused") {
  auto bytes = [](const request::Request& x) { return x.SerializeAsString(); };
  auto good = message_of(filled<read_execution>());
  REQUIRE(read_request(bytes(good)));

  auto other = good;
  other.set_version(2);
  CHECK_FALSE(read_request(bytes(other)));

  auto none = good;
  none.clear_what();
  CHECK_FALSE(read_request(bytes(none)));
  // A field that only a newer node knows, in the place of the request.
  CHECK_FALSE(read_request(bytes(none) + "\xC2\x3E\x01x"));

  auto wrong = good;
  wrong.mutable_read_execution()->set_what(99);
  CHECK_FALSE(read_request(bytes(wrong)));
  wrong = good;
  wrong.mutable_read_execution()->add_statuses(9);
  CHECK_FALSE(read_request(bytes(wrong)));

  auto empty = message_of(call_workflow{"w", command::decide{}});
  empty.mutable_call_workflow()->mutable_what()->clear_what();
  CHECK_FALSE(read_request(bytes(empty)));

  auto definition = message_of(filled<register_workflows>());
  definition.mutable_register_workflows()->add_definitions("{\"name\":");
  CHECK_FALSE(read_request(bytes(definition)));
}

TEST_CASE("an answer to another request is refused") {
  CHECK_FALSE(read_response<poll_tasks>(
      to_bytes_of_response<read_history>(document{"{}"})));
  CHECK_FALSE(read_response<poll_tasks>(""));
  request::Response other;
  other.set_version(2);
  other.mutable_polled();
  CHECK_FALSE(read_response<poll_tasks>(other.SerializeAsString()));
}

TEST_CASE("random damage is refused or read, and harms nobody") {
  std::mt19937 random(7);
  for (auto& x : all_kinds_of_requests()) {
    auto bytes = to_bytes(x, {});
    for (int i = 0; i < 50; ++i) {
      auto damaged = bytes;
      for (int n = 0; n < 3; ++n)
        damaged[random() % damaged.size()] = char(random());
      if (auto back = read_request(damaged))
        CHECK(to_bytes(back->request, back->context).size() > 0);
    }
  }
}

TEST_CASE("what executions do not send each other has no form in the outbox") {
  record::OutboxMessage out;
  CHECK_FALSE(put(out, {"to", "from", workflow_command{command::start{}}}));
  CHECK_FALSE(put(out, {"to", "from",
                        workflow_command{command::restart{
                            std::make_shared<const workflow_def>()}}}));
}

} // namespace tutti::wire
