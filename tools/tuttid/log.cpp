#include "tools/tuttid/log.hpp"

#include "messages/model/logging/log_format.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace tutti::daemon {

namespace log_detail {

/// What the line at hand is about: spdlog formats it before `log` returns, on
/// the same thread.
struct context {
  std::string_view area;
  logging::subject about;
};
thread_local const context* at_hand = nullptr;

/// Lines that do not say their area.
constexpr std::string_view usual_area = "node";

class formatter final : public spdlog::formatter {
 public:
  explicit formatter(logging::format how) : how_(how) {}

  void format(const spdlog::details::log_msg& msg,
              spdlog::memory_buf_t& to) override {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    auto level = spdlog::level::to_string_view(msg.level);
    logging::line x;
    x.time_ms
        = duration_cast<milliseconds>(msg.time.time_since_epoch()).count();
    x.level = {level.data(), level.size()};
    x.area = at_hand ? at_hand->area : usual_area;
    if (at_hand)
      x.about = at_hand->about;
    x.sentence = {msg.payload.data(), msg.payload.size()};
    std::string out;
    logging::append(out, x, how_);
    to.append(out.data(), out.data() + out.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<formatter>(how_);
  }

 private:
  const logging::format how_;
};

spdlog::level::level_enum to_spdlog(logging::level x) {
  switch (x) {
    case logging::level::debug:
      return spdlog::level::debug;
    case logging::level::info:
      return spdlog::level::info;
    case logging::level::warn:
      return spdlog::level::warn;
    case logging::level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

void write(logging::level how, std::string_view area,
           const logging::subject& about, std::string_view sentence) {
  context here{area, about};
  at_hand = &here;
  spdlog::default_logger_raw()->log(
      to_spdlog(how), spdlog::string_view_t(sentence.data(), sentence.size()));
  at_hand = nullptr;
}

} // namespace log_detail

void start_log(const std::string& format, const std::string& level) {
  auto log = spdlog::stderr_logger_mt("tuttid");
  auto how = logging::to_format(format).value_or(logging::format::text);
  log->set_formatter(std::make_unique<log_detail::formatter>(how));
  log->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(log));
  logging::write_with(log_detail::write);
  set_log_level(level);
}

void set_log_level(const std::string& level) {
  auto least = spdlog::level::from_str(level);
  spdlog::set_level(least);
  logging::set_debugs(least <= spdlog::level::debug);
}

} // namespace tutti::daemon
