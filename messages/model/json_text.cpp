#include "messages/model/json_text.hpp"

#include "messages/model/memory/json_weight.hpp"
#include "messages/model/payload.hpp"

#include <memory>

namespace tutti {

namespace json_text_detail {

// simdjson keeps a buffer for the largest document it has parsed, of a dozen
// bytes a character. Beyond this size the parser is destroyed, instead of its
// thread keeping it for ever.
constexpr size_t keep_capacity_max = 1u << 20;

struct parser_slot {
  std::unique_ptr<simdjson::dom::parser> parser;
  size_t depth = 0;
};

// Clients' text and our records differ in depth and alternate: a single
// parser would be rebuilt each time.
parser_slot& slot_for(size_t depth_max) {
  thread_local parser_slot foreign, deeper;
  return depth_max <= json_depth_max ? foreign : deeper;
}

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

result<memory_hold> room_to_parse(std::string_view text, parsed_for what) {
  if (text.size() < weighed_text_bytes)
    return memory_hold();
  auto& account = memory_account::of_process();
  auto weight = weigh_json(text);
  if (what != parsed_for::checking)
    if (auto why = account.too_heavy(weight.tree))
      return std::move(*why);
  auto bytes = weight.parsing + (what == parsed_for::a_tree ? weight.tree : 0);
  auto held = account.try_hold(memory_use::documents, bytes);
  if (!held)
    return account.refusal(bytes);
  return std::move(*held);
}

simdjson::error_code parse_document(std::string_view text, size_t depth_max,
                                    simdjson::dom::element& root) {
  using namespace json_text_detail;
  auto& mine = slot_for(depth_max);
  if (auto error = prepare(mine, depth_max, text.size()))
    return error;
  return mine.parser->parse(text.data(), text.size()).get(root);
}

void forget_large_parsers() {
  using namespace json_text_detail;
  for (auto depth : {json_depth_max, json_depth_max + 1}) {
    auto& mine = slot_for(depth);
    if (mine.parser && mine.parser->capacity() > keep_capacity_max)
      mine = {};
  }
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
  auto room = room_to_parse(text, parsed_for::checking);
  if (!room)
    return std::move(room).failure();
  simdjson::dom::element root;
  auto error = parse_document(text, json_depth_max, root);
  forget_large_parsers();
  if (error)
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
