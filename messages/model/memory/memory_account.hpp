#pragma once

#include "messages/model/result.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace tutti {

/// Who holds memory of the account.
enum class memory_use : uint8_t {
  documents,  ///< parsed JSON
  results,    ///< what expressions make
  executions, ///< that were read from the store
  responses,  ///< of other systems, until their task has them
  dry_runs,
};
constexpr size_t memory_uses = 5;

const char* to_text(memory_use x);

/// The account has no room. Handled like any lack of memory: the request at
/// hand fails, what it did is taken back, and it may come again.
class memory_shortage : public std::bad_alloc {
 public:
  const char* what() const noexcept override;
};

class memory_account;

/// A part of the account, given back when it ends.
class memory_hold {
 public:
  memory_hold() = default;
  memory_hold(memory_hold&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)), use_(other.use_),
        bytes_(std::exchange(other.bytes_, 0)) {}
  memory_hold& operator=(memory_hold&& other) noexcept;
  ~memory_hold() { resize(0); }

  size_t bytes() const { return bytes_; }
  /// What is there already: more is never refused, only counted.
  void resize(size_t bytes);
  /// False: there is no room for so many in all.
  bool grow_to(size_t bytes);

 private:
  friend memory_account;
  memory_hold(memory_account* from, memory_use use, size_t bytes)
      : from_(from), use_(use), bytes_(bytes) {}

  memory_account* from_ = nullptr;
  memory_use use_ = memory_use::documents;
  size_t bytes_ = 0;
};

/// The memory for heavy things, which the callers of this process share: parsed
/// documents, results of expressions, executions that wake, responses of other
/// systems, dry runs. Whatever a caller can make large holds a part of it while
/// it exists; small things are not counted and cost nothing. Thread safe.
///
/// A use that finds no room is refused, or waits for its turn. One alone may
/// always try. Besides, no more is given than the process had left when it was
/// measured last, because others need memory too.
class memory_account {
 public:
  using instant = std::chrono::steady_clock::time_point;

  struct limits {
    size_t bytes = SIZE_MAX;
    /// Of one document (`bounds::document`).
    size_t document_bytes = SIZE_MAX;
    size_t waiting_max = 10'000;
  };

  /// The one of this process. Without limits until the node sets them.
  static memory_account& of_process();

  memory_account() = default;
  explicit memory_account(limits x) { set(x); }
  memory_account(const memory_account&) = delete;
  memory_account& operator=(const memory_account&) = delete;

  void set(limits x);
  size_t bytes() const { return bytes_; }
  size_t document_bytes() const { return document_bytes_; }

  /// Throws `memory_shortage`.
  memory_hold hold(memory_use who, size_t bytes);
  std::optional<memory_hold> try_hold(memory_use who, size_t bytes);
  /// Of what is there already.
  memory_hold count(memory_use who, size_t bytes);

  /// Called once, from any thread, also this one: with the hold, or without
  /// when too many wait or `until` has passed. It must only post a message.
  using granted = std::function<void(std::optional<memory_hold>)>;
  void wait(memory_use who, size_t bytes, instant until, granted then);

  /// Several times a second: what the process may still take beside all that
  /// exists. Ends waits that took too long.
  void measured(size_t left, instant now);

  /// Somebody waits or was refused just now: who can do without memory should.
  bool is_short() const { return waiting_count_ > 0 || short_; }

  /// Why a use is refused.
  failure refusal(size_t wanted) const;
  /// A document that is too heavy to be parsed; nothing: it is not.
  std::optional<failure> too_heavy(size_t tree_bytes) const;

  struct figures {
    std::array<size_t, memory_uses> held{};
    size_t limit = 0, waiting = 0;
    uint64_t refused = 0, waited = 0;
  };
  figures count_all() const;

 private:
  friend memory_hold;
  struct waiter {
    memory_use who;
    size_t bytes;
    instant until;
    granted then;
  };

  /// False: nothing was taken. `waits`: that is no refusal.
  bool take(memory_use who, size_t bytes, bool waits = false);
  void add(memory_use who, size_t bytes);
  void give_back(memory_use who, size_t bytes) noexcept;
  void serve_waiters();

  std::atomic<size_t> bytes_{SIZE_MAX}, document_bytes_{SIZE_MAX},
      waiting_max_{10'000};
  std::atomic<size_t> held_{0};
  std::array<std::atomic<size_t>, memory_uses> by_use_{};
  /// At the last measurement, and what was taken since.
  std::atomic<size_t> left_{SIZE_MAX}, taken_{0};
  std::atomic<uint64_t> refused_{0}, waited_{0};
  uint64_t refused_before_ = 0; ///< of `measured`
  std::atomic<bool> short_{false};

  std::mutex mutex_;
  std::deque<waiter> waiting_;
  std::atomic<size_t> waiting_count_{0};
};

} // namespace tutti
