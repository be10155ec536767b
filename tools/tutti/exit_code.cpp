#include "tools/tutti/exit_code.hpp"

#include "tools/tutti/client.hpp"

namespace tutti::cli {

int exit_code_of(errc why) {
  if (why == not_in_time)
    return exit_timed_out;
  switch (why) {
    case errc::not_found:
      return exit_not_found;
    case errc::conflict:
      return exit_conflict;
    case errc::invalid:
      return exit_invalid;
    case errc::forbidden:
    case errc::too_large:
    case errc::too_many:
      return exit_refused;
    case errc::unavailable:
      return exit_unreachable;
    case errc::illegal_state: // another kind of server, see client.hpp
    case errc::internal:
      return exit_failed;
  }
  return exit_failed;
}

const char* exit_word(int code) {
  switch (code) {
    case exit_done:
      return "done";
    case exit_misused:
      return "usage";
    case exit_not_found:
      return "not_found";
    case exit_refused:
      return "refused";
    case exit_conflict:
      return "conflict";
    case exit_invalid:
      return "invalid";
    case exit_partly:
      return "partly_failed";
    case exit_unsuccessful:
      return "unsuccessful";
    case exit_timed_out:
      return "timed_out";
    case exit_unreachable:
      return "unreachable";
    case exit_interrupted:
      return "interrupted";
    default:
      return "error";
  }
}

void exit_tally::add(int code) {
  if (code == exit_done) {
    done_ = true;
  } else if (failure_ == exit_done) {
    failure_ = code;
  } else if (failure_ != code) {
    mixed_ = true;
  }
}

int exit_tally::exit_code() const {
  if (failure_ == exit_done)
    return exit_done;
  return done_ || mixed_ ? exit_partly : failure_;
}

} // namespace tutti::cli
