#pragma once

#include <string>
#include <string_view>

namespace tutti::test {

/// A worker task whose name is its reference; `more` is `,"key":value…`.
inline std::string simple(std::string_view name, std::string_view more = "") {
  return R"({"type":"SIMPLE","name":")" + std::string(name)
         + R"(","taskReferenceName":")" + std::string(name) + "\""
         + std::string(more) + "}";
}

/// A fork `f` and its JOIN `j`: branches are lists of tasks in brackets,
/// what is joined are references in quotes.
inline std::string fork(std::string_view branches, std::string_view joined) {
  return R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
    "forkTasks":[)"
         + std::string(branches)
         + R"(]},{"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":[)"
         + std::string(joined) + "]}";
}

/// A SCOPE; its definition, if there is one, is called "scope".
inline std::string scope(std::string_view name, std::string_view body,
                         std::string_view handlers,
                         std::string_view more = "") {
  return R"({"name":"scope","type":"SCOPE","taskReferenceName":")"
         + std::string(name) + R"(","loopOver":[)" + std::string(body)
         + R"(],"onError":[)" + std::string(handlers) + "]" + std::string(more)
         + "}";
}

/// A worker task, and the list that compensates it.
inline std::string with_compensation(std::string_view name,
                                     std::string_view by) {
  return simple(name, R"(,"compensate":[)" + std::string(by) + "]");
}

inline std::string workflow_of(std::string_view tasks,
                               std::string_view more = "",
                               std::string_view name = "w") {
  return R"({"name":")" + std::string(name) + R"(","version":1,"tasks":[)"
         + std::string(tasks) + "]" + std::string(more) + "}";
}

} // namespace tutti::test
