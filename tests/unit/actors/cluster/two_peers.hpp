#pragma once

#include "actors/cluster/peer_letter.hpp"
#include "actors/cluster/peers.hpp"
#include "messages/register.hpp"
#include "tests/support/test_ca.hpp"
#include "tests/support/waiting.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <set>

namespace tutti::test::cluster {

struct system_config : caf::actor_system_config {
  system_config() {
    register_messages(*this);
    set("scheduler.policy", caf::atom_from_string("sharing"));
    set("scheduler.max-threads", size_t{2});
  }
};

/// What comes in from other threads, one after another.
template <class T>
class inbox {
 public:
  void put(T x) {
    std::lock_guard guard{mutex_};
    all_.push_back(std::move(x));
    ready_.notify_all();
  }
  std::optional<T> take(std::chrono::milliseconds within
                        = std::chrono::seconds(20)) {
    std::unique_lock lock{mutex_};
    if (!ready_.wait_for(lock, within, [this] { return !all_.empty(); }))
      return std::nullopt;
    auto out = std::move(all_.front());
    all_.pop_front();
    return out;
  }
  size_t size() {
    std::lock_guard guard{mutex_};
    return all_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> all_;
};

/// A node with links and nothing behind them: the test serves.
struct test_node {
  test_node(caf::actor_system& system, link_settings link,
            std::vector<listed_node> nodes, shard_map map) {
    auto made = peers::make(system,
                            cluster_settings{std::move(link), std::move(nodes)},
                            std::move(map));
    REQUIRE_MESSAGE(made, (made ? "" : made.failure().message));
    links = *std::move(made);
  }
  void begin() {
    links->begin({[this](peer_request x) { requests.put(std::move(x)); },
                  [this](const std::string& x) { met.put(x); },
                  [this](const std::string& x) { lost.put(x); }});
  }
  ~test_node() { links->stop(); }

  template <is_request Request>
  std::future<result<typename Request::response>> ask(uint32_t shard,
                                                      Request what) {
    using response = typename Request::response;
    auto promise = std::make_shared<std::promise<result<response>>>();
    auto out = promise->get_future();
    links->send(shard, make_letter(
                           envelope<Request>{
                               std::move(what),
                               {},
                               reply<response>([promise](result<response> x) {
                                 promise->set_value(std::move(x));
                               })},
                           addressee::shard));
    return out;
  }

  std::shared_ptr<peers> links;
  inbox<peer_request> requests;
  inbox<std::string> met, lost;
};

template <class T>
result<T> outcome_of(std::future<result<T>>& x) {
  REQUIRE(x.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  return x.get();
}

/// Node "a" with shard 0, which dials, and "b" with shard 1, which listens.
struct two_peers {
  using change = std::function<void(link_settings&)>;

  explicit two_peers(change change_a = {}, change change_b = {})
      : settings_a(ca.issue({"a"})), settings_b(ca.issue({"b"})) {
    if (change_a)
      change_a(settings_a);
    if (change_b)
      change_b(settings_b);
    b = new_b(0);
    port = b->links->port();
    a = std::make_unique<test_node>(system, settings_a, nodes(),
                                    pinned_map(nodes(), 2));
    b->begin();
    a->begin();
  }

  std::vector<listed_node> nodes() const {
    return {{"a", "127.0.0.1", 1, {0}}, {"b", "127.0.0.1", port, {1}}};
  }
  std::unique_ptr<test_node> new_b(uint16_t at) {
    auto how = settings_b;
    how.listen_port = at;
    return std::make_unique<test_node>(system, how, nodes(),
                                       pinned_map(nodes(), 2));
  }
  void meet() {
    REQUIRE(a->met.take() == "b");
    REQUIRE(b->met.take() == "a");
  }

  test_ca ca{"authority"};
  link_settings settings_a, settings_b;
  system_config config;
  caf::actor_system system{config};
  uint16_t port = 0;
  std::unique_ptr<test_node> a, b;
};

inline std::string document_bytes(const std::string& text) {
  return wire::to_bytes_of_response<read_queue_size>(document{text});
}

} // namespace tutti::test::cluster
