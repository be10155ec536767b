#include "api/rest/server/loop.hpp"
#include "messages/model/deciding_thread.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

namespace tutti::rest {

namespace read_detail {

// After this many requests or reads in a row other connections get a turn.
constexpr int turns = 8;

refusal kind_of(uint16_t status) {
  switch (status) {
    case 413:
      return refusal::body;
    case 414:
    case 431:
      return refusal::headers;
    default:
      return refusal::malformed;
  }
}

} // namespace read_detail

void loop::pump(connection& c) {
  if (c.pumping || stopping_)
    return;
  c.pumping = true;
  int turns = 0;
  while (c.phase == phase::receiving) {
    if (++turns > read_detail::turns) {
      again(c);
      break;
    }
    if (!c.in.empty() && !c.receiving) {
      // Bytes that arrived after the last request.
      auto used = use(c, c.in);
      if (c.phase == phase::closed)
        break;
      c.in.erase(0, used);
      if (used > 0)
        continue;
    }
    if (!receive(c))
      break;
  }
  c.pumping = false;
  if (c.phase == phase::waiting && c.peer_closed)
    parked_gone(c);
}

// False: nothing to do until the next event.
bool loop::receive(connection& c) {
  if (!c.readable)
    return false;
  auto n = recv(c.fd, buffer_.data(), buffer_.size(), 0);
  if (n < 0) {
    if (errno == EINTR)
      return true;
    c.readable = false;
    if (errno != EAGAIN)
      close(c);
    return false;
  }
  if (n == 0) {
    close(c); // no request is with a handler: at most half a request is lost
    return false;
  }
  // A short read has emptied the socket, unless its end is still to be read.
  if (static_cast<size_t>(n) < buffer_.size() && !c.peer_closed)
    c.readable = false;
  std::string_view bytes(buffer_.data(), static_cast<size_t>(n));
  if (c.in.empty()) {
    auto used = use(c, bytes);
    if (c.phase != phase::closed)
      c.in.append(bytes.substr(used));
  } else {
    c.in.append(bytes);
    auto used = use(c, c.in);
    if (c.phase != phase::closed)
      c.in.erase(0, used);
  }
  if (c.in.empty() && c.in.capacity() > 4096)
    std::string().swap(c.in);
  return true;
}

// Parses at most one request; returns the number of bytes used.
size_t loop::use(connection& c, std::string_view bytes) {
  size_t skipped = 0;
  if (!c.receiving) {
    // Old clients send an empty line after a body.
    while (bytes.substr(skipped).starts_with("\r\n"))
      skipped += 2;
    bytes.remove_prefix(skipped);
    if (bytes.empty() || bytes == "\r")
      return skipped;
    c.receiving = std::make_shared<exchange>(mailbox_, c.id);
  }
  auto [used, state] = c.parser.feed(bytes, c.receiving->incoming());
  if (state != request_parser::state::refused && !admit_body(c))
    return skipped + used;
  switch (state) {
    case request_parser::state::complete:
      dispatch(c);
      break;
    case request_parser::state::refused:
      refuse(c, read_detail::kind_of(c.parser.status()), c.parser.status(),
             c.parser.why());
      break;
    case request_parser::state::more:
      if (c.kind != deadline::request)
        deadlines_.arm(c, deadline::request, now_);
      if (c.parser.take_continue()) {
        static constexpr std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
        // The buffer is empty, because no answer is being written.
        ::send(c.fd, go.data(), go.size(), MSG_NOSIGNAL);
      }
      break;
  }
  return skipped + used;
}

// False: this body was refused, because all together are too many bytes.
bool loop::admit_body(connection& c) {
  auto& x = *c.receiving;
  auto size = x.incoming().body.size();
  if (size <= x.share().bytes())
    return true;
  auto& budget = shared_.bodies;
  auto extra = size <= limits_.small_body_bytes ? budget->limit() / 4 : 0;
  while (!x.share().grow(budget, size, extra)) {
    // The one that stands still keeps others out, whoever began first.
    auto* stalled = uploads_.empty() ? &c : uploads_.front();
    if (stalled == &c || now_ - stalled->heard < limits_.stall_timeout)
      stalled = &c;
    shared_.reached(bounds::bodies);
    refuse(*stalled, refusal::bodies, 429,
           sentence_of(bounds::bodies, budget->used() + size, budget->limit()));
    if (stalled == &c)
      return false;
  }
  c.heard = now_;
  if (c.uploading)
    uploads_.splice(uploads_.end(), uploads_, c.upload);
  else
    c.upload = uploads_.insert(uploads_.end(), &c);
  c.uploading = true;
  return true;
}

void loop::forget_upload(connection& c) {
  if (std::exchange(c.uploading, false))
    uploads_.erase(c.upload);
}

void loop::dispatch(connection& c) {
  forget_upload(c);
  auto x = std::move(c.receiving);
  auto& request = x->incoming();
  c.receiving.reset();
  c.close_after = draining_ || !c.parser.keep_alive();
  c.linger_after = false;
  c.http_1_0 = !request.http_1_1;
  c.head_only = request.method == method::head;
  c.parser.reset();
  c.phase = phase::waiting;
  c.in_flight = x;
  deadlines_.disarm(c);
  c.handled = true;
  shared_.counts->waiting.fetch_add(1, std::memory_order_relaxed);
  shared_.counts->requests.fetch_add(1, std::memory_order_relaxed);
  x->open(limits_.answer_bytes, shared_.options.reached);
  // A handler that throws has a bug, which must affect only this request.
  may_lack_memory here;
  try {
    shared_.handler(x);
  } catch (const std::exception& e) {
    log(std::string("a handler failed: ") + e.what());
    x->reply(error(500, "the request failed inside the server"));
  } catch (...) {
    log("a handler failed with something that is no std::exception");
    x->reply(error(500, "the request failed inside the server"));
  }
}

void loop::refuse(connection& c, refusal kind, uint16_t status,
                  std::string_view why) {
  shared_.counts->refused(kind);
  forget_upload(c);
  c.receiving.reset();
  c.phase = phase::waiting;
  c.close_after = true;
  c.linger_after = true;
  c.head_only = false;
  c.http_1_0 = false;
  auto said = error(status, why, status == 429);
  if (status == 429)
    said.headers.emplace_back("Retry-After", "1");
  answer(c, std::move(said));
}

// The client closed its side while a handler has its request.
void loop::parked_gone(connection& c) {
  auto x = c.in_flight.lock();
  if (x && x->leave())
    close(c);
}

void loop::discard(connection& c) {
  for (int turns = 0; c.readable; ++turns) {
    if (turns == read_detail::turns)
      return again(c);
    auto n = recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (n > 0)
      c.discarded += static_cast<uint64_t>(n);
    else if (n < 0 && errno == EAGAIN)
      c.readable = false;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)
        || c.discarded > limits_.linger_bytes) {
      close(c);
      return;
    }
  }
}

void loop::again(connection& c) {
  if (!std::exchange(c.queued, true))
    again_.push_back(c.id);
}

} // namespace tutti::rest
