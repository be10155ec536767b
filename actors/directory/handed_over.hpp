#pragma once

#include "messages/model/logging/log.hpp"
#include "messages/request_list.hpp"

#include <string>
#include <string_view>
#include <type_traits>

/// Debug lines about requests on their way between actors.
namespace tutti::handed_over {

template <class Request>
inline constexpr std::string_view name_of = {};
#define TUTTI_NAME_OF(x)                                                       \
  template <>                                                                  \
  inline constexpr std::string_view name_of<x> = #x;
TUTTI_REQUESTS(TUTTI_NAME_OF)
#undef TUTTI_NAME_OF

/// What it is about, as far as its fields say so.
template <class Request>
logging::subject subject_of(const Request& x, std::string_view request_id) {
  logging::subject out{request_id, {}, {}};
  if constexpr (requires { std::string_view(x.workflow_id); })
    out.workflow_id = x.workflow_id;
  if constexpr (requires { std::string_view(x.task_id); })
    out.task_id = x.task_id;
  return out;
}

/// `to` makes the actor's name. Only requests that came with an id.
template <class Message, class To>
void log(const Message& what, To to) {
  if constexpr (requires {
                  what.request;
                  what.context;
                }) {
    if (what.context.request_id.empty())
      return;
    logging::debug(
        "directory", subject_of(what.request, what.context.request_id), [&] {
          using request = std::decay_t<decltype(what.request)>;
          return "handed " + std::string(name_of<request>) + " to " + to();
        });
  }
}

} // namespace tutti::handed_over
