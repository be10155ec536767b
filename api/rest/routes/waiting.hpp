#pragma once

#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <string>
#include <string_view>

namespace tutti::rest {

constexpr auto wait_request_id = text_of("requestId");
constexpr auto wait_references = texts_of("waitUntilTaskRef");
constexpr auto wait_seconds = number_of("waitForSeconds", 10, "10");
constexpr auto return_strategy_argument = choice_of(
    "returnStrategy",
    "TARGET_WORKFLOW|BLOCKING_WORKFLOW|BLOCKING_TASK|BLOCKING_TASK_INPUT");
// The same as headers, and without a strategy.
constexpr auto wait_request_id_header = header_of("requestId");
constexpr auto wait_references_header = header_of("waitUntilTaskRef");
constexpr auto wait_seconds_header = header_of("waitForSeconds");

/// What the client of a wait asked for, besides the wait itself.
struct wait_query {
  wait_options wait;
  std::string request_id; ///< given, or made here
};

/// `requestId`, `waitUntilTaskRef` and `waitForSeconds` from the query.
result<wait_query> read_wait(const exchange& x);
/// The same from headers of these names.
result<wait_query> read_wait_headers(const exchange& x);
/// `returnStrategy`; its default is TARGET_WORKFLOW.
result<return_strategy> read_strategy(const exchange& x);

/// reference:waiting#answer.
response signal_response(waited&& got, std::string_view request_id);

/// Sends a request that waits. If the client leaves, it waits no longer.
template <class Request, class Shape>
void send_wait(const shared_context& context, exchange_pointer x, Request what,
               Shape shape) {
  what.wait.wait_id = api::next_poll_id();
  x->drop_body();
  auto cancel
      = [gateway = context.gateway, from = x->context(),
         id = what.wait.wait_id] { gateway->ask(cancel_wait{id}, from, {}); };
  post(context, x, std::move(what), std::move(shape));
  x->on_gone(std::move(cancel));
}

} // namespace tutti::rest
