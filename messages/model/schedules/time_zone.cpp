#include "messages/model/schedules/time_zone.hpp"

#include "messages/model/schedules/civil.hpp"
#include "messages/model/schedules/posix_zone.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

namespace tutti {

namespace zone_detail {

// As in Java; IST is India.
struct abbreviation {
  std::string_view name;
  int minutes;
};

constexpr abbreviation abbreviations[] = {
    {"UTC", 0},    {"GMT", 0},    {"Z", 0},       {"UT", 0},      {"EST", -300},
    {"EDT", -240}, {"CST", -360}, {"CDT", -300},  {"MST", -420},  {"MDT", -360},
    {"PST", -480}, {"PDT", -420}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600},
    {"WET", 0},    {"WEST", 60},  {"CET", 60},    {"CEST", 120},  {"EET", 120},
    {"EEST", 180}, {"MSK", 180},  {"BST", 60},    {"IST", 330},   {"JST", 540},
    {"KST", 540},  {"SGT", 480},  {"HKT", 480},   {"AEST", 600},  {"AEDT", 660},
    {"NZST", 720}, {"NZDT", 780},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "+02:00", "+0200", "-5": minutes east of Greenwich.
std::optional<int> offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-'))
    return std::nullopt;
  std::string digits;
  auto colon = text.find(':');
  for (size_t i = 1; i < text.size(); ++i) {
    if (is_digit(text[i]))
      digits += text[i];
    else if (i != colon)
      return std::nullopt;
  }
  size_t hour_digits = colon != std::string_view::npos ? colon - 1
                       : digits.size() > 2             ? digits.size() - 2
                                                       : digits.size();
  if (hour_digits < 1 || hour_digits > 2
      || (digits.size() != hour_digits && digits.size() != hour_digits + 2))
    return std::nullopt;
  int hours = std::stoi(digits.substr(0, hour_digits));
  int minutes
      = digits.size() > hour_digits ? std::stoi(digits.substr(hour_digits)) : 0;
  if (hours > 18 || minutes > 59)
    return std::nullopt;
  auto total = hours * 60 + minutes;
  return text[0] == '-' ? -total : total;
}

std::optional<int> fixed_offset(std::string_view zone) {
  for (auto& x : abbreviations) {
    if (x.name == zone)
      return x.minutes;
  }
  auto prefix = zone.substr(0, 3);
  if (prefix == "GMT" || prefix == "UTC")
    zone.remove_prefix(3);
  return offset(zone);
}

class big_endian {
 public:
  explicit big_endian(std::string_view bytes) : bytes_(bytes) {}
  bool has(size_t n) const { return bytes_.size() >= n; }
  void skip(size_t n) { bytes_.remove_prefix(n); }
  std::string_view rest() const { return bytes_; }
  int64_t take(size_t n) {
    auto x = int64_t(int8_t(bytes_[0]));
    for (size_t i = 1; i < n; ++i)
      x = x * 256 + uint8_t(bytes_[i]);
    skip(n);
    return x;
  }

 private:
  std::string_view bytes_;
};

/// The table ends somewhere; a rule continues it.
constexpr int64_t last_year = 2137;

void continue_by(std::string_view footer, std::vector<int64_t>& changes,
                 std::vector<int64_t>& offsets) {
  if (footer.size() < 2 || footer.front() != '\n')
    return;
  auto end = footer.find('\n', 1);
  auto rule = posix_zone::parse(footer.substr(1, end - 1));
  if (!rule)
    return;
  auto known = changes.empty() ? INT64_MIN : changes.back();
  auto days
      = changes.empty() ? days_from_civil(1970, 1, 1) : changes.back() / 86'400;
  for (auto year = civil_from_days(days).year; year <= last_year; ++year)
    for (auto& x : rule->changes_of(year))
      if (x.at > known) {
        changes.push_back(x.at);
        offsets.push_back(x.offset);
      }
}

// Zone names come from users: only letters and a few signs are allowed, so that
// no name leaves the folder.
bool is_zone_name(std::string_view name) {
  bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c)
           || c == '_' || c == '/' || c == '+' || c == '-';
  });
  return plain && !name.empty() && name.size() < 64 && name.front() != '/'
         && name.find("//") == std::string_view::npos;
}

constexpr size_t zone_bytes_max = 64u << 10;

std::shared_ptr<const time_zone> load_zone(std::string_view name) {
  std::ifstream file("/usr/share/zoneinfo/" + std::string(name),
                     std::ios::binary);
  if (!file)
    return nullptr;
  // `read` returns nothing for a folder, where iterators would throw.
  std::string bytes(zone_bytes_max, '\0');
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(size_t(file.gcount()));
  auto out = time_zone::from_file(bytes);
  return out ? std::make_shared<const time_zone>(std::move(*out)) : nullptr;
}

/// What was found stays; there are some six hundred zones.
std::shared_ptr<const time_zone> named_zone(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const time_zone>, std::less<>>
      known;
  if (!is_zone_name(name))
    return nullptr;
  std::lock_guard guard{mutex};
  if (auto it = known.find(name); it != known.end())
    return it->second;
  auto out = load_zone(name);
  if (out)
    known.emplace(name, out);
  return out;
}

} // namespace zone_detail

std::optional<time_zone> time_zone::from_file(std::string_view bytes) {
  using zone_detail::big_endian;
  constexpr size_t header_size = 44;
  size_t counts[6];
  auto read_header = [&](big_endian& in) {
    in.skip(20);
    for (auto& x : counts)
      x = size_t(in.take(4)) & 0xFFFFFF;
  };
  if (bytes.size() < header_size || bytes.substr(0, 4) != "TZif"
      || bytes[4] < '2')
    return std::nullopt;
  big_endian in(bytes);
  read_header(in);
  // Counts: UTC flags, standard flags, leap seconds, changes, types, names.
  // The first block repeats the second in 32 bits.
  auto first = counts[0] + counts[1] + counts[2] * 8 + counts[3] * 5
               + counts[4] * 6 + counts[5];
  if (!in.has(first + header_size))
    return std::nullopt;
  in.skip(first);
  read_header(in);
  auto changes = counts[3], types = counts[4];
  if (types == 0 || !in.has(changes * 9 + types * 6))
    return std::nullopt;
  std::vector<int64_t> at, offsets, type_offsets;
  for (size_t i = 0; i < changes; ++i)
    at.push_back(in.take(8));
  std::vector<size_t> kinds = {0};
  for (size_t i = 0; i < changes; ++i)
    kinds.push_back(size_t(in.take(1)) & 0xFF);
  for (size_t i = 0; i < types; ++i) {
    type_offsets.push_back(in.take(4));
    in.skip(2);
  }
  for (auto kind : kinds) {
    if (kind >= types)
      return std::nullopt;
    offsets.push_back(type_offsets[kind]);
  }
  auto behind = counts[5] + counts[2] * 12 + counts[1] + counts[0];
  if (in.has(behind)) {
    in.skip(behind);
    zone_detail::continue_by(in.rest(), at, offsets);
  }
  return time_zone(std::move(at), std::move(offsets));
}

std::shared_ptr<const time_zone> time_zone::find(std::string_view name) {
  if (auto minutes = zone_detail::fixed_offset(name))
    return std::make_shared<const time_zone>(int64_t{*minutes} * 60);
  return zone_detail::named_zone(name);
}

size_t time_zone::index(int64_t instant) const {
  auto after = std::upper_bound(changes_.begin(), changes_.end(), instant);
  return size_t(after - changes_.begin());
}

time_zone::span time_zone::span_at(int64_t instant) const {
  auto i = index(instant);
  return {i > 0 ? changes_[i - 1] : INT64_MIN,
          i < changes_.size() ? changes_[i] : INT64_MAX, offsets_[i],
          offsets_[i > 0 ? i - 1 : 0]};
}

int64_t time_zone::to_instant(int64_t wall) const {
  // Far enough before, then span by span: the first that has the time, or whose
  // end it has passed because of the gap behind.
  auto at = span_at(wall - 2 * 86'400);
  for (;;) {
    auto instant = wall - at.offset;
    if (at.end == INT64_MAX || instant < at.end)
      return instant;
    auto next = span_at(at.end);
    // In the gap between both.
    if (wall - next.offset < at.end)
      return instant;
    at = next;
  }
}

} // namespace tutti
