#pragma once

#include "api/rest/error_map.hpp"
#include "api/rest/routes/route_table.hpp"

#include <utility>

namespace tutti::rest {

// From what the gateway answers to what the client gets.

inline void refuse(exchange& x, const failure& why) {
  x.reply(to_response(why));
}
inline void refuse(exchange& x, std::string sentence) {
  refuse(x, failure{errc::invalid, std::move(sentence)});
}

/// `shape` makes the response of a success out of `T&&`.
template <class T, class Shape>
reply<T> answer_by(exchange_pointer x, Shape shape) {
  return reply<T>([x = std::move(x), shape = std::move(shape)](result<T> got) {
    x->reply(got ? shape(std::move(*got)) : to_response(got.failure()));
  });
}

inline reply<answer> answer_json(exchange_pointer x) {
  return answer_by<answer>(
      std::move(x), [](answer&& got) { return json(std::move(got.text)); });
}
inline reply<answer> answer_text(exchange_pointer x) {
  return answer_by<answer>(
      std::move(x), [](answer&& got) { return text(std::move(got.text)); });
}
/// 200 without a body.
inline reply<answer> answer_void(exchange_pointer x) {
  return answer_by<answer>(std::move(x), [](answer&&) { return response{}; });
}
inline reply<answer> answer_no_content(exchange_pointer x) {
  return answer_by<answer>(std::move(x), [](answer&&) { return no_content(); });
}

} // namespace tutti::rest
