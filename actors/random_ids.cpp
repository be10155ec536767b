#include "actors/random_ids.hpp"

#include "messages/model/ids.hpp"

namespace tutti {

namespace random_ids_detail {

std::mt19937_64 seeded_by_system() {
  std::random_device source;
  std::seed_seq seed{source(), source(), source(), source(),
                     source(), source(), source(), source()};
  return std::mt19937_64{seed};
}

} // namespace random_ids_detail

random_ids::random_ids() : generator_(random_ids_detail::seeded_by_system()) {}

random_ids::random_ids(uint64_t seed) : generator_(seed) {}

uint64_t random_ids::next() {
  std::lock_guard guard{mutex_};
  return generator_();
}

std::string random_ids::workflow_id() {
  auto high = next();
  return make_workflow_id(high, next());
}

std::string random_ids::task_id(std::string_view workflow_id) {
  return make_task_id(workflow_id, next() & 0xffff'ffff'ffff);
}

uint64_t random_ids::random(uint64_t below) {
  return below == 0 ? 0 : next() % below;
}

} // namespace tutti
