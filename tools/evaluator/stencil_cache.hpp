#pragma once

#include <js/experimental/JSStencil.h>
#include <jsapi.h>

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::evaluator {

/// Recently used compiled programs by their text. A stencil belongs to no
/// realm: each evaluation makes its own script from it.
class stencil_cache {
 public:
  /// Null: the program is wrong, with a pending exception.
  RefPtr<JS::Stencil> find(JSContext* cx, std::string_view source);

 private:
  struct entry {
    std::string source;
    RefPtr<JS::Stencil> stencil;
  };
  std::list<entry> used_; ///< latest first
  std::unordered_map<std::string_view, std::list<entry>::iterator> known_;
  size_t bytes_ = 0;
};

} // namespace tutti::evaluator
