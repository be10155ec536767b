#pragma once

#include "messages/model/payload.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

/// Looks up a named string: in the environment, or in the secrets.
using name_lookup = std::function<std::optional<std::string>(std::string_view)>;

/// The value of `NAME` or `NAME.path` as JSON text. A path reads inside the
/// string, which must hold JSON. `null` when nothing is found.
std::string environment_value(std::string_view reference,
                              const name_lookup& lookup);

/// Resolves `${workflow.secrets.NAME[.path]}` in every string of an input, at
/// hand-off to a worker or a system task (reference:expressions#environment).
/// The same payload comes back when it names no secret.
payload resolve_secrets(const payload& input, const name_lookup& secrets);

/// `runtimeMetadata` of a polled task: each name from the secrets, else from
/// the environment, else left out. Never stored.
payload runtime_metadata(const std::vector<std::string>& names,
                         const name_lookup& secrets,
                         const name_lookup& environment);

} // namespace tutti::engine
