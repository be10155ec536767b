#pragma once

#include "storage/read_or_throw.hpp"
#include "storage/store.hpp"

#include <doctest/doctest.h>

#include <future>
#include <map>

namespace tutti::storage::test {

using row_list = std::vector<std::pair<std::string, std::string>>;

inline operation put(std::string key, std::string value) {
  return {operation::kind::put, std::move(key), std::move(value)};
}

inline operation erase(std::string key) {
  return {operation::kind::erase, std::move(key), {}};
}

inline operation erase_range(std::string from, std::string to) {
  return {operation::kind::erase_range, std::move(from), std::move(to)};
}

/// Hands in one commit and waits for its answer.
inline outcome write(store& to, batch operations, uint32_t shard = 0,
                     uint64_t epoch = 0) {
  std::promise<outcome> answered;
  auto answer = answered.get_future();
  to.submit({shard, epoch, std::move(operations)},
            [&](outcome x) { answered.set_value(x); });
  return answer.get();
}

inline std::optional<std::string> value_of(const store& in, uint32_t shard,
                                           std::string_view key) {
  return read_or_throw(in.get(shard, key));
}

inline row_list rows(const store& in, uint32_t shard = 0,
                     std::string_view from = {}, std::string_view to = {}) {
  row_list out;
  auto add = [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  };
  read_or_throw(in.scan(shard, from, to, add));
  return out;
}

inline row_list rows_backwards(const store& in, uint32_t shard = 0,
                               std::string_view from = {},
                               std::string_view to = {}) {
  row_list out;
  auto add = [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  };
  read_or_throw(in.scan_backwards(shard, from, to, add));
  return out;
}

/// What a shard should hold, said in the plainest way.
class model {
 public:
  void apply(const batch& operations) {
    for (const auto& x : operations) {
      if (x.what == operation::kind::put)
        rows_[x.key] = x.value;
      else if (x.what == operation::kind::erase)
        rows_.erase(x.key);
      else
        std::erase_if(rows_, [&](const auto& r) {
          return within(r.first, x.key, x.value);
        });
    }
  }

  row_list rows(std::string_view from = {}, std::string_view to = {}) const {
    row_list out;
    for (const auto& r : rows_)
      if (within(r.first, from, to))
        out.push_back(r);
    return out;
  }

 private:
  static bool within(std::string_view key, std::string_view from,
                     std::string_view to) {
    return from <= key && (to.empty() || key < to);
  }

  std::map<std::string, std::string> rows_;
};

} // namespace tutti::storage::test
