#pragma once

#include "config/settings.hpp"
#include "messages/model/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tutti::config {

/// One setting: the loader, the check, the printed configuration and the
/// sample file all come from this.
struct setting {
  struct yes_or_no {
    bool& (*of)(settings&);
  };
  struct number {
    int64_t& (*of)(settings&);
    int64_t min, max;
  };
  struct text {
    std::string& (*of)(settings&);
    /// Empty: any text.
    std::vector<std::string_view> choices = {};
    bool may_be_empty = false;
  };

  std::string_view section, name;
  std::variant<yes_or_no, number, text> type;
  /// Sentences; where a number has a meaning of its own, they say so.
  std::string_view doc;
  /// What it was called before; files that still say so are told.
  std::string_view former_name = {};

  std::string path() const; ///< "http.port"
  std::string env() const;  ///< "TUTTI_HTTP_PORT"
  /// "a number from 1 to 65535"
  std::string rule() const;
};

/// In the order of the sample file; settings of a section are neighbours.
std::span<const setting> all_settings();

struct section {
  std::string_view name, doc;
};
std::span<const section> all_sections();

const setting* find_setting(std::string_view path);

using value = std::variant<bool, int64_t, std::string>;

/// A failure's message goes on after the setting's path: "must be ...".
std::optional<std::string> assign(settings& to, const setting& what,
                                  const value& x);
/// From an environment variable or a flag.
std::optional<std::string> assign_text(settings& to, const setting& what,
                                       std::string_view text);
/// As TOML writes it.
std::string written(const settings& from, const setting& what);

} // namespace tutti::config
