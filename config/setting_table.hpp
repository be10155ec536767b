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

/// One setting. The loader, the checks, the printed configuration and the
/// sample file come from this.
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
  /// Sentences for users, including numbers with a special meaning.
  std::string_view doc;
  /// An earlier name; files that use it are refused with the present one.
  std::string_view former_name = {};

  std::string path() const; ///< "http.port"
  std::string env() const;  ///< "TUTTI_HTTP_PORT"
  /// "a number from 1 to 65535"
  std::string rule() const;
};

/// In the order of the sample file, section by section.
std::span<const setting> all_settings();

struct section {
  std::string_view name, doc;
};
std::span<const section> all_sections();

const setting* find_setting(std::string_view path);

using value = std::variant<bool, int64_t, std::string>;

/// The failure's message completes a sentence after the setting's path: "must
/// be ...".
std::optional<std::string> assign(settings& to, const setting& what,
                                  const value& x);
/// Assigns the text of an environment variable or a flag.
std::optional<std::string> assign_text(settings& to, const setting& what,
                                       std::string_view text);
/// The setting's value in TOML.
std::string written(const settings& from, const setting& what);

} // namespace tutti::config
