#pragma once

#include <memory>
#include <utility>

namespace tutti {

/// A value that copies share. `edit` copies it first unless this is the only
/// owner, so nobody sees another owner's changes. Not thread safe, like a plain
/// value.
template <class T>
class copy_on_write {
 public:
  copy_on_write(T value) : at_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *at_; }
  const T* operator->() const { return at_.get(); }
  operator const T&() const { return *at_; }

  /// Earlier references may keep showing the value before the change.
  T& edit() {
    if (at_.use_count() > 1)
      at_ = std::make_shared<T>(*at_);
    return *at_;
  }

 private:
  std::shared_ptr<T> at_;
};

} // namespace tutti
