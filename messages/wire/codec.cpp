#include "messages/wire/codec.hpp"

#include "messages/wire/request_forms.hpp"
#include "messages/wire/response_forms.hpp"

namespace tutti::wire {

namespace codec_detail {

constexpr uint32_t version = 1;

// The field of each request in the message: a request of the list without a
// field of that name, or without a form, does not compile.

#define TUTTI_PLACE(name)                                                      \
  auto& place(pb::Request& in, const name*) { return *in.mutable_##name(); }
TUTTI_REQUESTS(TUTTI_PLACE)
#undef TUTTI_PLACE

// The same for responses. A request whose response is none of these does not
// compile.

#define TUTTI_PLACE(type, name)                                                \
  auto& place(pb::Response& in, const type*) { return *in.mutable_##name(); }  \
  bool is_there(const pb::Response& in, const type*) { return in.has_##name(); }
TUTTI_PLACE(failure, failure)
TUTTI_PLACE(done, done)
TUTTI_PLACE(answer, answer)
TUTTI_PLACE(document, document)
TUTTI_PLACE(started, started)
TUTTI_PLACE(polled, polled)
TUTTI_PLACE(execution_list, execution_list)
TUTTI_PLACE(incident_list, incident_list)
TUTTI_PLACE(execution_head, execution_head)
TUTTI_PLACE(acknowledged, acknowledged)
TUTTI_PLACE(waited, waited)
TUTTI_PLACE(observed, observed)
TUTTI_PLACE(sorted_documents, sorted_documents)
TUTTI_PLACE(search_result, search_result)
TUTTI_PLACE(std::vector<violation>, violations)
TUTTI_PLACE(job_list, job_list)
#undef TUTTI_PLACE

template <class Message>
bool parse(Message& out, std::string_view bytes) {
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
         && out.version() == version;
}

template <class T>
void put(pb::Response& out, const T& x) {
  form(writing{}, place(out, &x), x);
}

} // namespace codec_detail

using namespace codec_detail;

std::string to_bytes(const any_request& x, const request_context& context) {
  pb::Request out;
  out.set_version(version);
  form(writing{}, *out.mutable_context(), context);
  std::visit(
      [&](auto& request) { form(writing{}, place(out, &request), request); },
      x);
  return out.SerializeAsString();
}

result<received> read_request(std::string_view bytes) {
  pb::Request in;
  received out;
  bool known = false;
  if (parse(in, bytes) && form(reading{}, *in.mutable_context(), out.context)) {
#define TUTTI_READ(name)                                                       \
  if (in.has_##name())                                                         \
    known = form(reading{}, *in.mutable_##name(), out.request.emplace<name>());
    TUTTI_REQUESTS(TUTTI_READ)
#undef TUTTI_READ
  }
  if (!known)
    return failure{errc::invalid, "these bytes are no request, or of another "
                                  "version of Tutti"};
  return out;
}

template <is_request Request>
std::string to_bytes_of_response(const result<typename Request::response>& x) {
  pb::Response out;
  out.set_version(version);
  if (x)
    codec_detail::put(out, *x);
  else
    codec_detail::put(out, x.failure());
  return out.SerializeAsString();
}

template <is_request Request>
result<result<typename Request::response>>
read_response(std::string_view bytes) {
  using response = typename Request::response;
  pb::Response in;
  response answer;
  failure why;
  bool good = parse(in, bytes);
  if (good && is_there(in, &answer)
      && form(reading{}, place(in, &answer), answer))
    return result<response>(std::move(answer));
  if (good && is_there(in, &why) && form(reading{}, place(in, &why), why))
    return result<response>(std::move(why));
  return failure{errc::invalid, "these bytes are no answer to the request, or "
                                "of another version of Tutti"};
}

#define TUTTI_RESPONSE(name)                                                   \
  template std::string to_bytes_of_response<name>(                             \
      const result<name::response>&);                                          \
  template result<result<name::response>> read_response<name>(std::string_view);
TUTTI_REQUESTS(TUTTI_RESPONSE)
#undef TUTTI_RESPONSE

} // namespace tutti::wire
