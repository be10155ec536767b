#pragma once

#include "api/rest/error_map.hpp"
#include "api/rest/routes/route_groups.hpp"

#include <utility>

namespace tutti::rest {

// Sends requests to the gateway, and makes responses from its answers.

inline void refuse(exchange& x, const failure& why) {
  x.reply(to_response(why));
}
inline void refuse(exchange& x, std::string sentence) {
  refuse(x, failure{errc::invalid, std::move(sentence)});
}

/// `shape` makes the response to a success from `T&&`.
template <class T, class Shape>
reply<T> answer_by(exchange_pointer x, Shape shape) {
  return reply<T>([x = std::move(x), shape = std::move(shape)](result<T> got) {
    x->reply(got ? shape(std::move(*got)) : to_response(got.failure()));
  });
}

/// Sends the request with the context of this exchange, which gets the answer.
template <class Request, class Shape>
void post(const shared_context& context, exchange_pointer x, Request what,
          Shape shape) {
  auto from = x->context();
  context.gateway->ask(
      std::move(what), std::move(from),
      answer_by<typename Request::response>(std::move(x), std::move(shape)));
}

// Shapes
inline response as_json(document&& got) { return json(std::move(got.text)); }
inline response as_text(answer&& got) { return text(std::move(got.text)); }
/// 200 without a body.
inline constexpr auto as_void = [](auto&&) { return response{}; };
inline constexpr auto as_no_content = [](auto&&) { return no_content(); };

} // namespace tutti::rest
