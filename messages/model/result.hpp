#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tutti {

/// Why a request was refused or failed. Only the error maps of the APIs know
/// the status code of each.
enum class errc : uint8_t {
  not_found,     ///< the named workflow, task, definition or route is unknown
  conflict,      ///< exists already, or its state forbids the request
  invalid,       ///< malformed or against a validation rule; nothing changed
  forbidden,     ///< the caller may not do this
  illegal_state, ///< Conductor's IllegalState (resume of a running workflow)
  too_large,     ///< a configured bound on size or depth was reached
  too_many,      ///< a configured bound on a count was reached
  unavailable,   ///< transient: the same request may succeed later
  internal,      ///< a bug of Tutti
};

/// One broken validation rule. `path` as in reference:errors#validation,
/// e.g. "registerTaskDef.arg0[0].ownerEmail".
struct violation {
  std::string path;
  std::string message;
  std::optional<std::string> invalid_value;
};

struct failure {
  errc code = errc::internal;
  /// A sentence that names the thing and the rule.
  std::string message;
  std::vector<violation> violations = {};
};

/// What a function returns that succeeds without a value.
struct done {};

/// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::move(value)) {}
  result(tutti::failure why) : state_(std::move(why)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const tutti::failure& failure() const& { return std::get<1>(state_); }
  tutti::failure&& failure() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, tutti::failure> state_;
};

} // namespace tutti
