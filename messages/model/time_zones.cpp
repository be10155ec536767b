#include "messages/model/time_zones.hpp"

#include "messages/model/schedules/civil.hpp"
#include "messages/model/schedules/time_zone.hpp"

#include <ctime>

namespace tutti {

namespace zone_detail {

int64_t server_time(int64_t wall) {
  auto seconds = time_t(wall);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  parts.tm_isdst = -1;
  return mktime(&parts);
}

} // namespace zone_detail

std::optional<int64_t> days_since_epoch(int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1 || year < 1 || year > 9999
      || day > days_in_month(year, month))
    return std::nullopt;
  return days_from_civil(year, month, day);
}

std::optional<int64_t> to_epoch_seconds(int64_t wall, std::string_view zone) {
  if (zone.empty())
    return zone_detail::server_time(wall);
  auto where = time_zone::find(zone);
  if (!where)
    return std::nullopt;
  return where->to_instant(wall);
}

} // namespace tutti
