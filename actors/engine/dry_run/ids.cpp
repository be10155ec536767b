#include "actors/engine/dry_run/ids.hpp"

#include "messages/model/ids.hpp"

namespace tutti::engine::dry_run {

std::string seeded_ids::workflow_id() {
  auto high = next();
  return make_workflow_id(high, next());
}

std::string seeded_ids::task_id(std::string_view workflow_id) {
  return make_task_id(workflow_id, next() & 0xffff'ffff'ffff);
}

uint64_t seeded_ids::random(uint64_t below) {
  return below == 0 ? 0 : next() % below;
}

uint64_t seeded_ids::next() {
  auto x = state_ += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

} // namespace tutti::engine::dry_run
