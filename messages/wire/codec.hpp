#pragma once

#include "messages/request_list.hpp"

#include <string>
#include <string_view>
#include <variant>

// Requests, their contexts and their responses <-> bytes
// (messages/proto/requests.proto), for messages between nodes. Fields that stay
// on a node are not written.

namespace tutti::wire {

template <class... Requests>
using any_of = std::variant<Requests...>;
/// Any request of the list.
using any_request = all_requests::apply<any_of>;

/// A request without its reply, which the connection provides.
struct received {
  any_request request;
  request_context context;
};

std::string to_bytes(const any_request& x, const request_context& context);
/// errc::invalid: the bytes are truncated, not a request, of an unknown version
/// or kind, or contradictory.
result<received> read_request(std::string_view bytes);

template <is_request Request>
std::string to_bytes_of_response(const result<typename Request::response>& x);
/// The outer failure: the bytes are no response to such a request.
template <is_request Request>
result<result<typename Request::response>>
read_response(std::string_view bytes);

} // namespace tutti::wire
