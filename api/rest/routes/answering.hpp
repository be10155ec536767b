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
/// A part of a list; `Tutti-Next` is where it goes on.
inline response as_page(document&& got) {
  auto out = json(std::move(got.text));
  if (got.next > 0)
    out.headers.emplace_back("Tutti-Next", std::to_string(got.next));
  return out;
}
inline response as_text(answer&& got) { return text(std::move(got.text)); }
/// 200 without a body.
inline constexpr auto as_void = [](auto&&) { return response{}; };
inline constexpr auto as_no_content = [](auto&&) { return no_content(); };

/// A command whose answer is the execution after it. `nothing`: the sentence
/// when it found nothing to do, unless that is no error.
inline void post_for_execution(const context_pointer& context,
                               exchange_pointer x, call_workflow call,
                               std::string nothing = {}) {
  call.answer_execution = true;
  auto id = call.workflow_id;
  auto from = x->context();
  auto then = [context, x = std::move(x), id = std::move(id),
               nothing = std::move(nothing)](result<answer> got) {
    if (!got)
      return refuse(*x, got.failure());
    if (!got->effective && !nothing.empty())
      return refuse(*x, failure{errc::not_found, nothing, {}});
    if (!got->text.empty())
      return x->reply(json(std::move(got->text)));
    // A large one is read apart.
    read_execution ask;
    ask.workflow_id = id;
    post(*context, x, std::move(ask), as_json);
  };
  context->gateway->ask(std::move(call), std::move(from),
                        reply<answer>(std::move(then)));
}

} // namespace tutti::rest
