#include "tools/evaluator/javascript_realm.hpp"

#include <js/Array.h>
#include <js/Conversions.h>
#include <js/GCVector.h>
#include <js/PropertyAndElement.h>
#include <js/PropertySpec.h>

namespace tutti::evaluator {

namespace collections_detail {

using JS::CallArgs;
using JS::RootedId;
using JS::RootedObject;
using JS::RootedString;
using JS::RootedValue;

// The object that the method is called on; false for a primitive.
bool this_object(JSContext* cx, const CallArgs& args, RootedObject& out) {
  if (!args.thisv().isObject()) {
    JS_ReportErrorASCII(cx, "this is not a collection");
    return false;
  }
  out = &args.thisv().toObject();
  return true;
}

bool property(JSContext* cx, JS::HandleObject of, JS::HandleValue key,
              bool* has, JS::MutableHandleValue out) {
  RootedId id(cx);
  return JS_ValueToId(cx, key, &id) && JS_HasOwnPropertyById(cx, of, id, has)
         && (!*has || JS_GetPropertyById(cx, of, id, out));
}

bool get(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  bool has = false;
  RootedValue out(cx, JS::NullValue());
  if (!this_object(cx, args, self)
      || !property(cx, self, args.get(0), &has, &out))
    return false;
  args.rval().set(out);
  return true;
}

bool contains_key(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  RootedId id(cx);
  bool has = false;
  if (!this_object(cx, args, self) || !JS_ValueToId(cx, args.get(0), &id)
      || !JS_HasOwnPropertyById(cx, self, id, &has))
    return false;
  args.rval().setBoolean(has);
  return true;
}

bool keys_of(JSContext* cx, const CallArgs& args, RootedObject& self,
             JS::MutableHandle<JS::IdVector> ids) {
  return this_object(cx, args, self) && JS_Enumerate(cx, self, ids);
}

bool list_size(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  uint32_t length = 0;
  if (!this_object(cx, args, self) || !JS::GetArrayLength(cx, self, &length))
    return false;
  args.rval().setNumber(length);
  return true;
}

bool list_is_empty(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  uint32_t length = 0;
  if (!this_object(cx, args, self) || !JS::GetArrayLength(cx, self, &length))
    return false;
  args.rval().setBoolean(length == 0);
  return true;
}

bool map_size(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  JS::Rooted<JS::IdVector> ids(cx, JS::IdVector(cx));
  if (!keys_of(cx, args, self, &ids))
    return false;
  args.rval().setNumber(uint32_t(ids.length()));
  return true;
}

bool map_is_empty(JSContext* cx, unsigned count, JS::Value* vp) {
  auto args = JS::CallArgsFromVp(count, vp);
  RootedObject self(cx);
  JS::Rooted<JS::IdVector> ids(cx, JS::IdVector(cx));
  if (!keys_of(cx, args, self, &ids))
    return false;
  args.rval().setBoolean(ids.length() == 0);
  return true;
}

bool list_of(JSContext* cx, const CallArgs& args, bool values) {
  RootedObject self(cx);
  JS::Rooted<JS::IdVector> ids(cx, JS::IdVector(cx));
  if (!keys_of(cx, args, self, &ids))
    return false;
  JS::RootedValueVector out(cx);
  RootedValue x(cx);
  for (size_t i = 0; i < ids.length(); ++i) {
    RootedId id(cx, ids[i]);
    if (values ? !JS_GetPropertyById(cx, self, id, &x)
               : !JS_IdToValue(cx, id, &x))
      return false;
    if (!values && x.isInt32()) {
      auto text = JS::ToString(cx, x);
      if (!text)
        return false;
      x.setString(text);
    }
    if (!out.append(x))
      return false;
  }
  auto list = JS::NewArrayObject(cx, out);
  if (!list)
    return false;
  args.rval().setObject(*list);
  return true;
}

bool key_set(JSContext* cx, unsigned count, JS::Value* vp) {
  return list_of(cx, JS::CallArgsFromVp(count, vp), false);
}

bool map_values(JSContext* cx, unsigned count, JS::Value* vp) {
  return list_of(cx, JS::CallArgsFromVp(count, vp), true);
}

// Flags 0: not enumerable, and assignable.
const JSFunctionSpec list_methods[]
    = {JS_FN("get", get, 1, 0), JS_FN("size", list_size, 0, 0),
       JS_FN("isEmpty", list_is_empty, 0, 0), JS_FS_END};

const JSFunctionSpec map_methods[] = {JS_FN("get", get, 1, 0),
                                      JS_FN("size", map_size, 0, 0),
                                      JS_FN("isEmpty", map_is_empty, 0, 0),
                                      JS_FN("containsKey", contains_key, 1, 0),
                                      JS_FN("keySet", key_set, 0, 0),
                                      JS_FN("values", map_values, 0, 0),
                                      JS_FS_END};

/// Sets the prototype of every map below `input`. Not Object.prototype: a `get`
/// there would turn every property descriptor into an accessor.
bool adopt(JSContext* cx, JS::HandleValue input, JS::HandleObject prototype) {
  JS::RootedObjectVector open(cx);
  RootedObject x(cx);
  RootedValue inner(cx);
  if (input.isObject() && !open.append(&input.toObject()))
    return false;
  while (!open.empty()) {
    x = open.popCopy();
    bool is_list = false;
    if (!JS::IsArrayObject(cx, x, &is_list))
      return false;
    if (!is_list && !JS_SetPrototype(cx, x, prototype))
      return false;
    JS::Rooted<JS::IdVector> ids(cx, JS::IdVector(cx));
    if (!JS_Enumerate(cx, x, &ids))
      return false;
    for (size_t i = 0; i < ids.length(); ++i) {
      RootedId id(cx, ids[i]);
      if (!JS_GetPropertyById(cx, x, id, &inner))
        return false;
      if (inner.isObject() && !open.append(&inner.toObject()))
        return false;
    }
  }
  return true;
}

} // namespace collections_detail

bool names_host_method(std::string_view source) {
  for (std::string_view name :
       {"get", "size", "isEmpty", "contains", "keySet", "values"})
    if (source.find(name) != source.npos)
      return true;
  return false;
}

bool add_host_methods(JSContext* cx, JS::HandleValue input) {
  using namespace collections_detail;
  RootedObject lists(cx), maps(cx), plain(cx);
  RootedValue includes(cx);
  if (!JS_GetClassPrototype(cx, JSProto_Array, &lists)
      || !JS_DefineFunctions(cx, lists, list_methods)
      || !JS_GetProperty(cx, lists, "includes", &includes)
      || !JS_DefineProperty(cx, lists, "contains", includes, 0))
    return false;
  plain = JS::GetRealmObjectPrototype(cx);
  if (!plain)
    return false;
  maps = JS_NewObjectWithGivenProto(cx, nullptr, plain);
  return maps && JS_DefineFunctions(cx, maps, map_methods)
         && adopt(cx, input, maps);
}

} // namespace tutti::evaluator
