#include "storage/index/sqlite/doc_set.hpp"

#include <algorithm>
#include <bit>

namespace tutti::index {

void doc_set::add(int64_t doc) {
  auto word = uint64_t(doc) >> 6;
  if (word >= words_.size())
    words_.resize(std::max<size_t>(word + 1, words_.size() * 2));
  words_[word] |= uint64_t{1} << (doc & 63);
}

size_t doc_set::count() const {
  size_t out = 0;
  for (auto x : words_)
    out += size_t(std::popcount(x));
  return out;
}

void doc_set::keep(const doc_set& those) {
  words_.resize(std::min(words_.size(), those.words_.size()));
  for (size_t i = 0; i < words_.size(); ++i)
    words_[i] &= those.words_[i];
}

void doc_set::add(const doc_set& those) {
  words_.resize(std::max(words_.size(), those.words_.size()));
  for (size_t i = 0; i < those.words_.size(); ++i)
    words_[i] |= those.words_[i];
}

std::string doc_set::as_json() const {
  std::string out = "[";
  for (size_t i = 0; i < words_.size(); ++i)
    for (auto rest = words_[i]; rest != 0; rest &= rest - 1) {
      if (out.size() > 1)
        out += ',';
      out += std::to_string(i * 64 + size_t(std::countr_zero(rest)));
    }
  return out + ']';
}

} // namespace tutti::index
