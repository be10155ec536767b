#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tutti {

/// A value that most of its owners do not have: absent, it costs a pointer and
/// reads as the default value. An empty string counts as absent.
template <class T>
class boxed_optional {
 public:
  boxed_optional() = default;
  template <class U>
  requires(std::convertible_to<
               U, T> && !std::same_as<std::remove_cvref_t<U>, boxed_optional>)
      boxed_optional(U&& value) {
    T given(std::forward<U>(value));
    if constexpr (requires { given.empty(); })
      if (given.empty())
        return;
    at_ = std::make_unique<T>(std::move(given));
  }
  boxed_optional(const boxed_optional& x)
      : at_(x.at_ ? std::make_unique<T>(*x.at_) : nullptr) {}
  boxed_optional(boxed_optional&&) noexcept = default;
  boxed_optional& operator=(boxed_optional x) noexcept {
    at_ = std::move(x.at_);
    return *this;
  }

  explicit operator bool() const { return at_ != nullptr; }
  bool has_value() const { return at_ != nullptr; }
  bool empty() const { return !at_; }
  const T& operator*() const {
    static const T none{};
    return at_ ? *at_ : none;
  }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }
  operator std::string_view() const requires std::same_as<T, std::string> {
    return **this;
  }

  T& emplace() { return *(at_ = std::make_unique<T>()); }
  T& edit() { return at_ ? *at_ : emplace(); }
  void reset() { at_.reset(); }

  template <class U>
  requires(!std::same_as<U, boxed_optional>) friend bool
  operator==(const boxed_optional& x, const U& y) {
    return *x == y;
  }

 private:
  std::unique_ptr<T> at_;
};

using rare_text = boxed_optional<std::string>;

} // namespace tutti
