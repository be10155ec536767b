#include "messages/model/json_text.hpp"

#include "messages/model/payload.hpp"

#include <memory>

namespace tutti {

namespace json_text_detail {

// simdjson keeps a buffer for the largest document it has parsed. Beyond this
// size the parser is destroyed, instead of its thread keeping it for ever.
constexpr size_t keep_capacity_max = 4u << 20;

struct parser_slot {
  std::unique_ptr<simdjson::dom::parser> parser;
  size_t depth = 0;
};

simdjson::error_code prepare(parser_slot& mine, size_t depth, size_t bytes) {
  if (mine.parser && mine.depth == depth
      && (mine.parser->capacity() <= keep_capacity_max
          || bytes > keep_capacity_max))
    return simdjson::SUCCESS;
  mine.parser = std::make_unique<simdjson::dom::parser>();
  mine.depth = 0;
  if (auto error = mine.parser->allocate(4096, depth))
    return error;
  mine.depth = depth;
  return simdjson::SUCCESS;
}

} // namespace json_text_detail

simdjson::error_code parse_document(std::string_view text, size_t depth_max,
                                    simdjson::dom::element& root) {
  using namespace json_text_detail;
  // Clients' text and our records differ in depth and alternate: a single
  // parser would be rebuilt each time.
  thread_local parser_slot foreign, deeper;
  auto& mine = depth_max <= json_depth_max ? foreign : deeper;
  if (auto error = prepare(mine, depth_max, text.size()))
    return error;
  return mine.parser->parse(text.data(), text.size()).get(root);
}

failure malformed_json(std::string why) {
  return {errc::invalid, "malformed JSON: " + std::move(why)};
}

failure too_deep_json(size_t depth_max) {
  return malformed_json("nested deeper than " + std::to_string(depth_max)
                        + " levels");
}

result<std::string_view> check_json(std::string_view text) {
  text = without_mark(text);
  simdjson::dom::element root;
  if (auto error = parse_document(text, json_depth_max, root))
    return malformed_json(error, text, json_depth_max);
  return text;
}

std::string minified(std::string_view valid) {
  // simdjson stores whole blocks, so it may write past the last character.
  std::string out(valid.size() + simdjson::SIMDJSON_PADDING, '\0');
  size_t length = 0;
  auto error = simdjson::minify(valid.data(), valid.size(), out.data(), length);
  if (error)
    return std::string(valid);
  out.resize(length);
  return out;
}

} // namespace tutti
