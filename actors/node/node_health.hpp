#pragma once

#include "messages/model/health.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Asks the parts of a node whether they are there: each has to answer within a
/// second. Checks that overlap are one, and an answer holds for a moment, so
/// that asking often costs little. Thread safe.
class node_health : public std::enable_shared_from_this<node_health> {
 public:
  using instant = std::chrono::steady_clock::time_point;
  using answer = std::function<void(const health_report&)>;
  /// Called with what is wrong, or nothing; on any thread.
  using finished = std::function<void(std::string error)>;
  struct part {
    std::string name;
    std::function<void(finished)> ask;
  };
  /// What an operator should know; asked with each check.
  using notes = std::function<std::vector<std::string>()>;

  static constexpr std::chrono::milliseconds patience{1'000}, holds{500};

  node_health(std::vector<part> parts, notes noted)
      : parts_(std::move(parts)), notes_(std::move(noted)) {}

  void check(answer done);

  /// Ends a check whose time is over. Called several times a second.
  void look(instant now);

  /// The node stops: asks nobody any more.
  void close();

 private:
  struct round {
    instant began;
    std::vector<std::optional<std::string>> errors; ///< by part
    std::vector<answer> waiting;
  };

  void answered(const std::shared_ptr<round>& of, size_t part,
                std::string error);
  /// Under the lock; what to call outside of it.
  std::function<void()> end(std::shared_ptr<round> what);

  std::mutex mutex_;
  std::vector<part> parts_;
  notes notes_;
  std::shared_ptr<round> running_;
  health_report last_;
  instant last_end_{};
  bool closed_ = false;
};

} // namespace tutti
