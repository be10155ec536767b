#include "tools/evaluator/javascript_realm.hpp"

#include <js/Array.h>
#include <js/CallAndConstruct.h>
#include <js/CharacterEncoding.h>
#include <js/Conversions.h>
#include <js/Object.h>
#include <js/PropertyAndElement.h>
#include <js/String.h>
#include <js/experimental/TypedData.h>

namespace tutti::evaluator {

namespace result_detail {

constexpr uint32_t check_every = 1024;

bool write_string(JSContext* cx, JS::HandleString x, json_out& out) {
  std::string utf8;
  if (!to_utf8(cx, x, utf8))
    return false;
  out.string(utf8);
  return out.ok();
}

bool write_elements(JSContext* cx, JS::HandleObject x, uint32_t length,
                    json_out& out) {
  bool fits = out.enter('[');
  JS::RootedValue element(cx);
  for (uint32_t i = 0; fits && i < length; ++i) {
    // A list may have four billion elements.
    if (i % check_every == 0 && !JS_CheckForInterrupt(cx))
      return false;
    if (i > 0)
      out.literal(",");
    if (!JS_GetElement(cx, x, i, &element))
      return false;
    fits = write_result(cx, element, out);
  }
  out.leave(']');
  return fits;
}

bool write_properties(JSContext* cx, JS::HandleObject x, json_out& out) {
  bool fits = out.enter('{');
  JS::Rooted<JS::IdVector> ids(cx, JS::IdVector(cx));
  if (fits && !JS_Enumerate(cx, x, &ids))
    return false;
  JS::RootedValue value(cx);
  for (size_t i = 0; fits && i < ids.length(); ++i) {
    if (i % check_every == 0 && !JS_CheckForInterrupt(cx))
      return false;
    if (i > 0)
      out.literal(",");
    JS::RootedId id(cx, ids[i]);
    if (!JS_IdToValue(cx, id, &value))
      return false;
    JS::RootedString key(cx, JS::ToString(cx, value));
    if (!key || !write_string(cx, key, out))
      return false;
    out.literal(":");
    if (!JS_GetPropertyById(cx, x, id, &value))
      return false;
    fits = write_result(cx, value, out);
  }
  out.leave('}');
  return fits;
}

bool write_date(JSContext* cx, JS::HandleObject x, json_out& out) {
  JS::RootedValue text(cx);
  if (!JS_CallFunctionName(cx, x, "toJSON", JS::HandleValueArray::empty(),
                           &text))
    return false;
  if (!text.isString()) {
    out.literal("null");
    return out.ok();
  }
  JS::RootedString string(cx, text.toString());
  return write_string(cx, string, out);
}

bool write_object(JSContext* cx, JS::HandleObject x, json_out& out) {
  bool is_list = false;
  if (!JS::IsArray(cx, x, &is_list))
    return false;
  if (is_list || JS_IsTypedArrayObject(x)) {
    uint32_t length = 0;
    return JS::GetArrayLength(cx, x, &length)
           && write_elements(cx, x, length, out);
  }
  if (JS::IsCallable(x)) {
    out.literal("null");
    return out.ok();
  }
  js::ESClass kind;
  if (!JS::GetBuiltinClass(cx, x, &kind))
    return false;
  JS::RootedValue boxed(cx, JS::ObjectValue(*x)), value(cx);
  switch (kind) {
    case js::ESClass::Date:
      return write_date(cx, x, out);
    case js::ESClass::String: {
      JS::RootedString text(cx, JS::ToString(cx, boxed));
      return text && write_string(cx, text, out);
    }
    case js::ESClass::Number: {
      double number = 0;
      if (!JS::ToNumber(cx, boxed, &number))
        return false;
      out.number(number);
      return out.ok();
    }
    default:
      return write_properties(cx, x, out);
  }
}

} // namespace result_detail

bool to_utf8(JSContext* cx, JS::HandleString x, std::string& out) {
  auto* linear = JS_EnsureLinearString(cx, x);
  if (!linear)
    return false;
  out.resize(JS::GetDeflatedUTF8StringLength(linear));
  JS::DeflateStringToUTF8Buffer(linear,
                                mozilla::Span<char>(out.data(), out.size()));
  return true;
}

bool write_result(JSContext* cx, JS::HandleValue x, json_out& out) {
  using namespace result_detail;
  if (x.isObject()) {
    JS::RootedObject object(cx, &x.toObject());
    return write_object(cx, object, out);
  }
  if (x.isString()) {
    JS::RootedString text(cx, x.toString());
    return write_string(cx, text, out);
  }
  if (x.isBoolean())
    out.literal(x.toBoolean() ? "true" : "false");
  else if (x.isNumber())
    out.number(x.toNumber());
  else if (x.isBigInt()) {
    JS::RootedString digits(cx, JS::ToString(cx, x));
    std::string text;
    if (!digits || !to_utf8(cx, digits, text))
      return false;
    out.integer(text);
  } else
    out.literal("null");
  return out.ok();
}

} // namespace tutti::evaluator
