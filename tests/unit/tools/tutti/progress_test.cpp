#include "tools/tutti/progress.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;
using namespace std::chrono_literals;

namespace progress_test {

struct screen {
  std::string text;
  std::chrono::milliseconds time{0};

  progress::options options(bool terminal) {
    progress::options out;
    out.terminal = terminal;
    out.columns = 60;
    out.write = [this](const std::string& x) { text += x + "|"; };
    out.now = [this] { return time; };
    return out;
  }
};

} // namespace progress_test
using progress_test::screen;

TEST_CASE("a bar grows with what is done and fits the terminal") {
  CHECK(progress_bar("importing", 50, 100, 60)
        == "importing  [##############...............]   50%  50 of 100");
  CHECK(progress_bar("importing", 100, 100, 60)
        == "importing  [############################]  100%  100 of 100");
  for (size_t columns : {0, 1, 5, 20, 40, 200})
    CHECK(progress_bar("importing", 7, 100, columns).size() <= 80);
  for (size_t columns : {10, 20, 40, 60, 80})
    CHECK(progress_bar("importing", 7, 100, columns).size() < columns);
}

TEST_CASE("a terminal has a bar that is redrawn, and taken away at the end") {
  screen s;
  {
    progress bar("x", 10, s.options(true));
    bar.at(1);
    CHECK(s.text.empty()); // what ends at once needs no bar
    s.time = 500ms;
    bar.at(2);
    bar.at(3);
    s.time = 700ms;
    bar.at(4);
  }
  CHECK(s.text.starts_with("\r\x1b[K"));
  CHECK(s.text.find("2 of 10") != s.text.npos);
  CHECK(s.text.find("3 of 10") == s.text.npos);
  CHECK(s.text.find("4 of 10") != s.text.npos);
  CHECK(s.text.ends_with("\r\x1b[K|"));
}

TEST_CASE("a log has a plain line every few seconds") {
  screen s;
  {
    progress bar("importing", 10, s.options(false));
    for (size_t i = 1; i <= 10; ++i) {
      s.time += 2s;
      bar.at(i);
    }
  }
  CHECK(s.text == "importing: 3 of 10|importing: 6 of 10|importing: 9 of 10|");
}
