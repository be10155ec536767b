#pragma once

#include "actors/cluster/peer_link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <array>
#include <future>
#include <list>
#include <map>
#include <thread>

namespace tutti {

/// The thread of all links of a node: listens, dials, shakes hands. Whoever
/// gets through is a peer; nobody else costs more than a bounded moment.
class link_host : public std::enable_shared_from_this<link_host> {
 public:
  struct ports {
    /// By the node's name; called on the host's thread: must only post.
    std::function<void(const std::string& node, link_event)> told;
    std::function<shard_map()> map;
  };

  /// Reads the certificates and binds the address.
  static result<std::shared_ptr<link_host>>
  make(link_settings how, std::vector<std::string> listed,
       protocol_versions speaks = {});
  ~link_host();

  void begin(ports of);
  /// From any thread. `told` gets `up` or `refused`, once.
  void dial(std::string node, std::string host, uint16_t port);
  /// Ends the thread; from then on nobody is told anything.
  void stop();

  uint16_t port() const { return port_; }
  uint64_t refused(refusal why) const { return refused_[size_t(why)]; }
  /// Connections in their handshake.
  size_t shaking() const { return shaking_; }

 private:
  using tcp = boost::asio::ip::tcp;
  struct handshake;
  using handshake_pointer = std::shared_ptr<handshake>;

  link_host(link_settings how, std::vector<std::string> listed,
            protocol_versions speaks);

  boost::asio::awaitable<void> listen();
  boost::asio::awaitable<void> greet(tcp::socket socket);
  boost::asio::awaitable<void> reach(std::string node, std::string host,
                                     uint16_t port);
  /// After TCP: TLS, both hellos, the names. Null: `x->why` says why not.
  /// Whoever gets the link runs it once `told` knows of it.
  boost::asio::awaitable<std::shared_ptr<peer_link>> shake(handshake_pointer x,
                                                           bool dialled);
  boost::asio::awaitable<bool> say(handshake_pointer x,
                                   const peer::Frame& what);
  boost::asio::awaitable<bool> hear(handshake_pointer x, const shard_map& map);
  std::optional<tutti::refused> objection(const handshake& x,
                                          const peer::Frame& first,
                                          const shard_map& map) const;
  std::shared_ptr<peer_link> become_link(const handshake_pointer& x);
  handshake_pointer begin_handshake(tcp::socket socket, std::string expected);
  void end_handshake(const handshake_pointer& x);
  void refuse(const handshake_pointer& x, refusal why, std::string sentence);
  void note_refusal(const handshake_pointer& x);

  const link_settings how_;
  const std::vector<std::string> listed_;
  const protocol_versions speaks_;
  ports ports_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::shared_ptr<boost::asio::io_context> io_
      = std::make_shared<boost::asio::io_context>(1);
  tcp::acceptor acceptor_{*io_};
  uint16_t port_ = 0;
  std::list<handshake_pointer> accepted_; ///< in their handshake, oldest first
  std::atomic<size_t> shaking_{0};
  std::array<std::atomic<uint64_t>, size_t(refusal::count)> refused_{};
  std::chrono::steady_clock::time_point last_warning_{};
  uint64_t unwarned_ = 0;
  std::vector<std::weak_ptr<handshake>> handshakes_;
  std::vector<std::weak_ptr<peer_link>> links_;
  bool stopping_ = false;
  std::thread thread_;
  std::promise<void> ended_;
  std::future<void> end_of_thread_;
};

} // namespace tutti
