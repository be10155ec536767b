#pragma once

#include "storage/store.hpp"

#include <mutex>
#include <vector>

namespace tutti::storage {

/// Who wants to hear of new feed entries. Thread safe; for the engines.
class feed_listeners {
 public:
  store::feed_listening add(store::feed_listener told) {
    auto out = std::make_shared<const store::feed_listener>(std::move(told));
    std::lock_guard guard{mutex_};
    std::erase_if(listeners_, [](auto& x) { return x.expired(); });
    listeners_.push_back(out);
    return out;
  }

  void tell(uint32_t shard, uint64_t position) const {
    for (size_t i = 0;; ++i) {
      store::feed_listening told;
      {
        std::lock_guard guard{mutex_};
        if (i >= listeners_.size())
          return;
        told = listeners_[i].lock();
      }
      if (told)
        (*told)(shard, position);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<const store::feed_listener>> listeners_;
};

} // namespace tutti::storage
