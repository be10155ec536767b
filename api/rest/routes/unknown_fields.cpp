#include "api/rest/routes/unknown_fields.hpp"

#include <nlohmann/json.hpp>

namespace tutti::rest {

std::string unknown_fields::header_of(const std::vector<violation>& list) {
  constexpr size_t bytes_max = 4'000;
  if (list.empty())
    return {};
  auto in_ascii = [](const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true,
                                     nlohmann::json::error_handler_t::replace);
  };
  std::string out = "[";
  for (size_t i = 0; i < list.size(); ++i) {
    auto& x = list[i];
    auto text = in_ascii((x.path.empty() ? "" : x.path + ": ") + x.message);
    if (out.size() + text.size() > bytes_max) {
      out += (out.size() > 1 ? "," : "")
             + in_ascii("... and " + std::to_string(list.size() - i)
                        + " more; ?strict=true lists them");
      break;
    }
    out += (out.size() > 1 ? "," : "") + text;
  }
  return out + "]";
}

} // namespace tutti::rest
