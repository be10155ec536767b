#pragma once

#include "messages/model/result.hpp"

#include <stdexcept>

namespace tutti::storage {

/// For tests and tools: what was read, or an exception with the sentence.
template <class T>
T read_or_throw(result<T> x) {
  if (!x)
    throw std::runtime_error(x.failure().message);
  return std::move(*x);
}

} // namespace tutti::storage
