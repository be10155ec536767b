#include "actors/engine/dry_run/mocks.hpp"

namespace tutti::engine::dry_run {

namespace mocks_detail {

template <class Map>
auto find(const Map& in, const task& row) {
  auto i = in.find(row.reference_name);
  if (i == in.end())
    i = in.find(row.definition->reference_name);
  return i;
}

} // namespace mocks_detail

std::optional<task_mock> mock_book::take(const task& row) {
  for (auto* name : {&row.reference_name, &row.definition->reference_name})
    if (auto i = from_->mocks.find(*name); i != from_->mocks.end())
      if (auto& used = used_[*name]; used < i->second.size())
        return i->second[used++];
  return std::nullopt;
}

bool mock_book::knows(const task& row) const {
  return mocks_detail::find(from_->mocks, row) != from_->mocks.end();
}

std::shared_ptr<const workflow_test_request>
mock_book::child(const task& row) const {
  auto i = mocks_detail::find(from_->sub_workflows, row);
  return i == from_->sub_workflows.end() ? nullptr : i->second;
}

std::map<std::string, size_t> mock_book::unused() const {
  std::map<std::string, size_t> out;
  for (auto& [name, mocks] : from_->mocks) {
    auto i = used_.find(name);
    auto used = i == used_.end() ? 0 : i->second;
    if (used < mocks.size())
      out[name] = mocks.size() - used;
  }
  return out;
}

} // namespace tutti::engine::dry_run
