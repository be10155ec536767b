#pragma once

#include "messages/model/payload.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::engine {

enum class script_language : uint8_t {
  javascript, ///< a program; its completion value is the result
  jq,         ///< a filter; its outputs are the result, as a list
};

struct script_call {
  script_language language = script_language::javascript;
  std::string_view source;
  /// JSON text: `$` in JavaScript, `.` in jq.
  std::string_view input;
};

struct script_result {
  enum class kind : uint8_t {
    value,
    error,       ///< the script is wrong, or failed
    timed_out,   ///< it was stopped at its limit
    unavailable, ///< it could not be run; not the script's fault
  };
  kind what = kind::value;
  payload value;
  std::string error; ///< a sentence; empty for a value
};

/// Runs scripts for the decider. For the engine it is a pure function; the
/// implementer decides where it runs and how long it may take.
class script_runner {
 public:
  virtual ~script_runner() = default;
  virtual script_result run(const script_call& call) = 0;
  /// Between two steps of a decision that takes long: whoever runs it may let
  /// others run before this returns.
  virtual void pause() {}
};

/// Where no script may run: every call answers `unavailable`.
script_runner& no_scripts();

} // namespace tutti::engine
