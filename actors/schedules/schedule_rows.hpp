#pragma once

#include "storage/keys.hpp"
#include "storage/records_schedules.hpp"
#include "storage/store.hpp"

#include <string>
#include <utility>

namespace tutti::schedules_detail {

namespace keys = storage::keys;
using storage::operation;

inline operation put(std::string key, std::string value) {
  return {operation::kind::put, std::move(key), std::move(value)};
}
inline operation erase(std::string key) {
  return {operation::kind::erase, std::move(key), {}};
}
inline operation erase_all(const std::string& prefix) {
  return {operation::kind::erase_range, prefix, keys::after(prefix)};
}

} // namespace tutti::schedules_detail
