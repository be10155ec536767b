// The bytes of a connection, cut anywhere, are the same requests as uncut:
// where packets end is chance, or an attacker's choice.

#include "api/rest/server/request_parser.hpp"
#include "api/rest/server/text.hpp"
#include "tests/fuzz/expect.hpp"

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tutti::fuzz {

namespace http_detail {

using rest::request_parser;

/// What a server makes of a connection.
struct served {
  std::vector<std::string> requests;
  uint16_t refused = 0;
  bool closed = false;
};

std::string escaped(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    out += '%';
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

/// The names of everything that looks like a header field.
std::vector<std::string_view> names_in(std::string_view bytes) {
  std::vector<std::string_view> out;
  while (!bytes.empty()) {
    auto line = take_line(bytes);
    if (auto colon = line.find(':'); colon != line.npos)
      out.push_back(line.substr(0, colon));
  }
  return out;
}

void check_target(const rest::request& x) {
  std::string again = "/";
  for (auto& segment : x.target.segments) {
    expect(rest::is_utf8(segment) && segment.find('\0') == segment.npos,
           "a segment of a path is text");
    again += escaped(segment) + "/";
  }
  // An empty last segment needs its slash, another one none.
  if (!x.target.segments.empty() && !x.target.segments.back().empty())
    again.pop_back();
  char sign = '?';
  for (auto& [name, value] : x.target.query) {
    again += sign + escaped(name) + "=" + escaped(value);
    sign = '&';
  }
  rest::target read;
  expect(bool(rest::parse_target(again, read)),
         "a target that was read can be written");
  expect(read.segments == x.target.segments && read.query == x.target.query,
         "a target is the same when it was written and read again");
}

std::string picture(const rest::request& x, bool keep_alive,
                    const std::vector<std::string_view>& names) {
  check_target(x);
  auto length = x.header("content-length");
  auto encoding = x.header("transfer-encoding");
  expect(!length || !encoding, "a request has one way of telling its length");
  expect(!length || std::to_string(x.body.size()) == *length
             || length->starts_with('0'),
         "a body is as long as it said");
  expect(length || encoding || x.body.empty(), "a body says its length");
  auto out = x.method_name + " " + x.raw_target + (x.http_1_1 ? " 1" : " 0")
             + (keep_alive ? " keeps\n" : " closes\n");
  for (auto name : names)
    if (auto value = x.header(name))
      out.append(name).append(":").append(*value).append("\n");
  out += std::to_string(x.header_count()) + " "
         + std::to_string(x.header_bytes()) + "\n";
  return out + x.body;
}

/// As the server's loop does it (loop_read.cpp). Each piece is a buffer of its
/// own, so that reading past its end is seen.
class connection {
 public:
  explicit connection(std::string_view all) : names_(names_in(all)) {}

  void receive(std::string_view bytes) {
    in_ += bytes;
    while (!out_.closed && use_some()) {
    }
  }
  served result() && { return std::move(out_); }

 private:
  /// Parses at most one request; false: there must come more bytes.
  bool use_some() {
    if (!receiving_) {
      while (in_.starts_with("\r\n"))
        in_.erase(0, 2);
      if (in_.empty() || in_ == "\r")
        return false;
      receiving_ = std::make_unique<rest::request>();
    }
    auto copy = std::make_unique<char[]>(in_.size());
    std::copy(in_.begin(), in_.end(), copy.get());
    auto [used, state] = parser_.feed({copy.get(), in_.size()}, *receiving_);
    expect(used <= in_.size(), "a parser uses what it was given");
    copy.reset();
    in_.erase(0, used);
    parser_.take_continue();
    if (state == request_parser::state::more)
      return false;
    if (state == request_parser::state::refused) {
      out_.refused = parser_.status();
      expect(out_.refused >= 400 && !parser_.why().empty(),
             "a refusal has a status and says why");
      out_.closed = true;
      return false;
    }
    out_.requests.push_back(picture(*receiving_, parser_.keep_alive(), names_));
    out_.closed = !parser_.keep_alive();
    receiving_.reset();
    parser_.reset();
    return true;
  }

  static const rest::server_limits& limits() {
    static const auto some = [] {
      rest::server_limits x;
      x.header_bytes = 512;
      x.header_fields = 16;
      x.body_bytes = 1024;
      return x;
    }();
    return some;
  }

  std::vector<std::string_view> names_;
  request_parser parser_{limits()};
  std::unique_ptr<rest::request> receiving_;
  std::string in_;
  served out_;
};

void compare(const served& whole, const served& cut, std::string_view how) {
  std::string sentence = "requests are the same ";
  sentence += how;
  for (size_t i = 0; i < whole.requests.size() || i < cut.requests.size(); ++i)
    expect_equal(i < whole.requests.size() ? whole.requests[i] : "none",
                 i < cut.requests.size() ? cut.requests[i] : "none", sentence);
  expect_equal(std::to_string(whole.refused), std::to_string(cut.refused),
               "and so is what is refused");
  expect(whole.closed == cut.closed, "and whether the connection goes on");
}

} // namespace http_detail

} // namespace tutti::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti::fuzz;
  using namespace tutti::fuzz::http_detail;
  // An end for headers and chunks that have none: a parser may wait for it
  // before it looks at what comes first.
  auto kept = std::string(as_text(data, size)) + "\r\n\r\n";
  std::string_view all = kept;
  connection uncut(all);
  uncut.receive(all);
  auto whole = std::move(uncut).result();

  connection bytes(all);
  for (size_t i = 0; i < all.size(); ++i)
    bytes.receive(all.substr(i, 1));
  compare(whole, std::move(bytes).result(), "byte by byte");

  std::minstd_rand dice(unsigned(hash_of(all)));
  for (int i = 0; i < 4; ++i) {
    auto at = dice() % all.size();
    connection halves(all);
    halves.receive(all.substr(0, at));
    halves.receive(all.substr(at));
    compare(whole, std::move(halves).result(), "in two parts");
  }
  return 0;
}
