#include "actors/cluster/link_host.hpp"

#include "actors/cluster/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <spdlog/spdlog.h>

#include <pthread.h>

namespace tutti {

namespace asio = boost::asio;

namespace link_host_detail {

/// A hello is small.
constexpr size_t hello_bytes_max = size_t{16} << 10;
constexpr auto warning_pause = std::chrono::seconds(1);
/// After a failure to accept, such as a lack of descriptors.
constexpr auto accept_pause = std::chrono::milliseconds(100);
constexpr auto stop_patience = std::chrono::seconds(2);

std::string text_of(const asio::ip::tcp::endpoint& x) {
  auto host = x.address().to_string();
  return (x.address().is_v6() ? '[' + host + ']' : host) + ':'
         + std::to_string(x.port());
}

} // namespace link_host_detail

using namespace link_host_detail;

struct link_host::handshake {
  explicit handshake(tcp::socket socket, asio::ssl::context& tls)
      : over(std::make_unique<peer_stream>(std::move(socket), tls)),
        timer(over->get_executor()), lowest(&over->lowest_layer()) {
    boost::system::error_code error;
    auto remote = lowest->remote_endpoint(error);
    if (!error)
      from = text_of(remote);
    lowest->set_option(tcp::no_delay(true), error);
  }

  std::unique_ptr<peer_stream> over;
  asio::steady_timer timer;
  tcp::socket::lowest_layer_type* lowest; ///< null: it has become a link
  std::string from, expected;
  peer::Hello hello; ///< the other side's
  refusal reason = refusal::count;
  std::string why;

  void cut() {
    boost::system::error_code ignored;
    if (lowest)
      lowest->close(ignored);
  }
};

link_host::link_host(link_settings how, std::vector<std::string> listed,
                     protocol_versions speaks)
    : how_(std::move(how)), listed_(std::move(listed)), speaks_(speaks),
      end_of_thread_(ended_.get_future()) {}

result<std::shared_ptr<link_host>>
link_host::make(link_settings how, std::vector<std::string> listed,
                protocol_versions speaks) {
  std::shared_ptr<link_host> out{
      new link_host(std::move(how), std::move(listed), speaks)};
  auto tls = make_tls(out->how_);
  if (!tls)
    return std::move(tls).failure();
  out->tls_ = *std::move(tls);
  auto& host = out->how_.listen_host;
  auto cannot = [&](const boost::system::error_code& error) {
    return failure{errc::invalid,
                   "cluster.listen: '" + host + ':'
                       + std::to_string(out->how_.listen_port)
                       + "' cannot be listened on: " + error.message()};
  };
  boost::system::error_code error;
  auto address = asio::ip::make_address(host, error);
  if (error)
    return cannot(error);
  tcp::endpoint at{address, out->how_.listen_port};
  auto& acceptor = out->acceptor_;
  acceptor.open(at.protocol(), error);
  if (!error)
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error)
    acceptor.bind(at, error);
  if (!error)
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return cannot(error);
  out->port_ = acceptor.local_endpoint(error).port();
  return out;
}

link_host::~link_host() { stop(); }

void link_host::begin(ports of) {
  ports_ = std::move(of);
  asio::co_spawn(
      *io_, [this] { return listen(); }, asio::detached);
  thread_ = std::thread([io = io_, told = std::move(ended_)]() mutable {
    pthread_setname_np(pthread_self(), "peers");
    for (bool more = true; more;)
      try {
        io->run();
        more = false;
      } catch (const std::exception& e) {
        spdlog::error("the thread of the links failed: {}", e.what());
      }
    told.set_value();
  });
}

// Whatever is under way ends by itself once its socket is closed.
void link_host::stop() {
  if (!thread_.joinable())
    return;
  auto ended = end_of_thread_.wait_for(std::chrono::seconds(0));
  if (ended != std::future_status::ready)
    asio::post(*io_, [this] {
      stopping_ = true;
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      for (auto& x : handshakes_)
        if (auto it = x.lock())
          it->cut();
      for (auto& x : links_)
        if (auto it = x.lock())
          it->close("this node has ended the link");
    });
  // But for a name that is looked up.
  if (end_of_thread_.wait_for(stop_patience) != std::future_status::ready)
    io_->stop();
  thread_.join();
}

asio::awaitable<void> link_host::listen() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(as_outcome);
    if (!error) {
      asio::co_spawn(*io_, greet(std::move(socket)), asio::detached);
      continue;
    }
    if (stopping_)
      co_return;
    asio::steady_timer pause(*io_, accept_pause);
    co_await pause.async_wait(as_outcome);
  }
}

/// When too many are in it the oldest goes: an honest peer is through in a
/// moment, so that the silent ones cannot keep it out.
link_host::handshake_pointer link_host::begin_handshake(tcp::socket socket,
                                                        std::string expected) {
  auto out = std::make_shared<handshake>(std::move(socket), *tls_);
  out->expected = std::move(expected);
  std::erase_if(handshakes_, [](auto& x) { return x.expired(); });
  handshakes_.push_back(out);
  out->timer.expires_after(how_.handshake_time);
  out->timer.async_wait([this, of = std::weak_ptr(out)](auto error) {
    auto x = of.lock();
    if (error || !x)
      return;
    refuse(x, refusal::time,
           "it did not end its handshake within "
               + std::to_string(how_.handshake_time.count()) + " ms");
  });
  if (out->expected.empty()) {
    if (accepted_.size() >= how_.handshakes_max)
      refuse(accepted_.front(), refusal::crowd,
             "too many connections were in their handshake");
    accepted_.push_back(out);
    shaking_ = accepted_.size();
  }
  return out;
}

void link_host::end_handshake(const handshake_pointer& x) {
  x->timer.cancel();
  std::erase(accepted_, x);
  shaking_ = accepted_.size();
}

/// The first reason counts: the others follow from it.
void link_host::refuse(const handshake_pointer& x, refusal why,
                       std::string sentence) {
  if (x->reason == refusal::count) {
    x->reason = why;
    x->why = std::move(sentence);
    ++refused_[size_t(why)];
  }
  x->cut();
  end_handshake(x);
}

/// A flood must not fill the log.
void link_host::note_refusal(const handshake_pointer& x) {
  auto now = std::chrono::steady_clock::now();
  ++unwarned_;
  if (now - last_warning_ < warning_pause)
    return;
  spdlog::warn("a connection from {} was refused: {}{}", x->from, x->why,
               unwarned_ > 1 ? " (and " + std::to_string(unwarned_ - 1)
                                   + " others since the last line)"
                             : std::string());
  unwarned_ = 0;
  last_warning_ = now;
}

asio::awaitable<void> link_host::greet(tcp::socket socket) {
  if (stopping_)
    co_return;
  auto x = begin_handshake(std::move(socket), {});
  auto link = co_await shake(x, false);
  if (!link) {
    note_refusal(x);
    co_return;
  }
  link_event up{link_event::kind::up, link};
  up.with = link->with();
  ports_.told(link->with().node, std::move(up));
  if (!stopping_)
    link->run();
}

void link_host::dial(std::string node, std::string host, uint16_t port) {
  asio::post(*io_, [this, node = std::move(node), host = std::move(host),
                    port]() mutable {
    asio::co_spawn(*io_, reach(std::move(node), std::move(host), port),
                   asio::detached);
  });
}

asio::awaitable<void> link_host::reach(std::string node, std::string host,
                                       uint16_t port) {
  link_event told;
  told.what = link_event::kind::refused;
  tcp::resolver resolver(*io_);
  auto [unknown, found]
      = co_await resolver.async_resolve(host, std::to_string(port), as_outcome);
  auto socket = std::make_shared<tcp::socket>(*io_);
  asio::steady_timer timer(*io_, how_.handshake_time);
  timer.async_wait([of = std::weak_ptr(socket)](auto error) {
    boost::system::error_code ignored;
    if (auto x = of.lock(); x && !error)
      x->close(ignored);
  });
  boost::system::error_code failed = unknown;
  if (!unknown) {
    auto [error, at] = co_await asio::async_connect(*socket, found, as_outcome);
    failed = error;
  }
  timer.cancel();
  if (failed) {
    told.why = failed == asio::error::operation_aborted
                   ? "it did not answer in time"
                   : failed.message();
    ports_.told(node, std::move(told));
    co_return;
  }
  if (stopping_)
    co_return;
  auto x = begin_handshake(std::move(*socket), node);
  socket.reset();
  auto link = co_await shake(x, true);
  if (link) {
    told.what = link_event::kind::up;
    told.with = link->with();
    told.link = link;
  } else {
    told.why = x->why;
  }
  ports_.told(node, std::move(told));
  if (link && !stopping_)
    link->run();
}

asio::awaitable<std::shared_ptr<peer_link>>
link_host::shake(handshake_pointer x, bool dialled) {
  auto& over = *x->over;
  auto side = dialled ? asio::ssl::stream_base::client
                      : asio::ssl::stream_base::server;
  auto [error] = co_await over.async_handshake(side, as_outcome);
  if (error) {
    refuse(x, refusal::tls, "TLS: " + error.message());
    co_return nullptr;
  }
  // Who is dialled answers only whom it accepts: the other side learns of a
  // refusal before it takes the link for one.
  auto map = ports_.map();
  peer::Frame mine;
  *mine.mutable_hello() = hello_of(how_, map, speaks_);
  for (int turn = 0; turn < 2; ++turn) {
    bool good = false;
    if (dialled == (turn == 0))
      good = co_await say(x, mine);
    else
      good = co_await hear(x, map);
    if (!good || x->reason != refusal::count)
      co_return nullptr;
  }
  co_return become_link(x);
}

asio::awaitable<bool> link_host::say(handshake_pointer x,
                                     const peer::Frame& what) {
  auto bytes = framed(what);
  auto [error, n]
      = co_await asio::async_write(*x->over, asio::buffer(bytes), as_outcome);
  if (error)
    refuse(x, refusal::tls, error.message());
  co_return !error;
}

asio::awaitable<bool> link_host::hear(handshake_pointer x,
                                      const shard_map& map) {
  auto theirs = co_await read_frame(*x->over, hello_bytes_max, nullptr);
  if (!theirs.why.empty()) {
    // A refused certificate is told by the first read.
    refuse(x, theirs.garbage ? refusal::garbage : refusal::tls, theirs.why);
    co_return false;
  }
  if (theirs.frame.has_goodbye()) {
    refuse(x, refusal::name, "it said: " + theirs.frame.goodbye().why());
    co_return false;
  }
  auto no = objection(*x, theirs.frame, map);
  if (no) {
    peer::Frame goodbye;
    goodbye.mutable_goodbye()->set_why(no->sentence);
    co_await say(x, goodbye);
    refuse(x, no->why, std::move(no->sentence));
    co_return false;
  }
  x->hello = theirs.frame.hello();
  co_return true;
}

std::optional<tutti::refused> link_host::objection(const handshake& x,
                                                   const peer::Frame& first,
                                                   const shard_map& map) const {
  if (!first.has_hello())
    return tutti::refused{refusal::garbage, "it did not begin with a hello"};
  auto& hello = first.hello();
  if (auto no = check(hello, how_, listed_, x.expected, map, speaks_))
    return no;
  auto* session = x.over->native_handle();
  if (auto wrong = wrong_name(session, hello.node(), how_.cluster))
    return tutti::refused{refusal::name, *std::move(wrong)};
  return std::nullopt;
}

std::shared_ptr<peer_link> link_host::become_link(const handshake_pointer& x) {
  end_handshake(x);
  x->lowest = nullptr;
  auto with = agreed(x->hello, how_, speaks_);
  auto told = [this, node = with.node](link_event what) {
    ports_.told(node, std::move(what));
  };
  auto link = std::make_shared<peer_link>(
      io_, std::move(x->over), std::move(with), how_, std::move(told));
  std::erase_if(links_, [](auto& x) { return x.expired(); });
  links_.push_back(link);
  return link;
}

} // namespace tutti
