#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <atomic>
#include <mutex>

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
    case kind::STRING: return json(std::string(std::string_view(e)));
    case kind::INT64: return json(int64_t(e));
    case kind::UINT64: return json(uint64_t(e));
    case kind::DOUBLE: return json(double(e));
    case kind::BOOL: return json(bool(e));
    default: return json(nullptr);
  }
}

// simdjson keeps room for the largest document it has seen; past this a parser
// is thrown away rather than kept by its thread for ever.
constexpr size_t keep_capacity_max = 4u << 20;

struct slot {
  std::unique_ptr<simdjson::dom::parser> parser;
  size_t depth = 0;
};

simdjson::dom::parser& parser_for(size_t depth, size_t bytes) {
  thread_local slot mine;
  if (!mine.parser || mine.depth != depth
      || (mine.parser->capacity() > keep_capacity_max
          && bytes <= keep_capacity_max)) {
    mine.parser = std::make_unique<simdjson::dom::parser>();
    (void) mine.parser->allocate(4096, depth);
    mine.depth = depth;
  }
  return *mine.parser;
}

failure malformed(std::string why) {
  return {errc::invalid, "malformed JSON: " + std::move(why)};
}

failure too_deep(size_t depth) {
  return {errc::invalid, "malformed JSON: nested deeper than "
                           + std::to_string(depth) + " levels"};
}

// Integers past 64 bits, which simdjson refuses and nlohmann reads as doubles.
result<json> parse_slowly(std::string_view text, size_t depth_max) {
  bool deep = false;
  auto watch = [&](int depth, json::parse_event_t, json&) {
    if (size_t(depth) > depth_max)
      throw std::length_error("nested too deeply");
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const std::length_error&) {
    deep = true;
  } catch (const json::exception& e) {
    return malformed(e.what());
  }
  return deep ? too_deep(depth_max) : malformed("not a document");
}

// Calls `use(element)`; the element lives only during the call.
template <class Use>
auto with_document(std::string_view text, size_t depth_max, Use use)
  -> decltype(use(std::declval<element>())) {
  auto& parser = parser_for(depth_max, text.size());
  element root;
  auto error = parser.parse(text.data(), text.size()).get(root);
  if (!error)
    return use(root);
  if (error == simdjson::DEPTH_ERROR)
    return too_deep(depth_max);
  return malformed(simdjson::error_message(error));
}

bool is_number_trouble(std::string_view text, size_t depth_max) {
  element root;
  auto error
    = parser_for(depth_max, text.size()).parse(text.data(), text.size()).get(root);
  return error == simdjson::NUMBER_ERROR || error == simdjson::BIGINT_ERROR;
}

} // namespace payload_detail

struct payload::body {
  mutable std::once_flag parsed, written;
  mutable std::atomic<bool> has_text{false};
  mutable std::string text;
  mutable std::unique_ptr<const nlohmann::json> value;
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
  b->value = std::make_unique<const nlohmann::json>(std::move(value));
  body_ = std::move(b);
}

payload payload::trusted(std::string text) {
  auto b = std::make_shared<body>();
  b->text = std::move(text);
  b->has_text = true;
  return payload(std::shared_ptr<const body>(std::move(b)));
}

result<payload> payload::parse(std::string_view text, size_t depth_max) {
  using namespace payload_detail;
  auto valid = with_document(
    text, depth_max, [](element) -> result<done> { return done{}; });
  if (!valid) {
    if (!is_number_trouble(text, depth_max))
      return valid.failure();
    auto value = parse_slowly(text, depth_max);
    if (!value)
      return value.failure();
    return payload(std::move(*value));
  }
  std::string compact(text.size(), '\0');
  size_t length = 0;
  auto error
    = simdjson::minify(text.data(), text.size(), compact.data(), length);
  if (error)
    return malformed(simdjson::error_message(error));
  compact.resize(length);
  return trusted(std::move(compact));
}

const std::string& payload::text() const {
  if (!body_->has_text.load(std::memory_order_acquire)) {
    std::call_once(body_->written, [b = body_.get()] {
      b->text = to_text(*b->value);
      b->has_text.store(true, std::memory_order_release);
    });
  }
  return body_->text;
}

const nlohmann::json& payload::json() const {
  std::call_once(body_->parsed, [b = body_.get()] {
    if (b->value)
      return;
    // Depth was bounded when the text came in; records may nest it further.
    auto parsed = parse_json(b->text, 1000);
    b->value = std::make_unique<const nlohmann::json>(
      parsed ? std::move(*parsed) : nlohmann::json());
  });
  return *body_->value;
}

bool payload::is_empty_object() const {
  if (body_->has_text.load(std::memory_order_acquire))
    return body_->text == "{}";
  return body_->value->is_object() && body_->value->empty();
}

bool payload::is_null() const {
  if (body_->has_text.load(std::memory_order_acquire))
    return body_->text == "null";
  return body_->value->is_null();
}

bool operator==(const payload& a, const payload& b) {
  return a.body_ == b.body_ || a.json() == b.json();
}

result<nlohmann::json> parse_json(std::string_view text, size_t depth_max) {
  using namespace payload_detail;
  auto value = with_document(text, depth_max, [](element e) {
    return result<nlohmann::json>(build(e));
  });
  if (!value && is_number_trouble(text, depth_max))
    return parse_slowly(text, depth_max);
  return value;
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false,
                    nlohmann::json::error_handler_t::replace);
}

} // namespace tutti
