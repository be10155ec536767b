#pragma once

#include "messages/model/memory/memory_account.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

namespace path_syntax {
struct path;
} // namespace path_syntax

class root_source;
class step_budget;

/// One step of a plain path: a member's name, or an element's number.
struct plain_step {
  std::string name;
  std::optional<size_t> index = std::nullopt;
};

/// A compiled JSONPath in the Jayway flavour (README.md has the grammar).
/// Immutable; a copy shares.
class json_path {
 public:
  /// Text without a leading `$` or `@` is read as `$.` + text.
  static result<json_path> compile(std::string_view text);

  /// A definite path finds at most one value; any other yields a list.
  bool definite() const;

  /// nullopt when a definite path finds nothing, a function cannot be applied,
  /// or the bound on steps is reached. Throws only for lack of memory.
  std::optional<nlohmann::json> evaluate(const nlohmann::json& root) const;
  /// The same over a document that is built on demand. `steps` is the bound on
  /// steps; absent: one of its own. `held`: the memory of a large result.
  std::optional<nlohmann::json> evaluate(root_source& roots,
                                         step_budget* steps = nullptr,
                                         memory_hold* held = nullptr) const;

  /// Set for paths of single names and plain numbers only (the usual case),
  /// which can be looked up without reading the whole document.
  const std::vector<plain_step>* plain() const;

  const path_syntax::path& syntax() const { return *syntax_; }

 private:
  explicit json_path(std::shared_ptr<const path_syntax::path> p)
      : syntax_(std::move(p)) {}
  std::shared_ptr<const path_syntax::path> syntax_;
};

/// Provides what `$` names. An execution's document is large and mostly unread,
/// so the source builds only the part that a path reads.
class root_source {
 public:
  virtual ~root_source() = default;
  struct start {
    const nlohmann::json* at = nullptr; ///< null: nothing found
    size_t covered = 0;                 ///< leading segments already read
  };
  /// `at` lives as long as the source.
  virtual start begin(const path_syntax::path& absolute) = 0;
};

} // namespace tutti::engine
