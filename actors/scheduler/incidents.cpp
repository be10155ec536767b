#include "actors/scheduler/incidents.hpp"

namespace tutti {

bool incidents::crashed(const std::string& id, std::string error, instant now,
                        int64_t wall_ms) {
  auto& x = entries_[id];
  x.last_error = std::move(error);
  x.crashes.push_back(now);
  while (x.since == 0 && now - x.crashes.front() > window_)
    x.crashes.pop_front();
  if (x.since != 0 || x.crashes.size() < limit_)
    return false;
  x.since = wall_ms;
  return true;
}

void incidents::park(const std::string& id, std::string error, instant now,
                     int64_t wall_ms) {
  auto& x = entries_[id];
  x.last_error = std::move(error);
  x.crashes.push_back(now);
  x.since = wall_ms;
}

bool incidents::parked(const std::string& id) const {
  if (entries_.empty())
    return false;
  auto it = entries_.find(id);
  return it != entries_.end() && it->second.since != 0;
}

std::string incidents::sentence(const std::string& id) const {
  auto it = entries_.find(id);
  auto error = it == entries_.end() ? std::string() : it->second.last_error;
  return "execution " + id
         + " was put aside because it crashed again and again (" + error
         + "); release the incident to try it again";
}

bool incidents::release(const std::string& id) {
  return parked(id) && entries_.erase(id) > 0;
}

void incidents::forget(instant now) {
  std::erase_if(entries_, [&](auto& x) {
    return x.second.since == 0 && now - x.second.crashes.back() > window_;
  });
}

incident_list incidents::report() const {
  incident_list out;
  for (auto& [id, x] : entries_)
    if (x.since != 0)
      out.items.push_back(
          {id, x.last_error, int64_t(x.crashes.size()), x.since});
  return out;
}

} // namespace tutti
