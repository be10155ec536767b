#pragma once

#include "storage/store.hpp"

#include <exception>
#include <memory>

namespace tutti::storage {

/// Runs reads for threads that must not block. A job reads everything for one
/// question, so that it costs one trip there and back; a remote store gives
/// each job a connection.
///
/// Thread safe. Jobs end in any order. A job sees every commit that was
/// answered before it was submitted. Each job is run or refused, exactly once.
class readers {
 public:
  class job {
   public:
    virtual ~job() = default;
    /// Called on a thread that may block.
    virtual void run(const store& from) = 0;
    /// Called on any thread, also the submitter's.
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
  // A bug in a job must not end a thread that others use.
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

/// `work(const store&)` returns a result<T>. `then` gets it, or the refusal, on
/// the reader's thread or directly: it must only post a message.
template <class T, class Work, class Then>
void read(readers& by, Work work, Then then) {
  using job = readers_detail::function_job<T, Work, Then>;
  by.submit(std::make_unique<job>(std::move(work), std::move(then)));
}

} // namespace tutti::storage
