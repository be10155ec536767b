#include "tools/tutti/rendering/view.hpp"

#include "tools/tutti/testing/document.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;
using nlohmann::json;

namespace view_test {

view look() {
  view out{{text_column("ID", "id"), status_column("STATUS", "status"),
            time_column("STARTED", "started"), duration_column("TOOK", "took"),
            wide(number_column("N", "/inner/n"))},
           "id"};
  return out;
}

const json two = json::parse(R"([
  {"id": "a", "status": "FAILED", "started": 1700000000123, "took": 1500,
   "inner": {"n": 7}},
  {"id": "b, c", "status": "RUNNING"}])");

std::string in(output_format format, const json& answer = two) {
  return render(answer, look(), {format});
}

} // namespace view_test
using view_test::in;
using view_test::look;
using view_test::two;

TEST_CASE("-o table shows the columns, -o wide all of them") {
  auto text = in(output_format::table);
  CHECK(text.starts_with("ID    STATUS   STARTED"));
  CHECK(text.find("1.5 s") != text.npos);
  CHECK(text.find(" N") == text.npos);
  auto wide = in(output_format::wide);
  CHECK(wide.find("TOOK   N\n") != wide.npos);
  CHECK(wide.find("1.5 s  7\n") != wide.npos);
}

TEST_CASE("-o json and -o yaml are the answer itself") {
  CHECK(json::parse(in(output_format::json)) == two);
  auto yaml = document::parse(in(output_format::yaml), "x.yaml");
  REQUIRE(yaml);
  CHECK(yaml->value() == two);
}

TEST_CASE("-o ndjson is a row on a line") {
  auto text = in(output_format::ndjson);
  auto end = text.find('\n');
  CHECK(json::parse(text.substr(0, end)) == two[0]);
  CHECK(json::parse(text.substr(end + 1)) == two[1]);
}

TEST_CASE("-o csv has times in UTC, durations in ms and quotes what must be") {
  CHECK(in(output_format::csv)
        == "ID,STATUS,STARTED,TOOK,N\r\n"
           "a,FAILED,2023-11-14T22:13:20.123Z,1500,7\r\n"
           "\"b, c\",RUNNING,,,\r\n");
}

TEST_CASE("-o name is what other verbs take as an argument") {
  CHECK(in(output_format::name) == "a\nb, c\n");
  CHECK(in(output_format::name, two[0]) == "a\n");
  auto as = look();
  as.name
      = [](const json& x) { return "task/" + x.at("id").get<std::string>(); };
  CHECK(render(two[0], as, {output_format::name}) == "task/a\n");
}

TEST_CASE("an empty list has headings for people and nothing for programs") {
  auto none = json::array();
  CHECK(in(output_format::table, none).starts_with("ID  STATUS"));
  CHECK(in(output_format::json, none) == "[]\n");
  CHECK(in(output_format::yaml, none) == "[]\n");
  CHECK(in(output_format::ndjson, none).empty());
  CHECK(in(output_format::name, none).empty());
}

TEST_CASE("rows within an answer are shown, json keeps the whole") {
  json page{{"rows", two}, {"next", 3}};
  auto as = look();
  as.rows = [](const json& x) { return x.at("rows"); };
  CHECK(render(page, as, {output_format::name}) == "a\nb, c\n");
  CHECK(json::parse(render(page, as, {output_format::json})) == page);
}

TEST_CASE("text for people replaces the table and nothing else") {
  auto as = look();
  as.detail = [](const json&, const canvas&) { return std::string("text\n"); };
  CHECK(render(two[0], as, {output_format::table}) == "text\n");
  CHECK(render(two[0], as, {output_format::wide}) == "text\n");
  CHECK(render(two[0], as, {output_format::name}) == "a\n");
}

TEST_CASE("colour is of tables alone") {
  for (auto& name : format_names()) {
    auto format = *format_of(name);
    CAPTURE(name);
    auto text = render(two, look(), {format, 0, true});
    CHECK((text.find('\x1b') != text.npos) == is_table(format));
  }
}

TEST_CASE("the format of a command line is known before it is parsed") {
  auto asked
      = [](std::vector<std::string> words) { return asked_format(words); };
  CHECK(asked({"workflow", "list"}) == output_format::table);
  CHECK(asked({"-o", "json", "x"}) == output_format::json);
  CHECK(asked({"x", "-ojson"}) == output_format::json);
  CHECK(asked({"x", "--output=yaml"}) == output_format::yaml);
  CHECK(asked({"x", "--output", "csv"}) == output_format::csv);
  CHECK(asked({"x", "-o", "xml"}) == output_format::table);
  CHECK(asked({"x", "-o"}) == output_format::table);
}
