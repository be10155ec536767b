#include "tools/tutti/table.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;

TEST_CASE("columns are as wide as their widest cell, without trailing blanks") {
  table t({"ID", "STATUS"});
  t.add({"a", "RUNNING"});
  t.add({"long-id", "OK"});
  CHECK(t.render()
        == "ID       STATUS\n"
           "a        RUNNING\n"
           "long-id  OK\n");
}

TEST_CASE("a short row and an empty cell show a dash, so that awk counts on") {
  table t({"A", "B", "C"});
  t.add({"1", ""});
  CHECK(t.render() == "A  B  C\n1  -  -\n");
}

TEST_CASE("foreign text cannot break the line or the terminal") {
  table t({"A", "B"});
  t.add({"one\ntwo", "\x1b[31mred"});
  CHECK(t.render() == "A        B\none two   [31mred\n");
}

TEST_CASE("letters of several bytes count as one column") {
  table t({"NAME", "N"});
  t.add({"größe", "1"});
  t.add({"abcdef", "2"});
  CHECK(t.render() == "NAME    N\ngröße   1\nabcdef  2\n");
}

TEST_CASE("a terminal's width cuts lines, never a letter in half") {
  table t({"AAAA", "B"});
  t.add({"xxxx", "größe"});
  CHECK(t.render(9) == "AAAA  B\nxxxx  grö\n");
  CHECK(t.render(3) == "AAA\nxxx\n");
}

TEST_CASE("colour is added only when asked for and does not widen a column") {
  table t({"S", "N"});
  t.add({{"FAILED", tone_of("FAILED")}, "1"});
  CHECK(t.render() == "S       N\nFAILED  1\n");
  CHECK(t.render(0, true)
        == "\x1b[2mS\x1b[0m       \x1b[2mN\x1b[0m\n"
           "\x1b[31mFAILED\x1b[0m  1\n");
}
