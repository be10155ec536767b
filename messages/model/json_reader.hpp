#pragma once

#include "messages/model/payload.hpp"
#include "messages/model/violations.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti {

/// Reads a document that check_json has validated, front to back, without
/// building it: each value is read into a field, taken as text, or skipped.
/// Scalars coerce as in reference:rest-api#values.
///
/// A read returns false after a failure. The reader then holds the sentence and
/// the property's path, which is put together while the calls return.
class json_reader {
 public:
  enum class kind { object, list, string, number, boolean, null };

  explicit json_reader(std::string_view valid);

  kind peek() const;
  bool is_null() const { return *at_ == 'n'; }

  /// Calls `field(key)` per property, which must consume the value and return
  /// false on failure.
  template <class Field>
  bool object(Field field);
  /// Calls `item(index)` per item, with the same duty.
  template <class Item>
  bool list(Item item);

  /// From here on, properties that nobody knows are reported to `unknown`.
  void note_unknown(violations& unknown) { unknown_ = &unknown; }
  /// Passes over a property that is none of these.
  bool skip_unknown(std::string_view key,
                    const std::vector<std::string>& known);

  /// The value's text as written.
  std::string_view raw();
  bool skip() {
    raw();
    return true;
  }

  /// Null reads as the zero value.
  bool read(std::string& x);
  bool read(int32_t& x);
  bool read(int64_t& x);
  bool read(bool& x);
  /// An object, kept as compact text; null reads as `{}`.
  bool read(payload& x);
  /// Any value, kept as compact text.
  payload any();

  /// `rule` completes a sentence after the property's name: "must be a list".
  bool fail(std::string rule);
  /// "workflow definition: property 'tasks[2].name' must be a string"
  tutti::failure failure(std::string_view what) const;

 private:
  void blanks() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')
      ++at_;
  }
  void skip_string();
  bool read_integer(int64_t min, int64_t max, int64_t& x);
  void unwind(std::string_view key);
  void unwind(size_t index);
  /// Steps into a property or an item, for reports; the answer ends the step.
  size_t enter(std::string_view key);
  size_t enter(size_t index);

  /// A valid document ends its own values, so this never passes the end; a
  /// number at the very end stops at `end_`.
  const char* at_;
  const char* end_;
  std::string path_, rule_;
  violations* unknown_ = nullptr;
  std::string place_; ///< of the value at hand, while there are reports
};

/// Decodes a JSON string, given without its quotes.
std::string unescape(std::string_view inside);

template <class Field>
bool json_reader::object(Field field) {
  if (*at_ != '{')
    return fail("must be an object");
  ++at_;
  blanks();
  while (*at_ != '}') {
    auto start = at_ + 1;
    skip_string();
    std::string_view key(start, size_t(at_ - 1 - start));
    blanks();
    ++at_; // the colon
    blanks();
    bool plain = key.find('\\') == std::string_view::npos;
    auto outside = unknown_ ? enter(key) : 0;
    if (!(plain ? field(key) : field(std::string_view(unescape(key))))) {
      unwind(key);
      return false;
    }
    if (unknown_)
      place_.resize(outside);
    blanks();
    if (*at_ == ',') {
      ++at_;
      blanks();
    }
  }
  ++at_;
  return true;
}

template <class Item>
bool json_reader::list(Item item) {
  if (*at_ != '[')
    return fail("must be a list");
  ++at_;
  blanks();
  for (size_t index = 0; *at_ != ']'; ++index) {
    auto outside = unknown_ ? enter(index) : 0;
    if (!item(index)) {
      unwind(index);
      return false;
    }
    if (unknown_)
      place_.resize(outside);
    blanks();
    if (*at_ == ',') {
      ++at_;
      blanks();
    }
  }
  ++at_;
  return true;
}

} // namespace tutti
