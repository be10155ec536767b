#pragma once

#include "tools/evaluator/json_out.hpp"

#include <jsapi.h>

#include <string_view>

// The parts of an evaluation that speak to SpiderMonkey. Functions that return
// false left an exception behind, or were stopped.

namespace tutti::evaluator {

/// True when a program may use the methods of the host's collections; others
/// are spared the work below.
bool names_host_method(std::string_view source);

/// Conductor's scripts were written when inputs were Java collections: lists
/// get `get`, `size`, `contains`, `isEmpty`; the maps of the input `get`,
/// `size`, `containsKey`, `keySet`, `values`, `isEmpty`. None is enumerable,
/// and a property of the same name in the data wins.
bool add_host_methods(JSContext* cx, JS::HandleValue input);

/// Writes a result: undefined, functions and symbols are null, typed arrays are
/// lists, dates are texts, objects their own enumerable properties. False with
/// no exception pending: `out` is past a bound.
bool write_result(JSContext* cx, JS::HandleValue x, json_out& out);

/// UTF-8; lone surrogates become U+FFFD.
bool to_utf8(JSContext* cx, JS::HandleString x, std::string& out);

} // namespace tutti::evaluator
