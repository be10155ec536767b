#pragma once

#include "tools/tutti/session.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tutti::cli {

/// What is to become of the tags of something: "KEY=VALUE" adds, "KEY-"
/// removes, as of labels in kubectl.
struct tag_changes {
  nlohmann::json added = nlohmann::json::array();
  std::vector<std::string> removed; ///< keys
};
result<tag_changes> read_tag_changes(const std::vector<std::string>& words);

/// Changes the tags of what is at that path of the API, and shows them.
/// `adds`: the method that adds tags and keeps the others; empty when the API
/// can only replace all.
int change_tags(session& s, const std::string& path,
                const std::vector<std::string>& words, bool replace,
                const char* adds);

/// The words of such a verb.
void add_tag_options(CLI::App& verb, std::vector<std::string>& words,
                     bool& replace);

} // namespace tutti::cli
