#include "api/rest/server/request_parser.hpp"

#include "api/rest/server/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <optional>

namespace tutti::rest {

namespace parser_detail {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view view(string_view x) { return {x.data(), x.size()}; }

// Beast's basic_parser without its containers: fields go directly into our
// request.
class beast_parser final : public http::basic_parser<true> {
 public:
  beast_parser(const server_limits& limits, request& into)
      : limits_(limits), into_(into) {
    eager(true);
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
  }

  uint16_t status = 0;
  std::string why;
  bool started = false;
  bool expects_continue = false;

 private:
  // Beast passes any error code through; ours must differ from need_more.
  void refuse(error_code& ec, uint16_t code, std::string reason) {
    status = code;
    why = std::move(reason);
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, string_view name, string_view raw,
                       int version, error_code& ec) override {
    started = true;
    into_.method_name = view(name);
    into_.method = to_method(into_.method_name);
    into_.raw_target = view(raw);
    into_.http_1_1 = version == 11;
    if (auto parsed = rest::parse_target(into_.raw_target, into_.target);
        !parsed)
      refuse(ec, 400, parsed.failure().message);
  }

  void on_field_impl(http::field id, string_view name, string_view value,
                     error_code& ec) override {
    if (is_header_done()) // trailers are ignored
      return;
    if (folded(name, value))
      return refuse(ec, 400, "a header field is folded over several lines");
    switch (id) {
      case http::field::host:
        ++hosts_;
        break;
      case http::field::content_length:
        if (++lengths_ > 1
            || !std::all_of(value.begin(), value.end(),
                            [](char c) { return c >= '0' && c <= '9'; }))
          return refuse(ec, 400, "Content-Length must be one number, once");
        break;
      case http::field::transfer_encoding:
        if (!into_.http_1_1)
          return refuse(ec, 400, "HTTP/1.0 knows no Transfer-Encoding");
        if (!same_name(view(value), "chunked"))
          return refuse(ec, 501, "the only known Transfer-Encoding is chunked");
        break;
      case http::field::expect:
        if (!same_name(view(value), "100-continue"))
          return refuse(ec, 417, "the only known expectation is 100-continue");
        expects_continue = into_.http_1_1;
        break;
      default:
        break;
    }
    // Beast's limit counts per call, not for a header that arrives in parts.
    if (into_.header_count() >= limits_.header_fields
        || into_.header_bytes() + into_.raw_target.size() + name.size()
                   + value.size()
               > limits_.header_bytes)
      return refuse(ec, 431, "the request has too many or too long headers");
    into_.add_header(view(name), view(value));
  }

  // A folded value is in Beast's buffer or contains a line end.
  bool folded(string_view name, string_view value) const {
    if (value.empty())
      return false;
    auto from = reinterpret_cast<uintptr_t>(name.data() + name.size());
    auto to = reinterpret_cast<uintptr_t>(value.data());
    if (to < from || to - from > limits_.header_bytes)
      return true;
    auto gap = std::string_view(name.data() + name.size(), to - from);
    return gap.find('\n') != gap.npos;
  }

  void on_header_impl(error_code& ec) override {
    if (hosts_ > 1 || (into_.http_1_1 && hosts_ == 0))
      refuse(ec, 400, "HTTP/1.1 asks for exactly one Host header");
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& ec) override {
    // Do not allocate a declared length at once.
    if (length)
      into_.body.reserve(std::min<uint64_t>(*length, 64u << 10));
    ec = {};
  }

  std::size_t on_body_impl(string_view bytes, error_code& ec) override {
    into_.body.append(bytes.data(), bytes.size());
    ec = {};
    return bytes.size();
  }

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes,
                                 error_code& ec) override {
    return on_body_impl(bytes, ec);
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  const server_limits& limits_;
  request& into_;
  int hosts_ = 0;
  int lengths_ = 0;
};

// "GET / HTTP/2.0": well formed, but not supported. Only what Beast has read
// for certain counts, so that it does not matter how much has arrived behind.
bool other_version(std::string_view bytes) {
  for (int blanks = 0; blanks < 2; ++blanks) {
    auto at = bytes.find(' ');
    if (at == bytes.npos)
      return false;
    bytes.remove_prefix(at + 1);
  }
  auto version = bytes.substr(0, 8);
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/")
         && digit(version[5]) && version[6] == '.' && digit(version[7])
         && version != "HTTP/1.1" && version != "HTTP/1.0";
}

} // namespace parser_detail

struct request_parser::impl {
  explicit impl(const server_limits& x) : limits(x) {}

  step refuse(size_t used, uint16_t code, std::string reason) {
    status = code;
    why = std::move(reason);
    return {used, state::refused};
  }

  step refuse(size_t used, parser_detail::error_code ec,
              std::string_view bytes) {
    using parser_detail::http::error;
    auto bound = [](uint64_t n) { return std::to_string(n) + " bytes"; };
    if (parser->status)
      return refuse(used, parser->status, std::move(parser->why));
    if (ec == error::body_limit)
      return refuse(used, 413, "the body exceeds " + bound(limits.body_bytes));
    if (ec == error::header_limit)
      return parser->started
                 ? refuse(used, 431,
                          "the headers exceed " + bound(limits.header_bytes))
                 : refuse(used, 414,
                          "the target exceeds " + bound(limits.header_bytes));
    if (ec == error::bad_version && parser_detail::other_version(bytes))
      return refuse(used, 505, "this server speaks HTTP/1.1");
    return refuse(used, 400, "malformed HTTP request: " + ec.message());
  }

  const server_limits& limits;
  std::optional<parser_detail::beast_parser> parser;
  /// The last chunk came first, and nothing behind it yet.
  bool bare_end = false;
  uint16_t status = 0;
  std::string why;
};

request_parser::request_parser(const server_limits& limits)
    : impl_(std::make_unique<impl>(limits)) {}

request_parser::~request_parser() = default;
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;

request_parser::step request_parser::feed(std::string_view bytes,
                                          request& into) {
  using parser_detail::http::error;
  auto& self = *impl_;
  if (!self.parser)
    self.parser.emplace(self.limits, into);
  // Once it has seen the last chunk Beast asserts that it gets five bytes.
  if (self.bare_end && bytes.size() < 5)
    return {0, state::more};
  parser_detail::error_code ec;
  auto used = self.parser->put(
      boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != error::need_more)
    return self.refuse(used, ec, bytes);
  if (self.parser->is_done())
    return {used, state::complete};
  self.bare_end
      = self.parser->is_header_done() && used == 0 && bytes == "0\r\n";
  // Beast has no limit for chunk extensions and trailers.
  if (self.parser->is_header_done()
      && bytes.size() - used > self.limits.header_bytes)
    return self.refuse(used, 400, "a chunk header or trailer is too long");
  return {used, state::more};
}

void request_parser::reset() {
  impl_->parser.reset();
  impl_->bare_end = false;
}

uint16_t request_parser::status() const { return impl_->status; }
const std::string& request_parser::why() const { return impl_->why; }
bool request_parser::keep_alive() const { return impl_->parser->keep_alive(); }

bool request_parser::take_continue() {
  auto& parser = impl_->parser;
  return parser && parser->is_header_done()
         && std::exchange(parser->expects_continue, false);
}

} // namespace tutti::rest
