#include "actors/support/mailbox_figures.hpp"

namespace tutti {

mailbox_figures& mailbox_figures::of_process() {
  static mailbox_figures all;
  return all;
}

histogram& mailbox_figures::of(std::string_view kind) {
  std::lock_guard guard{mutex_};
  auto found = kinds_.find(kind);
  if (found == kinds_.end())
    found = kinds_
                .emplace(std::string(kind),
                         std::make_unique<histogram>(counts_of_things))
                .first;
  return *found->second;
}

std::map<std::string, histogram::figures> mailbox_figures::read() const {
  std::lock_guard guard{mutex_};
  std::map<std::string, histogram::figures> out;
  for (auto& [kind, x] : kinds_)
    out.emplace(kind, x->read());
  return out;
}

} // namespace tutti
