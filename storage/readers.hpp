#pragma once

#include "storage/store.hpp"

#include <exception>
#include <memory>

namespace tutti::storage {

/// Lets others do the reading, for threads that must not wait for it. A job is
/// all that one question needs to read, so that it costs one way there and one
/// back, whatever it looks up on the way; a store over a network gives each job
/// a connection.
///
/// Thread safe. Jobs end in any order. A job sees every commit that was
/// answered before it was submitted. Each is run or refused, once, whatever
/// happens: who submits may count on being called.
class readers {
 public:
  class job {
   public:
    virtual ~job() = default;
    /// On a thread that may wait.
    virtual void run(const store& from) = 0;
    /// On any thread, also the submitter's.
    virtual void refuse(failure why) = 0;
  };

  virtual ~readers() = default;

  /// errc::unavailable: too many wait, or the node stops.
  virtual void submit(std::unique_ptr<job> what) = 0;
};

using readers_pointer = std::shared_ptr<readers>;

namespace readers_detail {

template <class T, class Work, class Then>
class function_job final : public readers::job {
 public:
  function_job(Work work, Then then)
      : work_(std::move(work)), then_(std::move(then)) {}

  void run(const store& from) override { then_(try_to_read(from)); }
  void refuse(failure why) override { then_(result<T>(std::move(why))); }

 private:
  // A bug in a job must not end a thread that others read with.
  result<T> try_to_read(const store& from) {
    try {
      return work_(from);
    } catch (const std::exception& e) {
      return failure{errc::internal,
                     std::string("a read ended with an exception: ")
                         + e.what()};
    }
  }

  Work work_;
  Then then_;
};

} // namespace readers_detail

/// `work(const store&)` answers a result<T>; `then` gets it, or why it was
/// refused, on the reader's thread or right here: it may only post.
template <class T, class Work, class Then>
void read(readers& by, Work work, Then then) {
  using job = readers_detail::function_job<T, Work, Then>;
  by.submit(std::make_unique<job>(std::move(work), std::move(then)));
}

} // namespace tutti::storage
