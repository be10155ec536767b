#pragma once

#include "messages/requests.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace tutti {

/// Collects one answer from each of several actors, in whatever order and from
/// whatever thread they come, and hands all of them on, in the order asked.
/// `finished` runs on the thread of the last answer: it may only post.
template <class T>
class scatter_gather {
 public:
  using function = std::function<void(std::vector<result<T>>)>;

  static std::shared_ptr<scatter_gather> create(size_t count,
                                                function finished) {
    auto out = std::make_shared<scatter_gather>(count, std::move(finished));
    if (count == 0)
      out->finished_({});
    return out;
  }

  scatter_gather(size_t count, function finished)
      : answers_(count, result<T>(failure{errc::unavailable, "no answer"})),
        missing_(count), finished_(std::move(finished)) {}

  static reply<T> slot(const std::shared_ptr<scatter_gather>& all, size_t i) {
    return reply<T>([all, i](result<T> x) {
      all->answers_[i] = std::move(x);
      if (all->missing_.fetch_sub(1) == 1)
        all->finished_(std::move(all->answers_));
    });
  }

 private:
  std::vector<result<T>> answers_;
  std::atomic<size_t> missing_;
  function finished_;
};

} // namespace tutti
