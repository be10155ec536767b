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

class step_budget;
struct budget;

/// The value of `root.field`: a payload of the execution, or a scalar. Views
/// and pointers are valid as long as the scope's state.
using value_ref = std::variant<std::nullptr_t, const payload*, payload,
                               std::string_view, std::string, int64_t, bool>;

/// The names that expressions may use (reference:expressions#roots). The
/// decider implements it for an execution, `document_scope` for any JSON
/// document.
class scope {
 public:
  virtual ~scope() = default;

  /// `root` is `workflow` or a task reference name, `field` the next name
  /// ("input", "status", ...). nullopt when either does not exist.
  virtual std::optional<value_ref> field(std::string_view root,
                                         std::string_view field) const = 0;

  /// Like `field`, when only the member `name` of it will be read: the result
  /// may leave out the other members where building them costs more.
  virtual std::optional<value_ref> member(std::string_view root,
                                          std::string_view field,
                                          std::string_view) const {
    return this->field(root, field);
  }

  /// The roots that exist now, for paths that scan all of them.
  virtual std::vector<std::string> roots() const { return {}; }

  /// `${NAME}`: the value of a system name; nullopt when it is unknown or not
  /// set. `is_reserved_name` then decides whether it stays text or is a path.
  virtual std::optional<std::string> system_name(std::string_view) const {
    return std::nullopt;
  }

  /// `${workflow.env.NAME}`.
  virtual std::optional<std::string> environment(std::string_view) const {
    return std::nullopt;
  }

  /// What reading from here takes from; null: nobody counts.
  virtual step_budget* steps() const { return nullptr; }

  /// A value was read from here, which may have taken long.
  virtual void value_read() const {}

  /// Not null: paths read this document instead of roots with fields.
  virtual const nlohmann::json* document() const { return nullptr; }

  /// What evaluations may use; null: nobody counts.
  virtual budget* spent() const { return nullptr; }
};

/// `CPEWF_TASK_ID`, `NETFLIX_ENV`, `NETFLIX_STACK`: stay text when unset.
bool is_reserved_name(std::string_view name);

/// All fields of `workflow`, or of a task reference.
const std::vector<std::string_view>& fields_of(std::string_view root);

/// Paths read `root` itself, as in event actions. `outer`, if given, provides
/// system names and the environment.
/// `spent`: what evaluations may use.
class document_scope final : public scope {
 public:
  explicit document_scope(const nlohmann::json& root,
                          const scope* outer = nullptr, budget* spent = nullptr)
      : root_(root), outer_(outer), spent_(spent) {}

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
  step_budget* steps() const override {
    return outer_ ? outer_->steps() : nullptr;
  }
  const nlohmann::json* document() const override { return &root_; }
  budget* spent() const override { return spent_; }

 private:
  const nlohmann::json& root_;
  const scope* outer_;
  budget* spent_;
};

/// The text of a value that a path found: a slice of a payload if possible,
/// else text built for it.
class found_text {
 public:
  static found_text null() { return found_text(std::string_view("null")); }
  explicit found_text(std::string_view slice) : slice_(slice) {}
  explicit found_text(std::string made) : made_(std::move(made)) {}

  std::string_view view() const { return made_ ? *made_ : slice_; }
  /// Not null when the value is a whole payload of the execution.
  const payload* whole = nullptr;
  /// Owns a payload that only the lookup created.
  std::optional<payload> keeper = std::nullopt;

 private:
  std::string_view slice_;
  std::optional<std::string> made_;
};

/// Compact JSON text of the value of `path` in `from`; `null` when it finds
/// nothing.
found_text look_up(const json_path& path, const scope& from);

} // namespace tutti::engine
