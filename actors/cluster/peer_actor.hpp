#pragma once

#include "actors/cluster/link_host.hpp"
#include "actors/cluster/peer_letter.hpp"
#include "actors/cluster/peers.hpp"

#include <map>
#include <mutex>
#include <unordered_map>

namespace tutti {

/// What operators see of a peer; its actor writes it.
struct peer_figures {
  void set(const std::function<void(peer_report&)>& f) {
    std::lock_guard guard{mutex};
    f(shown);
  }
  peer_report get();

  std::mutex mutex;
  peer_report shown;
  std::shared_ptr<peer_link> link; ///< null: there is none
  /// Of links that have ended.
  uint64_t bytes_sent = 0, bytes_received = 0;
};

struct peer_context {
  link_settings how;
  listed_node node;
  peer_ports ports;
  /// Ours to dial; otherwise the other node dials.
  bool dials = false;
  std::function<void()> dial;
  std::function<std::shared_ptr<const shard_map>()> map;
  /// To another node, or to this one's shard by now.
  std::function<void(peer_letter_pointer)> send_again;
  std::shared_ptr<peer_figures> figures;
};

/// Holds the link to one other node. A letter that cannot be sent, or is not
/// answered in time or before the link breaks, is answered here, so that
/// nobody waits for ever.
struct peer_state {
  static constexpr const char* name = "peer";

  explicit peer_state(peer_actor::pointer self) : self(self) {}
  ~peer_state();

  void open(std::shared_ptr<const peer_context> x);
  void send(const peer_letter_pointer& x);
  void on(link_event& x);
  void tick();
  void stop(const drain& x);

 private:
  using instant = std::chrono::steady_clock::time_point;
  struct waiting {
    peer_letter_pointer letter;
    uint64_t bytes;
    std::multimap<instant, uint64_t>::iterator deadline;
  };

  void up(link_event& x);
  void down(const std::string& why);
  void serve(peer::Request& x);
  void answered(const peer::Answer& x);
  void credited(const peer::Credit& x);
  void give_credit(uint64_t bytes);
  std::optional<waiting> take(uint64_t id);
  bool has_room(uint64_t bytes) const;
  void fail_all(const std::string& why);
  void connect_later();
  void arm();
  void show() const;
  instant now() const;

  peer_actor::pointer self;
  std::shared_ptr<const peer_context> context_;
  std::shared_ptr<peer_link> link_;
  bool met_ = false, stopping_ = false, armed_ = false, dialling_ = false;
  std::string why_not_ = "it has not been reached yet";
  uint64_t last_id_ = 0;
  std::unordered_map<uint64_t, waiting> waiting_;
  std::multimap<instant, uint64_t> deadlines_;
  /// Under way at the peer, within what its hello allows.
  uint64_t used_requests_ = 0, used_bytes_ = 0;
  /// Letters without an answer that were taken and not credited yet.
  uint32_t taken_requests_ = 0;
  uint64_t taken_bytes_ = 0;
  std::chrono::milliseconds pause_{0};
  instant dial_at_{};
};

peer_actor::behavior_type
peer_node(peer_actor::stateful_pointer<peer_state> self,
          std::shared_ptr<const peer_context> context);

/// What the sender of a request may rely on when its link broke.
std::string what_is_certain(const wire::any_request& x);

} // namespace tutti
