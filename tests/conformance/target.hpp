#pragma once

#include <string>

namespace tutti::conformance {

/// What HTTP tasks of the cases call, as `{{target}}`: a server of this
/// process. /json answers {"ok":true}, /text "hi", /number 5, /status/N with
/// that status, /echo what it was asked.
std::string target_url();

} // namespace tutti::conformance
