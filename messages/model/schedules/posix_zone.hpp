#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tutti {

/// The rule that a zone file ends with (RFC 8536 section 3.3), for the years
/// behind its table: "CET-1CEST,M3.5.0,M10.5.0/3".
class posix_zone {
 public:
  static std::optional<posix_zone> parse(std::string_view text);

  struct change {
    int64_t at;     ///< epoch seconds
    int64_t offset; ///< seconds east of Greenwich from then on
  };
  /// Of one year, in their order; empty: the offset never changes.
  std::vector<change> changes_of(int64_t year) const;
  int64_t standard_offset() const { return standard_; }

 private:
  struct date {
    char kind = 'M'; ///< 'M': week and weekday, 'J': without 29 Feb, 'n'
    int month = 0, week = 0, day = 0;
    int64_t time = 7'200; ///< seconds after midnight, of the wall clock before
  };
  class reader;
  static int64_t day_of(const date& x, int64_t year);

  int64_t standard_ = 0, summer_ = 0;
  std::optional<date> begin_, end_; ///< of summer time
};

} // namespace tutti
