#pragma once

#include "config/settings.hpp"
#include "messages/model/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::config {

/// The sources of settings; later ones win: defaults, file, environment, flags.
struct sources {
  struct file {
    std::string name; ///< for error sentences
    std::string text; ///< TOML
  };
  using pairs = std::vector<std::pair<std::string, std::string>>;

  std::optional<file> config;
  /// All variables of the process. TUTTI_HTTP_PORT is http.port. Variables that
  /// do not begin with TUTTI_ and a section are ignored.
  pairs environment;
  /// "section.key" and the value as text.
  pairs flags;
};

/// errc::invalid with one line per error: where it is, the setting, and the
/// rule.
result<settings> load(const sources& from);

/// errc::not_found when it cannot be read.
result<sources::file> read_file(const std::string& path);

/// The environment of the process.
sources::pairs process_environment();

} // namespace tutti::config
