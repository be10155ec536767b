#include "tools/tutti/progress.hpp"

#include "tools/tutti/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace tutti::cli {

namespace progress_detail {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds bar_after = 300ms, bar_every = 100ms;
constexpr milliseconds line_every = 5'000ms;
constexpr size_t bar_max = 40, bar_min = 10;

progress::options own() {
  progress::options out;
  out.now = [] {
    return std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
  auto& how = how_to_speak();
  auto* terminal = std::getenv("TERM");
  out.terminal = isatty(STDERR_FILENO) && !is_json(how.format)
                 && !(terminal && std::string_view(terminal) == "dumb");
  winsize size{};
  if (out.terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0
      && size.ws_col > 0)
    out.columns = size.ws_col;
  if (how.quiet)
    out.write = [](const std::string&) {};
  else if (out.terminal)
    out.write
        = [](const std::string& text) { std::cerr << text << std::flush; };
  else
    out.write = [](const std::string& text) { note(text); };
  return out;
}

} // namespace progress_detail

std::string progress_bar(const std::string& what, size_t done, size_t total,
                         size_t columns) {
  using namespace progress_detail;
  done = std::min(done, total);
  auto percent = std::to_string(total == 0 ? 100 : done * 100 / total);
  percent.insert(0, 3 - std::min<size_t>(3, percent.size()), ' ');
  auto tail
      = percent + "%  " + std::to_string(done) + " of " + std::to_string(total);
  auto fixed = what.size() + tail.size() + sizeof "  []  ";
  auto room = columns > fixed ? columns - fixed : 0;
  if (room < bar_min)
    return (what + "  " + tail).substr(0, columns > 0 ? columns - 1 : 0);
  auto width = std::min(room, bar_max);
  auto full = total == 0 ? width : done * width / total;
  return what + "  [" + std::string(full, '#') + std::string(width - full, '.')
         + "]  " + tail;
}

progress::progress(std::string what, size_t total)
    : progress(std::move(what), total, progress_detail::own()) {}

progress::progress(std::string what, size_t total, options how)
    : what_(std::move(what)), total_(total), how_(std::move(how)),
      began_(how_.now()), told_(began_) {}

progress::~progress() {
  if (drawn_)
    how_.write("\r\x1b[K");
}

void progress::at(size_t done) {
  using namespace progress_detail;
  auto now = how_.now();
  if (how_.terminal) {
    if (now - began_ < bar_after || now - told_ < bar_every)
      return;
    drawn_ = true;
    how_.write("\r\x1b[K" + progress_bar(what_, done, total_, how_.columns));
  } else {
    if (now - told_ < line_every)
      return;
    how_.write(what_ + ": " + std::to_string(done) + " of "
               + std::to_string(total_));
  }
  told_ = now;
}

} // namespace tutti::cli
