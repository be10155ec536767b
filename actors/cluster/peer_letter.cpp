#include "actors/cluster/peer_letter.hpp"

namespace tutti {

namespace peer_letter_detail {

using std::chrono::milliseconds;

/// Some wait for what may take long; all others get the usual time.
template <class Request>
milliseconds patience(const Request&) {
  return milliseconds(0);
}

/// Its client's deadline ends the watch before.
milliseconds patience(const watch_execution& x) {
  return x.at_once ? milliseconds(0) : std::chrono::hours(2);
}

/// Nobody who registers a definition waits longer for a node that stands still.
milliseconds patience(const change_definitions& x) {
  return x.first_part || x.more ? milliseconds(0) : milliseconds(1'000);
}

} // namespace peer_letter_detail

template <is_request Request>
peer_letter_pointer make_letter(envelope<Request> x, addressee to) {
  auto out = std::make_shared<peer_letter>();
  out->to = to;
  out->within = peer_letter_detail::patience(x.request);
  out->request.emplace<Request>(std::move(x.request));
  out->context = std::move(x.context);
  if (x.done)
    out->answered = [done = std::move(x.done)](result<std::string_view> got) {
      if (!got)
        return done(std::move(got).failure());
      auto answer = wire::read_response<Request>(*got);
      if (answer)
        done(*std::move(answer));
      else
        done(failure{errc::internal, "another node's answer is not understood: "
                                         + answer.failure().message});
    };
  return out;
}

#define TUTTI_LETTER(name)                                                     \
  template peer_letter_pointer make_letter<name>(envelope<name>, addressee);
TUTTI_REQUESTS(TUTTI_LETTER)
#undef TUTTI_LETTER

} // namespace tutti
