#include "messages/model/query/words.hpp"

#include "messages/model/json_reader.hpp"

namespace tutti::query {

namespace words_detail {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_'
         || static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class collector {
 public:
  collector(std::vector<std::string>& to, const word_limits& most)
      : to_(to), most_(most) {
    for (auto& x : to)
      bytes_ += x.size();
  }

  /// False: there is no room.
  bool add(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
      while (at < text.size() && !is_letter(text[at]))
        ++at;
      auto begin = at;
      while (at < text.size() && is_letter(text[at]))
        ++at;
      if (at > begin && !add_word(text.substr(begin, at - begin)))
        return false;
    }
    return true;
  }

  /// Passes over the value in any case.
  void add_value(json_reader& in) {
    using kind = json_reader::kind;
    if (full_) {
      in.skip();
      return;
    }
    switch (in.peek()) {
      case kind::object:
        in.object([&](std::string_view key) {
          add(key);
          add_value(in);
          return true;
        });
        return;
      case kind::list:
        in.list([&](size_t) {
          add_value(in);
          return true;
        });
        return;
      case kind::string: {
        // A long text is decoded no further than words are taken from it.
        auto raw = in.raw();
        auto inside = raw.substr(1, raw.size() - 2);
        add(inside.find('\\') == inside.npos ? std::string(inside)
                                             : unescape(inside));
        return;
      }
      case kind::null:
        in.skip();
        return;
      default:
        add(in.raw());
        return;
    }
  }

  bool full() const { return full_; }

 private:
  bool add_word(std::string_view word) {
    word = word.substr(0, most_.word_bytes_max);
    if (to_.size() >= most_.words_max
        || bytes_ + word.size() > most_.bytes_max) {
      full_ = true;
      return false;
    }
    bytes_ += word.size();
    auto& out = to_.emplace_back(word);
    for (auto& c : out)
      c = lower(c);
    return true;
  }

  std::vector<std::string>& to_;
  const word_limits& most_;
  size_t bytes_ = 0;
  bool full_ = false;
};

} // namespace words_detail

bool add_words(std::vector<std::string>& to, std::string_view text,
               const word_limits& most) {
  return words_detail::collector(to, most).add(text);
}

bool add_words(std::vector<std::string>& to, const payload& of,
               const word_limits& most) {
  if (of.is_empty_object())
    return true;
  words_detail::collector out(to, most);
  json_reader in(of.text());
  out.add_value(in);
  return !out.full();
}

} // namespace tutti::query
