#pragma once

#include "api/rest/server/target.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

enum class method : uint8_t {
  get,
  head,
  post,
  put,
  delete_,
  patch,
  options,
  other, ///< anything else that is a token; `request::method_name` has it
};

method to_method(std::string_view name);
std::string_view to_string(method x);

/// One received request. Its address is stable: `target` holds views into
/// itself.
struct request {
  rest::method method = method::other;
  std::string method_name;
  std::string raw_target;
  rest::target target;
  std::string body;
  bool http_1_1 = true;

  /// The first field of that name, compared without case.
  std::optional<std::string_view> header(std::string_view name) const;
  void add_header(std::string_view name, std::string_view value);
  size_t header_count() const { return fields_.size(); }
  size_t header_bytes() const { return text_.size(); }

 private:
  // Offsets, not views: the text grows while headers arrive.
  struct field {
    uint32_t name_at;
    uint32_t value_at;
    uint32_t end;
  };
  std::vector<field> fields_;
  std::string text_;
};

} // namespace tutti::rest
