#pragma once

#include "tests/reference/engine_side.hpp"
#include "tests/reference/model.hpp"

#include <map>
#include <string>

namespace tutti::reference {

/// Compares the model's executions with the engine's, which have other ids. An
/// id of the model is matched with the engine's where both first stand, and
/// checked everywhere after.
class comparison {
 public:
  /// "" or the first difference, as text for people. Skips executions that
  /// neither side has changed since the last call.
  std::string differs(const model& m, const engine_side& e);

  /// The engine's id for that id of the model; "": not known yet.
  std::string engine_id(const std::string& model_id) const;
  void same(const std::string& model_id, const std::string& engine_id);

 private:
  std::string differs(const execution& w, const engine::state& s);
  std::string differs(const row& t, const engine::state& s, const task& x);
  std::string queues(const model& m, const engine_side& e);
  bool is_known(const std::string& engine_id) const;
  bool equal(const json& m, const json& e);
  bool equal(const std::string& m, const std::string& e);
  bool match(const std::string& m, size_t i, const std::string& e, size_t k);

  std::map<std::string, std::string> ids_; ///< the model's -> the engine's
  std::map<std::string, std::pair<uint64_t, uint64_t>> seen_;
};

/// Both sides of one execution in two columns.
std::string side_by_side(const execution& w, const engine::state* s);

} // namespace tutti::reference
