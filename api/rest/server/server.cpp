#include "api/rest/server/server.hpp"

#include "api/rest/server/listener.hpp"
#include "api/rest/server/loop.hpp"
#include "messages/model/deciding_thread.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace tutti::rest {

struct server::impl {
  server_shared shared;
  uint16_t port = 0;
  std::vector<std::unique_ptr<loop>> loops;
  std::vector<std::thread> threads;
};

server::server(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

server::~server() { stop(); }

result<std::unique_ptr<server>> server::start(server_options options,
                                              request_handler handler) {
  options.threads = std::max(1u, options.threads);
  auto listening
      = open_listeners(options.address, options.port, options.threads);
  if (!listening)
    return listening.failure();
  auto x = std::make_unique<impl>();
  x->port = listening->port;
  x->shared.options = std::move(options);
  x->shared.counts = x->shared.options.counts
                         ? x->shared.options.counts
                         : std::make_shared<server_counts>();
  auto& limits = x->shared.options.limits;
  limits.output_bytes = limits.output_bytes / x->shared.options.threads;
  x->shared.bodies = std::make_shared<byte_budget>(
      std::max(limits.bodies_bytes, limits.body_bytes));
  x->shared.handler = std::move(handler);
  for (int fd : listening->fds)
    x->loops.push_back(std::make_unique<loop>(x->shared, fd));
  for (auto& l : x->loops)
    if (!l->ready())
      return failure{errc::unavailable,
                     "the HTTP server got no descriptors for its event loop"};
  for (auto& l : x->loops)
    x->threads.emplace_back([&one = *l] {
      deciding_thread::mark_for_ever();
      one.run();
    });
  return std::unique_ptr<server>(new server(std::move(x)));
}

uint16_t server::port() const { return impl_->port; }

server_stats server::stats() const {
  auto& s = *impl_->shared.counts;
  return {s.connections.load(), s.accepted.load(), s.requests.load(),
          s.refused()};
}

std::shared_ptr<server_counts> server::counts() const {
  return impl_->shared.counts;
}

std::shared_ptr<const byte_budget> server::bodies() const {
  return impl_->shared.bodies;
}

bool server::draining() const { return impl_->shared.draining.load(); }

bool server::drain(std::chrono::milliseconds within,
                   const std::function<void()>& answer_parked) {
  auto until = steady::now() + within;
  auto& shared = impl_->shared;
  if (shared.draining.exchange(true) || impl_->threads.empty())
    return true;
  shared.loops_busy = impl_->loops.size();
  for (auto& l : impl_->loops)
    l->drain();
  if (answer_parked)
    answer_parked();
  bool finished;
  {
    std::unique_lock guard(shared.mutex);
    finished = shared.drained.wait_until(
        guard, until, [&] { return shared.loops_busy == 0; });
  }
  stop();
  return finished;
}

void server::stop() {
  for (auto& l : impl_->loops)
    l->stop();
  for (auto& t : impl_->threads)
    t.join();
  impl_->threads.clear();
}

} // namespace tutti::rest
