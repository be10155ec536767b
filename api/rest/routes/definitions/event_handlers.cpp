#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

// Handlers of events: stored, told and validated. Nothing acts on them yet.

namespace event_handlers_detail {

using kind = read_definitions::kind;

constexpr auto active_only = flag_of("activeOnly", true);

/// OSS clients send one handler, those of the Orkes dialect a list.
auto save(bool must_exist) {
  return [must_exist](const context_pointer& context, exchange_pointer x) {
    query_reader query(*x);
    unknown_fields unknown(query);
    if (query.failure())
      return refuse(*x, *query.failure());
    auto handlers = read_event_handlers(x->body(), unknown.found());
    if (!handlers)
      return refuse(*x, handlers.failure());
    if (auto why = unknown.refusal())
      return refuse(*x, *why);
    std::string path
        = must_exist ? "updateEventHandler.arg0" : "addEventHandler.arg0";
    if (auto why
        = context->admission.check(*handlers, path, begins_list(x->body())))
      return refuse(*x, *why);
    post(*context, std::move(x),
         register_event_handlers{std::move(*handlers), must_exist},
         unknown.with_warnings(as_void));
  };
}

void read_all(const context_pointer& context, exchange_pointer x) {
  read_definitions ask;
  ask.what = kind::event_handlers;
  post(*context, std::move(x), std::move(ask), as_json);
}

/// The variable is the event, not the handler's name.
void read_of_event(const context_pointer& context, exchange_pointer x,
                   std::string_view event) {
  query_reader query(*x);
  read_definitions ask;
  ask.what = kind::event_handlers;
  ask.name = event;
  ask.active_only = query.read(active_only);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

void remove(const context_pointer& context, exchange_pointer x,
            std::string_view name) {
  post(*context, std::move(x), remove_event_handler{std::string(name)},
       as_void);
}

} // namespace event_handlers_detail

route_table event_handler_routes(const context_pointer& context) {
  using namespace event_handlers_detail;
  const std::string all = "/api/event";
  constexpr auto read = permission::metadata_read;
  constexpr auto write = permission::metadata_write;
  return {
      {method::post, all, write, serve(context, save(false)),
       about("Registers an event handler, or a list of them.")
           .with(strict)
           .takes("EventHandler")},
      {method::put, all, write, serve(context, save(true)),
       about("Replaces an event handler.").with(strict).takes("EventHandler")},
      {method::get, all, read, serve(context, read_all),
       about("All event handlers.").answers("[EventHandler]")},
      {method::get, all + "/{event}", read, serve(context, read_of_event),
       about("The handlers of an event.")
           .with(active_only)
           .answers("[EventHandler]")},
      {method::delete_, all + "/{name}", write, serve(context, remove),
       about("Removes the event handler of that name.")},
  };
}

} // namespace tutti::rest
