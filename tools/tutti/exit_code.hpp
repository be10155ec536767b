#pragma once

#include "messages/model/result.hpp"

namespace tutti::cli {

// Every exit code of the program (reference:command-line#exit-codes). A verb
// takes a code from here and from nowhere else.
constexpr int exit_done = 0;
constexpr int exit_failed = 1;       ///< an error that no other code names
constexpr int exit_misused = 2;      ///< the command line, a file not readable
constexpr int exit_not_found = 3;    ///< what was named is not there
constexpr int exit_refused = 4;      ///< not allowed, too large, too many
constexpr int exit_conflict = 5;     ///< exists, or its state forbids it
constexpr int exit_invalid = 6;      ///< the content breaks a rule
constexpr int exit_partly = 7;       ///< of several things some failed
constexpr int exit_unsuccessful = 8; ///< the awaited run ended otherwise
constexpr int exit_timed_out = 9;    ///< --timeout, or no answer in time
constexpr int exit_unreachable = 10; ///< no node answers, or it is busy
constexpr int exit_interrupted = 130;

/// The code for an answer that is a failure.
int exit_code_of(errc why);
/// The word for an exit code in errors as JSON: "not_found".
const char* exit_word(int code);

/// The code of a verb that does the same to several things: that of the
/// failures when nothing succeeded and they agree, "partly" otherwise.
class exit_tally {
 public:
  void add(int code);
  int exit_code() const;

 private:
  bool done_ = false, mixed_ = false;
  int failure_ = exit_done;
};

} // namespace tutti::cli
