#pragma once

#include "messages/model/schedules/cron_expression.hpp"
#include "messages/model/schedules/time_zone.hpp"

#include <memory>
#include <optional>

namespace tutti {

/// A cron expression in a zone: instants, in epoch seconds.
///
/// Where a zone changes its clock (reference:schedules#clock-changes): an
/// expression for all hours fires whenever the wall clock matches, so it counts
/// elapsed time. Any other fires once per matching wall clock time: the first
/// time if that comes twice, and if the clock skips it, as much later as the
/// clock was set forward.
class cron_times {
 public:
  static result<cron_times> make(std::string_view expression,
                                 std::string_view zone);

  /// The first instant after / the last one before; nullopt: none within a
  /// century.
  std::optional<int64_t> next(int64_t after) const;
  std::optional<int64_t> previous(int64_t before) const;

 private:
  cron_times(cron_expression what, std::shared_ptr<const time_zone> zone)
      : what_(std::move(what)), zone_(std::move(zone)) {}

  /// Within one span of equal offset, at or beyond `at`.
  std::optional<int64_t> first_in(const time_zone::span& in, int64_t at) const;
  std::optional<int64_t> last_in(const time_zone::span& in, int64_t at) const;

  cron_expression what_;
  std::shared_ptr<const time_zone> zone_;
};

} // namespace tutti
