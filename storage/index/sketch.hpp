#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tutti::index {

/// How often durations of about the same length occurred: buckets whose bounds
/// grow by 2 %, so that the middle of one is within 1 % of all its values.
/// Sketches are added and taken away, unlike percentiles.
class sketch {
 public:
  void add(int64_t ms, int64_t times = 1);
  void add(const sketch& other);

  int64_t count() const { return count_; }
  /// The value below which that part of them is; 0 when there are none.
  int64_t quantile(double part) const;

  /// Buckets as varints: number (as a difference) and count.
  std::string bytes() const;
  /// Nothing of what is no sketch.
  static sketch read(std::string_view bytes);

  friend bool operator==(const sketch&, const sketch&) = default;

 private:
  std::map<uint32_t, int64_t> buckets_;
  int64_t count_ = 0;
};

} // namespace tutti::index
