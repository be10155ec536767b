#pragma once

#include "messages/request_list.hpp"

#include <string>
#include <variant>

namespace tutti::api {

template <class... Requests>
using any_envelope = std::variant<envelope<Requests>...>;

/// Any client request in its envelope.
using gateway_message = client_requests::apply<any_envelope>;

/// Sends requests of APIs to the gateway. Keeps CAF out of the APIs: including
/// it would cost more compile time than all routes.
class gateway_port {
 public:
  virtual ~gateway_port() = default;
  /// Never blocks; the reply is called later, from any thread.
  virtual void send(gateway_message what) = 0;

  template <class Request>
  void ask(Request what, request_context from,
           reply<typename Request::response> done) {
    send(envelope<Request>{std::move(what), std::move(from), std::move(done)});
  }
};

/// For `poll_tasks::poll_id` and `wait_options::wait_id`: unique in this
/// process, and in practice among all processes.
uint64_t next_poll_id();

/// The id of a request whose client gave none, as a UUID.
std::string new_request_id();

} // namespace tutti::api
