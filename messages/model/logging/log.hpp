#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// Log lines that say what they are about. What writes them is set by the
/// program (tools/tuttid); the layers below know no logging library.
namespace tutti::logging {

enum class level : uint8_t { debug, info, warn, error };

/// Becomes fields of the line; empty: not known.
struct subject {
  std::string_view request_id = {}, workflow_id = {}, task_id = {};
};

/// From any thread.
using writer = void (*)(level how, std::string_view area, const subject& about,
                        std::string_view sentence);

/// Null: warnings and errors go to standard error as they are. Set it before
/// other threads run.
void write_with(writer x);
void write(level how, std::string_view area, const subject& about,
           std::string_view sentence);

namespace log_detail {
inline std::atomic<bool> debugs{false};
} // namespace log_detail

/// Are debug lines written? Costs one load: ask before a line is made.
inline bool debugs() {
  return log_detail::debugs.load(std::memory_order_relaxed);
}
inline void set_debugs(bool x) { log_detail::debugs = x; }

/// `say` makes the sentence, and is called only if somebody will read it.
template <class Say>
void debug(std::string_view area, const subject& about, Say&& say) {
  if (debugs())
    write(level::debug, area, about, std::forward<Say>(say)());
}

inline void warn(std::string_view area, const subject& about,
                 std::string_view sentence) {
  write(level::warn, area, about, sentence);
}
inline void error(std::string_view area, const subject& about,
                  std::string_view sentence) {
  write(level::error, area, about, sentence);
}

} // namespace tutti::logging
