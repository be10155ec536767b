#pragma once

#include "messages/model/enums.hpp"
#include "messages/model/payload.hpp"
#include "messages/model/result.hpp"
#include "messages/proto/records.pb.h"

#include <map>
#include <string>

/// Shared by the record codecs only.
namespace tutti::storage::record_fields {

constexpr uint32_t version = 1;

inline failure damaged(std::string_view what) {
  return {errc::internal, "the stored " + std::string(what)
                              + " is damaged or of an unknown version"};
}

/// RocksDB and protobuf store lengths in 32 bits; protobuf makes an empty text
/// of what is larger.
constexpr size_t record_bytes_max = size_t{1} << 30;

template <class Message>
result<std::string> serialized(const Message& x, std::string_view what) {
  auto bytes = x.ByteSizeLong();
  std::string out;
  if (bytes > record_bytes_max || !x.SerializeToString(&out))
    return failure{errc::too_large,
                   std::string(what) + " has " + std::to_string(bytes)
                       + " bytes; the limit of a stored record is "
                       + std::to_string(record_bytes_max)};
  return out;
}

/// Most payloads are `{}`, which takes no bytes.
inline std::string text_of(const payload& x) {
  return x.is_empty_object() ? std::string{} : x.text();
}
inline payload payload_of(std::string&& x) {
  return x.empty() ? payload{} : payload::trusted(std::move(x));
}

template <class Enum>
bool set_enum(Enum& field, uint32_t value, Enum last) {
  if (value > static_cast<uint32_t>(last))
    return false;
  field = static_cast<Enum>(value);
  return true;
}

constexpr auto last_task_status = task_status::skipped;
constexpr auto last_workflow_status = workflow_status::terminated;

template <class Repeated>
void put_pairs(Repeated& out, const std::map<std::string, std::string>& pairs) {
  for (auto& [key, value] : pairs) {
    auto* pair = out.Add();
    pair->set_key(key);
    pair->set_value(value);
  }
}
template <class Repeated>
std::map<std::string, std::string> take_pairs(Repeated& pairs) {
  std::map<std::string, std::string> out;
  for (auto& pair : pairs)
    out.emplace(pair.key(), pair.value());
  return out;
}

} // namespace tutti::storage::record_fields
