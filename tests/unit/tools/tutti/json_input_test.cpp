#include "tools/tutti/json_input.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace tutti;
using namespace tutti::cli;
using nlohmann::json;

namespace json_input_test {

struct file {
  explicit file(const std::string& content) {
    static int n = 0;
    path = (std::filesystem::temp_directory_path()
            / ("tutti-json-input-" + std::to_string(::getpid()) + "-"
               + std::to_string(++n)))
               .string();
    std::ofstream(path) << content;
  }
  ~file() { std::filesystem::remove(path); }
  std::string path;
};

} // namespace json_input_test
using json_input_test::file;

TEST_CASE("an input is typed as JSON, read from a file, or absent") {
  file f(R"({"n": 12345678901234567})");
  CHECK(*read_object("", "--input") == json::object());
  CHECK(*read_object(R"({"a":[1]})", "--input") == json{{"a", {1}}});
  CHECK(read_object("@" + f.path, "--input")->at("n").is_number_integer());
  for (const char* wrong : {"[1]", "x", "{\"a\":}", "@/nowhere/at/all.json"}) {
    CAPTURE(wrong);
    CHECK(!read_object(wrong, "--input"));
  }
}

TEST_CASE("a start request holds what was asked for and nothing else") {
  start_options o;
  o.name = "w";
  CHECK(*start_request(o) == json{{"name", "w"}, {"input", json::object()}});
  o.input = R"({"a":1})";
  o.version = 3;
  o.correlation_id = "c";
  o.priority = 0;
  o.domains = {"t=d1,d2", "*=x=y"};
  CHECK(*start_request(o)
        == json::parse(R"({"name":"w","input":{"a":1},"version":3,
           "correlationId":"c","priority":0,
           "taskToDomain":{"t":"d1,d2","*":"x=y"}})"));
  o.domains = {"no-sign"};
  CHECK(!start_request(o));
}
