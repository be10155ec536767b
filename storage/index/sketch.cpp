#include "storage/index/sketch.hpp"

#include <algorithm>
#include <cmath>

namespace tutti::index {

namespace sketch_detail {

// Up to here values are counted as they are.
constexpr int64_t exact_max = 50;
constexpr double growth = 1.02;

uint32_t bucket_of(int64_t ms) {
  if (ms <= exact_max)
    return uint32_t(std::max<int64_t>(ms, 0));
  auto steps = std::log(double(ms) / exact_max) / std::log(growth);
  return uint32_t(exact_max + 1 + int64_t(steps));
}

int64_t middle_of(uint32_t bucket) {
  if (bucket <= exact_max)
    return bucket;
  auto steps = double(bucket - exact_max - 1) + 0.5;
  return int64_t(std::llround(exact_max * std::pow(growth, steps)));
}

void put(std::string& out, uint64_t x) {
  for (; x >= 0x80; x >>= 7)
    out += static_cast<char>(x | 0x80);
  out += static_cast<char>(x);
}

bool take(std::string_view& in, uint64_t& x) {
  x = 0;
  for (int shift = 0; shift < 63 && !in.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    x |= uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80)
      return true;
  }
  return false;
}

} // namespace sketch_detail

void sketch::add(int64_t ms, int64_t times) {
  auto& here = buckets_[sketch_detail::bucket_of(ms)];
  here += times;
  count_ += times;
  if (here <= 0) {
    count_ -= here;
    buckets_.erase(sketch_detail::bucket_of(ms));
  }
}

void sketch::add(const sketch& other) {
  for (auto& [bucket, times] : other.buckets_)
    buckets_[bucket] += times;
  count_ += other.count_;
}

int64_t sketch::quantile(double part) const {
  auto wanted = std::max<int64_t>(
      1, static_cast<int64_t>(std::ceil(part * double(count_))));
  int64_t seen = 0;
  for (auto& [bucket, times] : buckets_) {
    seen += times;
    if (seen >= wanted)
      return sketch_detail::middle_of(bucket);
  }
  return 0;
}

std::string sketch::bytes() const {
  std::string out;
  uint32_t before = 0;
  for (auto& [bucket, times] : buckets_) {
    sketch_detail::put(out, bucket - before);
    sketch_detail::put(out, uint64_t(times));
    before = bucket;
  }
  return out;
}

sketch sketch::read(std::string_view bytes) {
  sketch out;
  uint64_t step = 0, times = 0, bucket = 0;
  while (sketch_detail::take(bytes, step)
         && sketch_detail::take(bytes, times)) {
    bucket += step;
    out.buckets_[uint32_t(bucket)] += int64_t(times);
    out.count_ += int64_t(times);
  }
  return out;
}

} // namespace tutti::index
