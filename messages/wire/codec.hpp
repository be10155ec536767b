#pragma once

#include "messages/request_list.hpp"

#include <string>
#include <string_view>
#include <variant>

// Requests, their contexts and their responses <-> bytes
// (messages/proto/requests.proto): what another node is told. Nothing that
// stays on a node is written.

namespace tutti::wire {

template <class... Requests>
using any_of = std::variant<Requests...>;
/// One of the list.
using any_request = all_requests::apply<any_of>;

/// A request without the way back, which is the link's business.
struct received {
  any_request request;
  request_context context;
};

std::string to_bytes(const any_request& x, const request_context& context);
/// errc::invalid for what was cut short, is no request, is of an unknown
/// version or kind, or makes no sense.
result<received> read_request(std::string_view bytes);

template <is_request Request>
std::string to_bytes_of_response(const result<typename Request::response>& x);
/// The outer failure: these bytes are no answer to such a request.
template <is_request Request>
result<result<typename Request::response>>
read_response(std::string_view bytes);

} // namespace tutti::wire
