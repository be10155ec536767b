#include "config/setting_table.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace tutti::config {

namespace setting_detail {

template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overload(Fs...) -> overload<Fs...>;

std::string must_be(const setting& what) { return "must be " + what.rule(); }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr auto hex = "0123456789ABCDEF";
      out += "\\u00";
      out += hex[c >> 4 & 15];
      out += hex[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

} // namespace setting_detail

std::string setting::path() const {
  return std::string(section) + '.' + std::string(name);
}

std::string setting::env() const {
  auto out = "TUTTI_" + std::string(section) + '_' + std::string(name);
  for (auto& c : out)
    c = c == '.' ? '_' : char(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string setting::rule() const {
  return std::visit(
      setting_detail::overload{
          [](const yes_or_no&) { return std::string("true or false"); },
          [](const number& x) {
            return "a number from " + std::to_string(x.min) + " to "
                   + std::to_string(x.max);
          },
          [](const text& x) {
            if (x.choices.empty())
              return std::string(x.may_be_empty ? "a text"
                                                : "a text that is not empty");
            std::string out = "one of";
            for (auto choice : x.choices) {
              out += out.ends_with("of") ? " " : ", ";
              out += choice;
            }
            return out;
          },
      },
      type);
}

std::optional<std::string> assign(settings& to, const setting& what,
                                  const value& x) {
  using setting_detail::must_be;
  return std::visit(
      setting_detail::overload{
          [&](const setting::yes_or_no& type) -> std::optional<std::string> {
            auto given = std::get_if<bool>(&x);
            if (!given)
              return must_be(what);
            type.of(to) = *given;
            return std::nullopt;
          },
          [&](const setting::number& type) -> std::optional<std::string> {
            auto given = std::get_if<int64_t>(&x);
            if (!given || *given < type.min || *given > type.max)
              return must_be(what);
            type.of(to) = *given;
            return std::nullopt;
          },
          [&](const setting::text& type) -> std::optional<std::string> {
            auto given = std::get_if<std::string>(&x);
            if (!given || (given->empty() && !type.may_be_empty)
                || (!type.choices.empty()
                    && std::ranges::find(type.choices, *given)
                           == type.choices.end()))
              return must_be(what);
            type.of(to) = *given;
            return std::nullopt;
          },
      },
      what.type);
}

std::optional<std::string> assign_text(settings& to, const setting& what,
                                       std::string_view text) {
  if (std::holds_alternative<setting::text>(what.type))
    return assign(to, what, value(std::string(text)));
  if (text == "true" || text == "false")
    return assign(to, what, value(text == "true"));
  int64_t number = 0;
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end)
    return setting_detail::must_be(what);
  return assign(to, what, value(number));
}

std::string written(const settings& from, const setting& what) {
  // The accessors serve reading and writing; nothing is written here.
  auto& x = const_cast<settings&>(from);
  return std::visit(setting_detail::overload{
                        [&](const setting::yes_or_no& type) {
                          return std::string(type.of(x) ? "true" : "false");
                        },
                        [&](const setting::number& type) {
                          return std::to_string(type.of(x));
                        },
                        [&](const setting::text& type) {
                          return setting_detail::quoted(type.of(x));
                        },
                    },
                    what.type);
}

} // namespace tutti::config
