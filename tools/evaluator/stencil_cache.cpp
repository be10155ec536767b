#include "tools/evaluator/stencil_cache.hpp"

#include <js/CompileOptions.h>
#include <js/SourceText.h>

namespace tutti::evaluator {

namespace stencil_cache_detail {

constexpr size_t programs_max = 512, bytes_max = 4 << 20;

} // namespace stencil_cache_detail

RefPtr<JS::Stencil> stencil_cache::find(JSContext* cx,
                                        std::string_view source) {
  using namespace stencil_cache_detail;
  if (auto it = known_.find(source); it != known_.end()) {
    used_.splice(used_.begin(), used_, it->second);
    return used_.front().stencil;
  }
  JS::CompileOptions options(cx);
  options.setFileAndLine("script", 1);
  JS::SourceText<mozilla::Utf8Unit> text;
  if (!text.init(cx, source.data(), source.size(),
                 JS::SourceOwnership::Borrowed))
    return {};
  RefPtr<JS::Stencil> made
      = JS::CompileGlobalScriptToStencil(cx, options, text);
  if (!made || source.size() > bytes_max)
    return made;
  used_.push_front({std::string(source), made});
  known_.emplace(used_.front().source, used_.begin());
  bytes_ += source.size();
  while (used_.size() > programs_max || bytes_ > bytes_max) {
    known_.erase(used_.back().source);
    bytes_ -= used_.back().source.size();
    used_.pop_back();
  }
  return made;
}

} // namespace tutti::evaluator
