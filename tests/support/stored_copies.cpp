#include "tests/support/stored_copies.hpp"

#include "messages/model/codec.hpp"

#include <stdexcept>

namespace tutti::test {

void stored_copies::add(const std::string& id, const engine::decision& what,
                        int64_t now) {
  auto& x = executions_[id];
  auto keep = [this](const workflow_def_pointer& definition)
      -> storage::revision_codec::definition_use {
    auto text = storage::definition_text(*definition);
    auto& kept = definitions_[storage::definition_hash(text)];
    if (!kept) {
      auto again = read_workflow_def(text);
      if (!again)
        throw std::runtime_error(again.failure().message);
      kept = std::make_shared<const storage::kept_definition>(
          std::make_shared<const workflow_def>(std::move(*again)),
          storage::definition_hash(text));
    }
    return {kept, false};
  };
  revision next{int64_t(x.records.size()) + 1, now, what.why, what.events};
  auto record = x.codec.write(next, keep);
  if (!record)
    throw std::runtime_error(record.failure().message);
  x.records.push_back(std::move(*record));
  x.bytes += x.records.back().size();
}

void stored_copies::read_again(const std::string& id, engine::state& live) {
  constexpr size_t bytes_per_decision = 32 << 10;
  auto& x = executions_.at(id);
  if (++x.decisions_since * bytes_per_decision < x.bytes)
    return;
  x.decisions_since = 0;
  live = read(id);
}

engine::state stored_copies::read(const std::string& id) const {
  engine::state out;
  storage::revision_codec codec;
  auto find = [this](std::string_view hash, bool) {
    auto it = definitions_.find(hash);
    return it == definitions_.end() ? nullptr : it->second;
  };
  for (auto& record : executions_.at(id).records) {
    auto revision = codec.read(record, find);
    if (!revision)
      throw std::runtime_error(id + ": " + revision.failure().message);
    out.apply(*revision);
  }
  return out;
}

} // namespace tutti::test
