#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_store.hpp"

namespace tutti {

result<definition_change> change(const definition_snapshot& from,
                                 const register_event_handlers& x) {
  definition_change out;
  out.next = std::make_shared<const definition_snapshot>(from);
  for (auto& handler : x.definitions) {
    bool known = out.next->find_handler(handler.name) != nullptr;
    if (known && !x.must_exist)
      return failure{errc::conflict, "EventHandler with name " + handler.name
                                         + " already exists!"};
    if (!known && x.must_exist)
      return failure{errc::not_found,
                     "EventHandler with name " + handler.name + " not found!"};
    out.rows.push_back(stored(handler));
    out.next = out.next->with(std::make_shared<const event_handler>(handler));
  }
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const remove_event_handler& x) {
  if (!from.find_handler(x.name))
    return failure{errc::not_found,
                   "EventHandler with name " + x.name + " not found!"};
  definition_change out;
  out.next = from.without_handler(x.name);
  out.rows.push_back(erased_handler(x.name));
  return out;
}

} // namespace tutti
