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

inline std::string workflow_of(std::string_view tasks,
                               std::string_view more = "",
                               std::string_view name = "w") {
  return R"({"name":")" + std::string(name) + R"(","version":1,"tasks":[)"
         + std::string(tasks) + "]" + std::string(more) + "}";
}

} // namespace tutti::test
