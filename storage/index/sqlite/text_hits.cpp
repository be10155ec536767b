#include "storage/index/sqlite/text_hits.hpp"

#include "storage/index/sqlite/text_numbers.hpp"

#include <algorithm>

namespace tutti::index {

namespace text_hits_detail {

using query::filter;

bool is_list(const filter& x) {
  return x.what == filter::kind::all_of || x.what == filter::kind::any_of;
}

bool is_of_words(const filter& x) {
  return x.what == filter::kind::text
         || (is_list(x) && !x.parts.empty()
             && std::ranges::all_of(x.parts, is_of_words));
}

std::string match_of(const filter& x) {
  std::string out = "\"";
  for (auto& word : x.words) {
    if (out.size() > 1)
      out += ' ';
    out += word; // letters, digits, - and _ alone (words.hpp)
  }
  return out + (x.prefix ? "\" *" : "\"");
}

/// Rows of words that are out of date; asked in ascending order.
class stale_rows {
 public:
  explicit stale_rows(const database& in)
      : seek_(in.prepare("SELECT id FROM stale WHERE id >= ? ORDER BY id")) {
    seek(0);
  }

  bool has(int64_t row) {
    constexpr int steps_max = 16; // more than a search in a tree costs
    for (int steps = 0; !at_end_ && here_ < row; ++steps)
      steps < steps_max ? advance() : seek(row);
    return !at_end_ && here_ == row;
  }

 private:
  void seek(int64_t row) {
    seek_.reset();
    seek_.bind(1, row);
    advance();
  }
  void advance() {
    at_end_ = !seek_.step();
    here_ = at_end_ ? 0 : seek_.integer(0);
  }

  statement seek_;
  int64_t here_ = 0;
  bool at_end_ = false;
};

} // namespace text_hits_detail

text_hits::text_hits(const database& in, const query::filter& all) : in_(in) {
  visit(all);
  in_.set_found(&sets_);
}

const text_hits::place* text_hits::find(const query::filter& x) const {
  auto found = places_.find(&x);
  return found == places_.end() ? nullptr : &found->second;
}

std::optional<uint64_t> text_hits::total(const query::filter& all) const {
  auto* whole = find(all);
  if (!whole)
    return std::nullopt;
  return sets_[*whole->set].count();
}

void text_hits::visit(const query::filter& x) {
  using namespace text_hits_detail;
  if (is_of_words(x)) {
    places_[&x] = {sets_.size()};
    sets_.push_back(docs_of(x));
  } else if (is_list(x)) {
    visit_list(x);
  } else {
    for (auto& part : x.parts)
      visit(part);
  }
}

/// Its parts about words become one set, whose place is that of the first.
void text_hits::visit_list(const query::filter& x) {
  using namespace text_hits_detail;
  std::optional<size_t> set;
  for (auto& part : x.parts) {
    if (!is_of_words(part)) {
      visit(part);
      continue;
    }
    auto docs = docs_of(part);
    // `1` stands for what is in a neighbour's set, and would be wrong in OR.
    if (!set || x.what == query::filter::kind::any_of) {
      set = sets_.size();
      places_[&part] = {set};
      sets_.push_back(std::move(docs));
    } else {
      places_[&part] = {};
      sets_[*set].keep(docs);
    }
  }
}

doc_set text_hits::docs_of(const query::filter& x) const {
  if (x.what == query::filter::kind::text)
    return read(x);
  auto out = docs_of(x.parts.front());
  for (size_t i = 1; i < x.parts.size(); ++i)
    if (x.what == query::filter::kind::all_of)
      out.keep(docs_of(x.parts[i]));
    else
      out.add(docs_of(x.parts[i]));
  return out;
}

doc_set text_hits::read(const query::filter& x) const {
  using namespace text_hits_detail;
  doc_set out;
  // A number beyond all executions comes from a damaged file alone.
  auto newest = in_.prepare("SELECT coalesce(max(doc), 0) FROM workflow");
  auto docs_max = newest.step() ? newest.integer(0) : 0;
  auto rows = in_.prepare(
      "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid");
  auto match = match_of(x);
  rows.bind(1, std::string_view(match));
  stale_rows stale(in_);
  while (rows.step()) {
    auto row = rows.integer(0);
    auto doc = text_numbers::doc_of(row);
    if (doc > 0 && doc <= docs_max && !stale.has(row))
      out.add(doc);
  }
  return out;
}

} // namespace tutti::index
