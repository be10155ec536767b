#include "messages/model/payload.hpp"

#include "messages/model/json_text.hpp"

#include <nlohmann/json.hpp>

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
    return malformed_json(e.what());
  }
  return deep ? too_deep_json(depth_max) : malformed_json("not a document");
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
  simdjson::dom::element root;
  auto error = parse_document(text, depth_max, root);
  if (!error)
    return trusted(minified(text));
  if (!is_number_trouble(error))
    return malformed_json(error, depth_max);
  auto value = payload_detail::parse_slowly(text, depth_max);
  if (!value)
    return value.failure();
  return payload(std::move(*value));
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
  if (a.body_ == b.body_)
    return true;
  auto has_text = [](const payload& x) {
    return x.body_->has_text.load(std::memory_order_acquire);
  };
  if (has_text(a) && has_text(b) && a.body_->text == b.body_->text)
    return true;
  return a.json() == b.json();
}

result<nlohmann::json> parse_json(std::string_view text, size_t depth_max) {
  simdjson::dom::element root;
  auto error = parse_document(text, depth_max, root);
  if (!error)
    return payload_detail::build(root);
  if (is_number_trouble(error))
    return payload_detail::parse_slowly(text, depth_max);
  return malformed_json(error, depth_max);
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace tutti
