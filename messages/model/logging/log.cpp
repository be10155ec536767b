#include "messages/model/logging/log.hpp"

#include <cstdio>

namespace tutti::logging {

namespace log_detail {

std::atomic<writer> write_with{nullptr};

} // namespace log_detail

void write_with(writer x) { log_detail::write_with = x; }

void write(level how, std::string_view area, const subject& about,
           std::string_view sentence) {
  if (auto to = log_detail::write_with.load())
    return to(how, area, about, sentence);
  if (how >= level::warn)
    std::fprintf(stderr, "%.*s: %.*s\n", int(area.size()), area.data(),
                 int(sentence.size()), sentence.data());
}

} // namespace tutti::logging
