#pragma once

#include "actors/system_tasks/outbound/kafka_message.hpp"
#include "actors/system_tasks/outbound/kafka_security.hpp"
#include "actors/system_tasks/outbound/network_policy.hpp"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace tutti {

/// A producer for one cluster; for one thread.
class kafka_producer {
 public:
  using clock = std::chrono::steady_clock;
  using told = std::function<void(std::optional<std::string> trouble)>;

  /// `events`: called from any thread when `serve` has work.
  static result<std::unique_ptr<kafka_producer>>
  open(const kafka_message& like, const kafka_options& security,
       const network_policy& networks, std::function<void()> events);
  ~kafka_producer();
  kafka_producer(const kafka_producer&) = delete;
  kafka_producer& operator=(const kafka_producer&) = delete;

  void send(const kafka_message& what, told done);
  /// Calls back for messages that were delivered or failed.
  void serve();

  bool idle() const { return under_way_.empty(); }
  clock::time_point last_used() const { return last_used_; }

 private:
  kafka_producer(const network_policy& networks, std::function<void()> events)
      : networks_(networks), events_(std::move(events)) {}

  std::optional<std::string> set_up(const kafka_message& like,
                                    const kafka_options& security);
  static void tell_events(rd_kafka_t*, void* self);
  static int connect_allowed(int socket, const sockaddr* address, int size,
                             const char* name, void* self);
  void finish(const rd_kafka_message_t& report);
  /// Why a message was not accepted or not delivered.
  std::string trouble(rd_kafka_resp_err_t why);

  const network_policy networks_;
  const std::function<void()> events_;
  rd_kafka_t* client_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
  std::unordered_map<uint64_t, told> under_way_;
  uint64_t next_ = 1;
  clock::time_point last_used_ = clock::now();
  std::string last_error_;
  std::mutex mutex_;
  std::string refused_; ///< guarded: other threads open connections
};

} // namespace tutti
