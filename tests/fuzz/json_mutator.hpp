#pragma once

#include <cstddef>
#include <cstdint>

namespace tutti::fuzz {

// Changes of JSON texts that leave JSON: bytes changed anywhere would mostly be
// refused by the first parser. For targets that define libFuzzer's hooks.

/// A value replaced, copied, removed, or changed a little. The new size.
size_t mutate_json(uint8_t* data, size_t size, size_t size_max, unsigned seed);

/// A value of the first text replaced by one of the second.
size_t cross_json(const uint8_t* one, size_t one_size, const uint8_t* two,
                  size_t two_size, uint8_t* out, size_t size_max,
                  unsigned seed);

} // namespace tutti::fuzz

/// Once per target that reads JSON.
#define TUTTI_FUZZES_JSON()                                                    \
  extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,        \
                                            size_t size_max, unsigned seed) {  \
    return tutti::fuzz::mutate_json(data, size, size_max, seed);               \
  }                                                                            \
  extern "C" size_t LLVMFuzzerCustomCrossOver(                                 \
      const uint8_t* one, size_t one_size, const uint8_t* two,                 \
      size_t two_size, uint8_t* out, size_t size_max, unsigned seed) {         \
    return tutti::fuzz::cross_json(one, one_size, two, two_size, out,          \
                                   size_max, seed);                            \
  }
