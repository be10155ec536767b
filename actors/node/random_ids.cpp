#include "actors/node/random_ids.hpp"

#include "messages/model/ids.hpp"

#include <chrono>
#include <random>

namespace tutti {

namespace random_ids_detail {

uint64_t seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

/// splitmix64: a permutation of 64 bits.
uint64_t scrambled(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr uint64_t low_bits(int n) { return (uint64_t{1} << n) - 1; }

} // namespace random_ids_detail

random_ids::random_ids()
    : random_(random_ids_detail::seed()), workflows_(random_ids_detail::seed()),
      tasks_(random_ids_detail::seed()) {}

uint64_t random_ids::next() {
  return random_ids_detail::scrambled(random_.fetch_add(0x9e3779b97f4a7c15u));
}

std::string random_ids::workflow_id() {
  using namespace std::chrono;
  using random_ids_detail::low_bits;
  auto since = system_clock::now().time_since_epoch();
  auto ms = uint64_t(duration_cast<milliseconds>(since).count());
  auto count = workflows_.fetch_add(1) & low_bits(26);
  // make_workflow_id takes 60 bits of the first number and leaves out bits
  // 12-15, and 62 bits of the second one.
  return make_workflow_id(ms << 16 | count >> 14,
                          (count & low_bits(14)) << 48
                              | (next() & low_bits(48)));
}

std::string random_ids::task_id(std::string_view workflow_id) {
  // Multiplying by an odd number permutes the 48 bits: no number repeats.
  auto count = tasks_.fetch_add(1) * 0x5851f42d4c957f2du;
  return make_task_id(workflow_id, count & random_ids_detail::low_bits(48));
}

uint64_t random_ids::random(uint64_t below) {
  return below == 0 ? 0 : next() % below;
}

} // namespace tutti
