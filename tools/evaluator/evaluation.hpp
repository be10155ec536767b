#pragma once

#include "actors/evaluators/frame.hpp"
#include "tools/evaluator/wide_integers.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::evaluator {

class watchdog;

struct request {
  evaluators::request_header head;
  std::string_view source, input;
};

struct reply {
  evaluators::frame_status status = evaluators::frame_status::value;
  std::string text;
  uint32_t line = 0;
};

inline reply failed(std::string message, uint32_t line = 0) {
  return {evaluators::frame_status::error, std::move(message), line};
}

inline std::string past_64_bits(const wide_integers& input) {
  return "the input has the number " + input.past_64_bits()
         + ", which does not fit 64 bits";
}

/// One script language.
class engine {
 public:
  virtual ~engine() = default;
  virtual reply run(const request& what, watchdog& guard) = 0;
  /// Asks the running evaluation to end. Called on the watchdog's thread.
  virtual void stop() {}
  /// Called after each reply, while nobody waits.
  virtual void tidy() {}
};

/// `memory_bytes` bounds the heap of one evaluation.
std::unique_ptr<engine> make_javascript(size_t memory_bytes);
std::unique_ptr<engine> make_jq();

} // namespace tutti::evaluator
