#pragma once

#include "messages/model/result.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace tutti {

/// The reply to a request, usable from any thread. Answers exactly once; a
/// reply that is destroyed unanswered (its actor crashed, the node stops)
/// answers `errc::unavailable`, so that nobody waits for ever.
///
/// The callback runs on the answering thread: it must only post a message.
template <class T>
class reply {
 public:
  using function = std::function<void(result<T>)>;

  reply() = default;
  explicit reply(function f) : cell_(std::make_shared<cell>(std::move(f))) {}

  void operator()(result<T> x) const {
    if (cell_)
      cell_->fire(std::move(x));
  }
  explicit operator bool() const { return cell_ != nullptr; }

 private:
  struct cell {
    explicit cell(function f) : call(std::move(f)) {}
    ~cell() {
      fire(failure{errc::unavailable,
                   "the request was dropped before it was answered"});
    }
    void fire(result<T> x) {
      if (!answered.exchange(true))
        call(std::move(x));
    }
    function call;
    std::atomic<bool> answered{false};
  };
  std::shared_ptr<cell> cell_;
};

} // namespace tutti
