#include "messages/model/query/known_part.hpp"

#include "messages/model/query/fields.hpp"

#include <optional>
#include <utility>

namespace tutti::query {

namespace known_part_detail {

using kind = expression::kind;

class dropper {
 public:
  dropper(subject of, std::vector<std::string>& warnings)
      : of_(of), warnings_(warnings) {}

  /// nullopt: nothing of it is known.
  std::optional<expression> known(expression x) {
    switch (x.what) {
      case kind::everything:
      case kind::text:
        return x;
      case kind::condition:
        if (is_field(of_, x.test.field))
          return x;
        warnings_.push_back(no_such_field(of_, x.test.field)
                            + "; the condition is left out");
        return std::nullopt;
      case kind::negation:
      case kind::all_of:
      case kind::any_of:
        return list(std::move(x));
    }
    return x;
  }

 private:
  std::optional<expression> list(expression x) {
    std::vector<expression> parts;
    for (auto& part : x.parts)
      if (auto kept = known(std::move(part)))
        parts.push_back(std::move(*kept));
    if (parts.empty())
      return std::nullopt;
    if (parts.size() == 1 && x.what != kind::negation)
      return std::move(parts.front());
    x.parts = std::move(parts);
    return x;
  }

  const subject of_;
  std::vector<std::string>& warnings_;
};

} // namespace known_part_detail

expression known_part(expression x, subject of,
                      std::vector<std::string>& warnings) {
  return known_part_detail::dropper(of, warnings)
      .known(std::move(x))
      .value_or(expression{});
}

} // namespace tutti::query
