#include "tests/fuzz/expect.hpp"

#include <cstdio>
#include <cstdlib>

namespace tutti::fuzz {

namespace expect_detail {

void say(std::string_view what, std::string_view text) {
  std::fprintf(stderr, "fuzz: %.*s: %.*s\n", int(what.size()), what.data(),
               int(text.size()), text.data());
}

} // namespace expect_detail

void expect(bool holds, std::string_view sentence) {
  if (holds)
    return;
  expect_detail::say("not so", sentence);
  std::abort();
}

void expect_equal(std::string_view a, std::string_view b,
                  std::string_view sentence) {
  if (a == b)
    return;
  expect_detail::say("one", a);
  expect_detail::say("two", b);
  expect(false, sentence);
}

// FNV-1a.
uint64_t hash_of(std::string_view bytes) {
  uint64_t out = 0xCBF29CE484222325;
  for (unsigned char c : bytes)
    out = (out ^ c) * 0x100000001B3;
  return out;
}

std::string_view take_line(std::string_view& rest) {
  auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return line;
}

} // namespace tutti::fuzz
