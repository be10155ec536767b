#include "messages/model/payload.hpp"

#include "messages/model/json_text.hpp"
#include "messages/model/memory/json_weight.hpp"
#include "messages/model/memory/memory_account.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <memory>

namespace tutti {

namespace payload_detail {

using nlohmann::json;
using simdjson::dom::element;

json build(element e) {
  using kind = simdjson::dom::element_type;
  switch (e.type()) {
    case kind::OBJECT: {
      json::object_t out;
      for (auto field : simdjson::dom::object(e))
        out.insert_or_assign(std::string(field.key), build(field.value));
      return json(std::move(out));
    }
    case kind::ARRAY: {
      simdjson::dom::array items(e);
      json::array_t out;
      out.reserve(items.size());
      for (auto item : items)
        out.push_back(build(item));
      return json(std::move(out));
    }
    case kind::STRING:
      return json(std::string(std::string_view(e)));
    case kind::INT64:
      return json(int64_t(e));
    case kind::UINT64:
      return json(uint64_t(e));
    case kind::DOUBLE:
      return json(double(e));
    case kind::BOOL:
      return json(bool(e));
    default:
      return json(nullptr);
  }
}

/// A document that its payload keeps, and the memory that it takes.
struct kept_tree {
  json value;
  memory_hold memory = {};
};

/// Throws `memory_shortage`.
kept_tree tree_of(const std::string& text, size_t depth_max) {
  kept_tree out;
  json_weight weight;
  if (text.size() >= weighed_text_bytes) {
    weight = weigh_json(text);
    out.memory = memory_account::of_process().hold(
        memory_use::documents, weight.tree + weight.parsing);
  }
  simdjson::dom::element root;
  if (!parse_document(text, depth_max, root))
    out.value = build(root);
  forget_large_parsers();
  out.memory.resize(weight.tree);
  return out;
}

/// Looks for the first integer past 64 bits, and for what else is wrong.
class number_search : public nlohmann::json_sax<json> {
 public:
  explicit number_search(size_t depth_max) : depth_max_(depth_max) {}

  bool number_float(double, const std::string& text) override {
    if (text.find_first_of(".eE") == text.npos && found.empty())
      found = text;
    return true;
  }
  bool start_object(size_t) override { return ++depth_ <= depth_max_; }
  bool start_array(size_t) override { return ++depth_ <= depth_max_; }
  bool end_object() override { return depth_-- > 0; }
  bool end_array() override { return depth_-- > 0; }
  bool parse_error(size_t, const std::string&,
                   const json::exception& e) override {
    error = e.what();
    return false;
  }
  bool is_too_deep() const { return depth_ > depth_max_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool key(std::string&) override { return true; }

  std::string found, error;

 private:
  size_t depth_ = 0, depth_max_;
};

} // namespace payload_detail

/// Text or tree, whichever the payload was not made from, is made on first use.
/// Two threads may both make it; one result stays. std::call_once would cost a
/// system call for every document that is read.
template <class T>
class made_once {
 public:
  ~made_once() { delete made_.load(std::memory_order_relaxed); }
  const T* peek() const { return made_.load(std::memory_order_acquire); }
  void set(T value) {
    made_.store(new T(std::move(value)), std::memory_order_relaxed);
  }
  template <class Make>
  const T& get(Make make) {
    if (auto* made = peek())
      return *made;
    auto mine = std::make_unique<const T>(make());
    const T* theirs = nullptr;
    if (made_.compare_exchange_strong(theirs, mine.get(),
                                      std::memory_order_acq_rel))
      return *mine.release();
    return *theirs;
  }

 private:
  std::atomic<const T*> made_{nullptr};
};

struct payload::body {
  bool has_text = false; ///< made from `text`, else from a value
  std::string text;
  mutable made_once<std::string> written;
  mutable made_once<payload_detail::kept_tree> value;

  const nlohmann::json& made_value() const { return value.peek()->value; }

  /// Null: not written yet.
  const std::string* known_text() const {
    return has_text ? &text : written.peek();
  }
};

payload::payload() {
  static const auto empty = [] {
    auto b = std::make_shared<body>();
    b->text = "{}";
    b->has_text = true;
    return std::shared_ptr<const body>(b);
  }();
  body_ = empty;
}

payload::payload(nlohmann::json value) {
  auto b = std::make_shared<body>();
  b->value.set({std::move(value)});
  body_ = std::move(b);
}

payload payload::trusted(std::string text) {
  auto b = std::make_shared<body>();
  b->text = std::move(text);
  b->has_text = true;
  return payload(std::shared_ptr<const body>(std::move(b)));
}

result<payload> payload::parse(std::string_view text, size_t depth_max) {
  text = without_mark(text);
  auto room = room_to_parse(text, parsed_for::a_text);
  if (!room)
    return std::move(room).failure();
  simdjson::dom::element root;
  auto error = parse_document(text, depth_max, root);
  forget_large_parsers();
  if (!error)
    return trusted(minified(text));
  return malformed_json(error, text, depth_max);
}

const std::string& payload::text() const {
  if (body_->has_text)
    return body_->text;
  return body_->written.get([&] { return to_text(body_->made_value()); });
}

const nlohmann::json& payload::json() const {
  // The depth was bounded when the text arrived; records may nest it further.
  constexpr size_t depth_max = 1000;
  return body_->value
      .get([&] { return payload_detail::tree_of(body_->text, depth_max); })
      .value;
}

bool payload::is_empty_object() const {
  if (auto* text = body_->known_text())
    return *text == "{}";
  auto& value = body_->made_value();
  return value.is_object() && value.empty();
}

bool payload::is_null() const {
  if (auto* text = body_->known_text())
    return *text == "null";
  return body_->made_value().is_null();
}

bool operator==(const payload& a, const payload& b) {
  if (a.body_ == b.body_)
    return true;
  auto *x = a.body_->known_text(), *y = b.body_->known_text();
  return (x && y && *x == *y) || a.json() == b.json();
}

result<nlohmann::json> parse_json(std::string_view text, size_t depth_max) {
  text = without_mark(text);
  // Until the document is there: what becomes of it is the caller's.
  auto room = room_to_parse(text, parsed_for::a_tree);
  if (!room)
    return std::move(room).failure();
  simdjson::dom::element root;
  auto error = parse_document(text, depth_max, root);
  if (error)
    return malformed_json(error, text, depth_max);
  auto out = payload_detail::build(root);
  forget_large_parsers();
  return out;
}

failure malformed_json(simdjson::error_code error, std::string_view text,
                       size_t depth_max) {
  if (error == simdjson::DEPTH_ERROR)
    return too_deep_json(depth_max);
  if (error != simdjson::NUMBER_ERROR)
    return malformed_json(std::string(simdjson::error_message(error)));
  // An integer past 64 bits is valid JSON. Nothing here could hold it, and as a
  // double it would be another number.
  payload_detail::number_search search(depth_max);
  bool valid = nlohmann::json::sax_parse(text, &search);
  if (search.is_too_deep())
    return too_deep_json(depth_max);
  if (valid && !search.found.empty())
    return {errc::invalid, "the number " + search.found
                               + " does not fit 64 bits: send it as a text"};
  return malformed_json(search.error.empty()
                            ? std::string(simdjson::error_message(error))
                            : search.error);
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace tutti
