#include "messages/model/time_zones.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

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

int64_t server_time(int64_t wall) {
  auto seconds = time_t(wall);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  parts.tm_isdst = -1;
  return mktime(&parts);
}

// A compiled zone file (RFC 8536): when the offset changes, and to what.
struct zone_file {
  std::vector<int64_t> changes;
  std::vector<int64_t>
      offsets; ///< one more than `changes`: [0] holds before the first

  int64_t offset_at(int64_t instant) const {
    auto after = std::upper_bound(changes.begin(), changes.end(), instant);
    return offsets[size_t(after - changes.begin())];
  }
};

class big_endian {
 public:
  explicit big_endian(std::string_view bytes) : bytes_(bytes) {}
  bool has(size_t n) const { return bytes_.size() >= n; }
  void skip(size_t n) { bytes_.remove_prefix(n); }
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

std::optional<zone_file> parse_zone(std::string_view bytes) {
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
  zone_file out;
  for (size_t i = 0; i < changes; ++i)
    out.changes.push_back(in.take(8));
  std::vector<size_t> kinds = {0};
  for (size_t i = 0; i < changes; ++i)
    kinds.push_back(size_t(in.take(1)) & 0xFF);
  std::vector<int64_t> type_offsets;
  for (size_t i = 0; i < types; ++i) {
    type_offsets.push_back(in.take(4));
    in.skip(2);
  }
  for (auto kind : kinds) {
    if (kind >= types)
      return std::nullopt;
    out.offsets.push_back(type_offsets[kind]);
  }
  return out;
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

std::optional<zone_file> load_zone(std::string_view name) {
  if (!is_zone_name(name))
    return std::nullopt;
  std::ifstream file("/usr/share/zoneinfo/" + std::string(name),
                     std::ios::binary);
  if (!file)
    return std::nullopt;
  // `read` returns nothing for a folder, where iterators would throw.
  std::string bytes(zone_bytes_max, '\0');
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(size_t(file.gcount()));
  return parse_zone(bytes);
}

} // namespace zone_detail

std::optional<int64_t> days_since_epoch(int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1 || year < 1 || year > 9999)
    return std::nullopt;
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > lengths[month - 1] + (month == 2 && leap ? 1 : 0))
    return std::nullopt;
  // Counted in eras of 400 years that begin in March.
  auto y = year - (month <= 2 ? 1 : 0);
  auto era = y / 400, year_of_era = y % 400;
  auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  auto day_of_era
      = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::optional<int64_t> to_epoch_seconds(int64_t wall, std::string_view zone) {
  using namespace zone_detail;
  if (zone.empty())
    return server_time(wall);
  if (auto minutes = fixed_offset(zone))
    return wall - *minutes * 60;
  auto file = load_zone(zone);
  if (!file)
    return std::nullopt;
  // The offset at the instant itself; in an hour that a change skips, the
  // offset before it.
  auto guess = wall - file->offset_at(wall);
  return wall - file->offset_at(guess);
}

} // namespace tutti
