#pragma once

#include "tests/reference/dice.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace tutti::reference {

using json = nlohmann::json;

/// Random definitions: `{tasks, workflows, scripts, start, input}`. Everything
/// follows from the seed.
class generator {
 public:
  /// `without`: task types that are left out.
  explicit generator(uint64_t seed, std::set<std::string> without = {})
      : dice_(seed), without_(std::move(without)) {}
  json plan();

 private:
  json task_defs();
  json workflow(const std::string& name, int size, int depth, int level);
  json list(int depth, int length);
  /// Appends a task, and the JOIN that a fork needs.
  void one(json& list, int depth);
  void any_task(json& list, int depth);
  bool left_out(const json& task) const;
  json head(const std::string& type, const std::string& name);

  json worker();
  json dynamic();
  json wait();
  json set_variable();
  json terminate();
  json child();
  json own_definition();
  json start_other();
  json event();
  json pull();
  json request(const std::string& type);
  json choice(int depth);
  void how_to_choose(json& choice);
  json decision_tree();
  json script();
  json loop(int depth);
  void fork(json& list, int depth);
  void dynamic_fork(json& list);
  json join_head();
  void exclusive(json& list, int depth);

  // generator_scopes.cpp
  void scopes_and_jumps(json& plan);
  void wrap(json& tasks);
  json handler(const json& scope);
  json failure();
  json helpers(const std::string& scope);
  void looks_at(json& helper, const json& compensated, json& body);
  void place_jump(json& tasks, json& input);

  json value(int depth = 1); ///< a template of an input
  json inputs(json more = json::object());
  json tree(int depth, const std::vector<std::string>& names);
  std::string learn(json tree, const char* language);
  void flags(json& task);
  std::string reference();
  std::string last_reference(const json& list);

  dice dice_;
  std::set<std::string> without_;
  json scripts_ = json::object();
  std::vector<std::string> seen_;  ///< references so far
  std::vector<std::string> loops_; ///< the loops around the current list
  int next_ = 0, left_ = 0, level_ = 0;
  int passes_ = 0; ///< passes that jumps of an execution may still add
  bool in_loop_ = false, in_branch_ = false;
};

} // namespace tutti::reference
