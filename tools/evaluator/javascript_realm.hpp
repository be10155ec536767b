#pragma once

#include "tools/evaluator/json_out.hpp"

#include <jsapi.h>

#include <string_view>

// Functions that use SpiderMonkey. False: an exception is pending, or the
// evaluation was stopped.

namespace tutti::evaluator {

/// The program may use methods of Java collections; other programs skip the
/// work below.
bool names_host_method(std::string_view source);

/// Conductor's scripts were written when inputs were Java collections: lists
/// get `get`, `size`, `contains`, `isEmpty`; the maps of the input `get`,
/// `size`, `containsKey`, `keySet`, `values`, `isEmpty`. None is enumerable,
/// and a property of the same name in the data wins.
bool add_host_methods(JSContext* cx, JS::HandleValue input);

/// Writes a result: undefined, functions and symbols as null, typed arrays as
/// lists, dates as texts, objects with their own enumerable properties. False
/// without a pending exception: `out` exceeds a bound.
bool write_result(JSContext* cx, JS::HandleValue x, json_out& out);

/// UTF-8; lone surrogates become U+FFFD.
bool to_utf8(JSContext* cx, JS::HandleString x, std::string& out);

} // namespace tutti::evaluator
