#pragma once

#include "tests/conformance/backend.hpp"
#include "tests/conformance/matcher.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

namespace tutti::conformance {

/// What did not hold; caught where the case is run.
struct step_failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The backend as one case sees it: names of its own, values it keeps.
///
/// `%` in any text of a case stands for a suffix that no other case has;
/// `{{x}}` for the kept value x, `{{x/pointer}}` for a part of it, and
/// `{{t1/taskId}}`, while an execution is looked at, for a field of its rows.
/// `{"~repeat": ["x", 3]}` writes ["x0", "x1", "x2"].
class case_world {
 public:
  case_world(backend& node, std::string suffix)
      : node_(node), suffix_(std::move(suffix)) {}

  json resolved(const json& given, const json* execution = nullptr) const;
  std::string resolved_text(const std::string& text,
                            const json* execution = nullptr) const;

  void keep(const std::string& name, json value) {
    kept_[name] = std::move(value);
  }
  const json& kept(const std::string& name) const;

  test::http_reply send(const std::string& method, const std::string& path,
                        const json* body = nullptr);
  /// A call that has to succeed, or to answer with the code a step names.
  json call(const std::string& method, const std::string& path,
            const json* body = nullptr, const json& code = nullptr);
  json execution(const std::string& workflow_id);
  /// Every execution that was looked at.
  const std::set<std::string>& seen() const { return seen_; }

  /// Tries until nothing is wrong: for at most five seconds, or once where
  /// nothing can come later.
  void until(const std::function<std::optional<std::string>()>& attempt);

 private:
  json value_of(const std::string& name, const json* execution) const;

  backend& node_;
  std::string suffix_;
  std::map<std::string, json> kept_;
  std::set<std::string> seen_;
};

} // namespace tutti::conformance
