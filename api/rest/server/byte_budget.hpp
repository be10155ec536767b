#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace tutti::rest {

/// Bytes that many requests share. Thread safe.
class byte_budget {
 public:
  explicit byte_budget(uint64_t limit) : limit_(limit) {}

  /// Takes so many bytes if `extra` more than the limit would hold them.
  bool take(uint64_t bytes, uint64_t extra) {
    auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= limit_ + extra)
      return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void give_back(uint64_t bytes) {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  uint64_t limit() const { return limit_; }
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const uint64_t limit_;
  std::atomic<uint64_t> used_ = 0;
};

/// What one request has taken; given back with it, on whichever thread that
/// ends. The budget may outlive the server, as requests do.
class byte_share {
 public:
  byte_share() = default;
  ~byte_share() {
    if (from_)
      from_->give_back(bytes_);
  }
  byte_share(const byte_share&) = delete;
  byte_share& operator=(const byte_share&) = delete;

  uint64_t bytes() const { return bytes_; }
  /// Gives back what it has; it may grow again.
  void release() {
    if (from_)
      from_->give_back(std::exchange(bytes_, 0));
    from_.reset();
  }
  /// False: the budget has no more, and nothing was taken.
  bool grow(const std::shared_ptr<byte_budget>& from, uint64_t bytes,
            uint64_t extra) {
    if (bytes <= bytes_)
      return true;
    if (!from->take(bytes - bytes_, extra))
      return false;
    from_ = from;
    bytes_ = bytes;
    return true;
  }

 private:
  std::shared_ptr<byte_budget> from_;
  uint64_t bytes_ = 0;
};

} // namespace tutti::rest
