#include "actors/cluster/peer_link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace tutti {

namespace asio = boost::asio;

namespace peer_link_detail {

constexpr size_t length_bytes = 4;
/// Small frames are written together up to this.
constexpr size_t write_bytes = size_t{64} << 10;
constexpr size_t read_bytes = size_t{256} << 10;
/// Beside the content of a request or an answer.
constexpr size_t frame_overhead = size_t{4} << 10;

} // namespace peer_link_detail

using namespace peer_link_detail;

std::string framed(const peer::Frame& x) {
  auto size = uint32_t(x.ByteSizeLong());
  std::string out;
  out.reserve(size + length_bytes);
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(size >> shift & 0xff);
  x.AppendToString(&out);
  return out;
}

asio::awaitable<read_outcome> read_frame(peer_stream& from, size_t bytes_max,
                                         std::atomic<uint64_t>* count) {
  read_outcome out;
  unsigned char length[length_bytes];
  auto [error, n]
      = co_await asio::async_read(from, asio::buffer(length), as_outcome);
  if (error) {
    out.why
        = error == asio::error::eof || error == asio::error::connection_reset
              ? "the other side has closed the connection"
              : error.message();
    co_return out;
  }
  size_t size = 0;
  for (auto byte : length)
    size = size << 8 | byte;
  if (size > bytes_max) {
    out.why = "it announced a message of " + std::to_string(size)
              + " bytes, and " + std::to_string(bytes_max) + " are the most";
    out.garbage = true;
    co_return out;
  }
  // Memory for what has come, not for what was announced.
  std::string bytes;
  while (bytes.size() < size) {
    auto at = bytes.size();
    bytes.resize(std::min(size, at + read_bytes));
    auto part = asio::buffer(bytes.data() + at, bytes.size() - at);
    auto [failed, got] = co_await asio::async_read(from, part, as_outcome);
    if (count)
      *count += got;
    if (failed) {
      out.why = failed.message();
      co_return out;
    }
  }
  if (!out.frame.ParseFromString(bytes)
      || out.frame.what_case() == peer::Frame::WHAT_NOT_SET) {
    out.why = "it sent bytes that are no message";
    out.garbage = true;
  }
  co_return out;
}

peer_link::peer_link(std::shared_ptr<asio::io_context> thread,
                     std::unique_ptr<peer_stream> over, agreement with,
                     const link_settings& how, listener told)
    : thread_(std::move(thread)), over_(std::move(over)),
      timer_(over_->get_executor()), with_(std::move(with)), how_(how),
      told_(std::move(told)) {}

void peer_link::run() {
  heard_ = instant::clock::now();
  auto me = shared_from_this();
  asio::co_spawn(
      over_->get_executor(), [me] { return me->read(); }, asio::detached);
  asio::co_spawn(
      over_->get_executor(), [me] { return me->beat(); }, asio::detached);
}

asio::awaitable<void> peer_link::read() {
  auto me = shared_from_this();
  auto most = how_.message_bytes_max + frame_overhead;
  while (!ended_) {
    auto got = co_await read_frame(*over_, most, &received_);
    if (!got.why.empty()) {
      end(std::move(got.why));
      co_return;
    }
    heard_ = instant::clock::now();
    on(std::move(got.frame));
  }
}

void peer_link::on(peer::Frame frame) {
  peer::Frame back;
  switch (frame.what_case()) {
    case peer::Frame::kPing:
      back.mutable_pong()->set_number(frame.ping().number());
      put(framed(back));
      return;
    case peer::Frame::kPong:
      if (frame.pong().number() == ping_)
        round_trip_us_ = std::chrono::duration_cast<std::chrono::microseconds>(
                             heard_ - pinged_)
                             .count();
      return;
    case peer::Frame::kGoodbye:
      return end("it has ended the link: " + frame.goodbye().why());
    case peer::Frame::kRequest:
    case peer::Frame::kAnswer:
    case peer::Frame::kCredit: {
      link_event x{link_event::kind::received, shared_from_this()};
      x.frame = std::move(frame);
      return told_(std::move(x));
    }
    case peer::Frame::kHello:
    case peer::Frame::WHAT_NOT_SET:
      end("it sent a message that does not belong here");
  }
}

// A peer is not silent while bytes of a large message arrive.
asio::awaitable<void> peer_link::beat() {
  auto me = shared_from_this();
  auto received = received_.load();
  while (!ended_) {
    timer_.expires_after(how_.heartbeat);
    co_await timer_.async_wait(as_outcome);
    if (ended_)
      co_return;
    auto now = instant::clock::now();
    if (received_ != received)
      heard_ = now;
    received = received_;
    if (now - heard_ >= how_.silence) {
      end("it has been silent for " + std::to_string(how_.silence.count())
          + " ms");
      co_return;
    }
    peer::Frame x;
    x.mutable_ping()->set_number(++ping_);
    pinged_ = now;
    put(framed(x));
  }
}

void peer_link::send(const peer::Frame& x) {
  auto bytes = framed(x);
  queued_ += bytes.size();
  asio::post(over_->get_executor(),
             [me = shared_from_this(), bytes = std::move(bytes)]() mutable {
               me->queued_ -= bytes.size();
               me->put(std::move(bytes));
             });
}

void peer_link::put(std::string bytes) {
  if (ended_)
    return;
  queued_ += bytes.size();
  if (!waiting_.empty() && waiting_.back().size() + bytes.size() <= write_bytes)
    waiting_.back() += bytes;
  else
    waiting_.push_back(std::move(bytes));
  if (writing_.empty())
    write();
}

void peer_link::write() {
  if (ended_ || waiting_.empty())
    return;
  writing_ = std::move(waiting_.front());
  waiting_.pop_front();
  asio::async_write(
      *over_, asio::buffer(writing_),
      [me = shared_from_this()](boost::system::error_code error, size_t n) {
        me->queued_ -= me->writing_.size();
        me->sent_ += n;
        me->writing_.clear();
        if (error)
          me->end(error.message());
        else if (me->leaving_ && me->waiting_.empty())
          me->end("this node has ended the link");
        else
          me->write();
      });
}

void peer_link::close(std::string why) {
  asio::post(over_->get_executor(),
             [me = shared_from_this(), why = std::move(why)]() mutable {
               me->end(std::move(why));
             });
}

void peer_link::leave(const std::string& why) {
  asio::post(over_->get_executor(), [me = shared_from_this(), why] {
    peer::Frame x;
    x.mutable_goodbye()->set_why(why);
    me->leaving_ = true;
    me->put(framed(x));
  });
}

void peer_link::end(std::string why) {
  if (std::exchange(ended_, true))
    return;
  timer_.cancel();
  waiting_.clear();
  boost::system::error_code ignored;
  over_->lowest_layer().close(ignored);
  link_event x{link_event::kind::down, shared_from_this()};
  x.why = std::move(why);
  if (auto told = std::exchange(told_, nullptr))
    told(std::move(x));
}

} // namespace tutti
