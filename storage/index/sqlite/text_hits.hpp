#pragma once

#include "messages/model/query/filter.hpp"
#include "storage/index/sqlite/doc_set.hpp"
#include "storage/index/sqlite/sqlite.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace tutti::index {

/// The executions that the words of a filter find, looked up before the filter
/// becomes SQL: postings come in the order of executions, so that words are
/// joined, intersected and counted as sets of bits.
class text_hits {
 public:
  /// `in` reads one moment as long as this is used, and no longer than that.
  text_hits(const database& in, const query::filter& all);
  ~text_hits() { in_.set_found(nullptr); }
  text_hits(const text_hits&) = delete;
  text_hits& operator=(const text_hits&) = delete;

  /// What stands for a part of the filter.
  struct place {
    std::optional<size_t> set; ///< nullopt: it is in a neighbour's set
  };
  /// Null: it is not about words alone.
  const place* find(const query::filter& x) const;
  const std::vector<doc_set>& sets() const { return sets_; }
  /// How many there are, if the filter is about words alone.
  std::optional<uint64_t> total(const query::filter& all) const;

 private:
  void visit(const query::filter& x);
  void visit_list(const query::filter& x);
  doc_set docs_of(const query::filter& x) const;
  doc_set read(const query::filter& x) const;

  const database& in_;
  std::unordered_map<const query::filter*, place> places_;
  std::vector<doc_set> sets_;
};

} // namespace tutti::index
