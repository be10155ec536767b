#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tutti::rest {

/// A model of the reference, for the document. `fields` is a list of
/// `name:type`; a type is one of text, int, number, flag, map, any, the name of
/// a model, `[type]` for a list, `{type}` for a map, or `A|B` for a text that
/// is one of these.
struct model {
  std::string_view name, fields;
};

std::span<const model> all_models();

/// The JSON schema of a type, as above.
std::string schema_of(std::string_view type);
/// The JSON schema of a model.
std::string schema_of(const model& x);

} // namespace tutti::rest
