#include "messages/model/instants.hpp"

#include <ctime>

namespace tutti {

std::string instant_text(int64_t epoch_ms) {
  auto ms = epoch_ms % 1000;
  if (ms < 0)
    ms += 1000;
  auto seconds = static_cast<std::time_t>((epoch_ms - ms) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text, size);
  auto digits = std::to_string(1000 + ms);
  digits[0] = '.';
  return out + digits + 'Z';
}

} // namespace tutti
