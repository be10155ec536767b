#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tutti::rest {

/// Why a request or a connection was turned away before any route saw it.
enum class refusal : uint8_t {
  connections, ///< too many were open
  malformed,   ///< no HTTP/1.1 that this server understands
  headers,     ///< a line or the headers were too long
  body,        ///< the body was too long
  bodies,      ///< all bodies together were too much
  slow,        ///< it did not arrive in time
  unread,      ///< unread answers were too much, this one stood still longest
  host,        ///< a foreign `Host`
  origin,      ///< from a page of another origin
  media_type,  ///< a body that does not call itself JSON
  last_,
};

constexpr std::string_view to_text(refusal x) {
  constexpr std::array<std::string_view, size_t(refusal::last_)> words
      = {"connections", "malformed", "headers", "body",   "bodies",
         "slow",        "unread",    "host",    "origin", "media_type"};
  return words[size_t(x)];
}

/// What a server counts; any thread may read it, also after the server ended.
struct server_counts {
  std::atomic<uint64_t> connections = 0; ///< open now
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> requests = 0; ///< passed to the handler
  std::atomic<uint64_t> waiting = 0;  ///< passed to it and not answered yet
  std::atomic<uint64_t> unsent = 0;   ///< bytes of answers nobody has read yet
  std::array<std::atomic<uint64_t>, size_t(refusal::last_)> refusals = {};

  void refused(refusal why) {
    refusals[size_t(why)].fetch_add(1, std::memory_order_relaxed);
  }
  uint64_t refused() const {
    uint64_t all = 0;
    for (auto& x : refusals)
      all += x.load(std::memory_order_relaxed);
    return all;
  }
};

} // namespace tutti::rest
