#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::cli {

/// What can be registered on a node.
enum class kind { schema, task, workflow, event_handler, schedule };

/// What the verbs know about a kind; in the order in which things are
/// registered, so that what is named by others is there before them.
struct kind_facts {
  kind which;
  std::string_view word;   ///< "workflow", as in workflow/greet@2
  std::string_view plural; ///< taken as well
  bool has_versions;
  /// Members of an export or of a server's dump that list this kind.
  std::vector<std::string_view> members;
};

std::span<const kind_facts> all_kinds();
const kind_facts& facts_of(kind x);
std::optional<kind> kind_of_word(std::string_view word);
/// "workflow, task, schema" for messages.
std::string kind_words();

/// What an object defines, as far as its members tell.
std::optional<kind> likely_kind(const nlohmann::json& x);

/// "workflow/greet@2", "greet@2", "greet".
struct definition_name {
  std::optional<kind> which;
  std::string name;
  std::optional<int32_t> version;
};
std::optional<definition_name> read_definition_name(std::string_view text);
std::string text_of(const definition_name& x);

} // namespace tutti::cli
