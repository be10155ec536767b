#pragma once

#include "actors/engine/inputs/expression/json_path.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tutti::engine {

/// What `root.field` denotes: a payload of the execution's state, or a scalar
/// of it. Views and pointers live as long as the scope's state.
using value_ref = std::variant<std::nullptr_t, const payload*, payload,
                               std::string_view, std::string, int64_t, bool>;

/// The names an expression may start with (engine.md §3.3). The decider
/// implements it over an execution, `document_scope` over any document.
class scope {
 public:
  virtual ~scope() = default;

  /// `root` is `workflow` or a task reference name, `field` the next name
  /// ("input", "status", …). Nothing when there is no such root or field.
  virtual std::optional<value_ref> field(std::string_view root,
                                         std::string_view field) const = 0;

  /// The same, when only `name` inside of the field will be looked at: what
  /// comes back may leave out the rest, where the whole costs more.
  virtual std::optional<value_ref> member(std::string_view root,
                                          std::string_view field,
                                          std::string_view) const {
    return this->field(root, field);
  }

  /// The roots that exist now, for paths that look across all of them.
  virtual std::vector<std::string> roots() const { return {}; }

  /// `${NAME}`: the value of a system name. Nothing for one that is not known
  /// or not set; then `is_reserved_name` decides between text and path.
  virtual std::optional<std::string> system_name(std::string_view) const {
    return std::nullopt;
  }

  /// `${workflow.env.NAME}`.
  virtual std::optional<std::string> environment(std::string_view) const {
    return std::nullopt;
  }

  /// Set when paths read one whole document instead of roots with fields.
  virtual const nlohmann::json* document() const { return nullptr; }
};

/// `CPEWF_TASK_ID`, `NETFLIX_ENV`, `NETFLIX_STACK`: stay as text when unset.
bool is_reserved_name(std::string_view name);

/// Every field of `workflow` or of a task reference that may be addressed.
const std::vector<std::string_view>& fields_of(std::string_view root);

/// Paths read `root` itself, as in event actions. System names and the
/// environment come from `outer`, if there is one.
class document_scope final : public scope {
 public:
  explicit document_scope(const nlohmann::json& root,
                          const scope* outer = nullptr)
      : root_(root), outer_(outer) {}

  std::optional<value_ref> field(std::string_view,
                                 std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> system_name(std::string_view name) const override {
    return outer_ ? outer_->system_name(name) : std::nullopt;
  }
  std::optional<std::string> environment(std::string_view name) const override {
    return outer_ ? outer_->environment(name) : std::nullopt;
  }
  const nlohmann::json* document() const override { return &root_; }

 private:
  const nlohmann::json& root_;
  const scope* outer_;
};

/// Text of a value that a path found: a slice of a payload where that can be,
/// else text made for it.
class found_text {
 public:
  static found_text null() { return found_text(std::string_view("null")); }
  explicit found_text(std::string_view slice) : slice_(slice) {}
  explicit found_text(std::string made) : made_(std::move(made)) {}

  std::string_view view() const { return made_ ? *made_ : slice_; }
  /// Set when the value is a whole payload of the state.
  const payload* whole = nullptr;
  /// Keeps the text of a payload alive that only the lookup held.
  std::optional<payload> keeper = std::nullopt;

 private:
  std::string_view slice_;
  std::optional<std::string> made_;
};

/// Compact JSON text of what `path` names in `from`; `null` when nothing.
found_text look_up(const json_path& path, const scope& from);

} // namespace tutti::engine
