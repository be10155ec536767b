#pragma once

#include "actors/cluster/link_event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace tutti {

using peer_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

/// Errors are values: `auto [error, n] = co_await ...`.
inline constexpr auto as_outcome
    = boost::asio::as_tuple(boost::asio::use_awaitable);

/// A frame with its length in front.
std::string framed(const peer::Frame& x);

/// Reads the length, then the frame. `why` is set instead when the connection
/// has ended, or what comes is no frame of at most `bytes_max`. Nothing is
/// allocated for a longer one.
struct read_outcome {
  peer::Frame frame;
  std::string why;
  bool garbage = false;
};
boost::asio::awaitable<read_outcome>
read_frame(peer_stream& from, size_t bytes_max, std::atomic<uint64_t>* count);

/// A connection to another node after its handshake. Lives on the links'
/// thread; the functions marked so may be called from any.
class peer_link : public std::enable_shared_from_this<peer_link> {
 public:
  using instant = std::chrono::steady_clock::time_point;
  /// Called on the links' thread: it must only post.
  using listener = std::function<void(link_event)>;

  peer_link(std::shared_ptr<boost::asio::io_context> thread,
            std::unique_ptr<peer_stream> over, agreement with,
            const link_settings& how, listener told);

  /// Reads and sends heartbeats until it breaks or is closed.
  void run();

  /// From any thread. Frames that wait when the link breaks are lost.
  void send(const peer::Frame& x);
  /// From any thread. `told` hears of it as of any other break.
  void close(std::string why);
  /// The same, after the peer was told why.
  void leave(const std::string& why);

  const agreement& with() const { return with_; }
  /// Bytes that wait to be sent. From any thread, as the following.
  uint64_t queued() const { return queued_; }
  uint64_t sent() const { return sent_; }
  uint64_t received() const { return received_; }
  /// Of the last heartbeat; -1: there was none.
  int64_t round_trip_us() const { return round_trip_us_; }

  /// What the peer has under way here; kept by its actor and the answers.
  std::atomic<uint64_t> served_requests{0}, served_bytes{0};

 private:
  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> beat();
  void on(peer::Frame frame);
  void put(std::string bytes);
  void write();
  void end(std::string why);

  /// Lives as long as the last one who knows the link.
  std::shared_ptr<boost::asio::io_context> thread_;
  std::unique_ptr<peer_stream> over_;
  boost::asio::steady_timer timer_;
  const agreement with_;
  const link_settings how_;
  listener told_;
  std::deque<std::string> waiting_;
  std::string writing_;
  bool ended_ = false, leaving_ = false;
  uint64_t ping_ = 0;
  instant pinged_, heard_;
  std::atomic<uint64_t> queued_{0}, sent_{0}, received_{0};
  std::atomic<int64_t> round_trip_us_{-1};
};

} // namespace tutti
