#include "tests/unit/storage/index/query_generator.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

// Random queries against an evaluator that knows nothing of the parser, the
// filter or SQL: it keeps the executions in a list and looks at each one. It
// writes the query that it means, and both must find the same.
//
// TUTTI_SEED=7 TUTTI_EXECUTIONS=20000 TUTTI_QUERIES=20000 for more.

namespace tutti::index::test {

namespace {

// Executions

class executions {
 public:
  executions(uint64_t seed, size_t count)
      : random_(seed), all_(count), revisions_(count, 1) {}

  size_t below(size_t x) { return size_t(random_() % x); }
  const std::string& one_of(const std::vector<std::string>& x) {
    return x[below(x.size())];
  }

  /// Everything about execution `i`, new.
  execution_change make(size_t i) {
    auto& x = all_[i];
    x = {};
    x.id = id_of(i);
    auto& row = x.row;
    row.type = one_of(types);
    row.version = int64_t(below(4));
    row.status = workflow_status(below(6));
    row.created = now - int64_t(below(10)) * 1'000'000
                  - int64_t(below(3) ? 0 : below(4)) * 86'400'000;
    row.updated = row.created + int64_t(below(3)) * 500'000;
    row.ended = is_terminal(row.status)
                    ? row.created + int64_t(below(4)) * 1'000'000
                    : 0;
    row.priority = int64_t(below(4));
    row.correlation_id = one_of(correlations);
    row.parent_id = below(3) ? "" : id_of(below(4));
    row.created_by = below(2) ? "" : below(2) ? "ada" : "bob";
    row.reason = one_of(reasons);
    row.failed_references = below(3) ? "" : below(2) ? "a" : "a,b";
    for (auto& words : x.words)
      words = make_words();
    x.attributes = make_attributes();
    for (size_t t = 0; t < below(4); ++t)
      x.tasks.push_back(make_task(x.id, t));
    return whole(i);
  }

  execution_change whole(size_t i) const {
    auto& x = all_[i];
    execution_change out;
    out.id = x.id;
    out.revision = revisions_[i];
    out.complete = true;
    set_all(out.set, x.row);
    for (size_t t = 0; t < text_count; ++t)
      out.words[t] = x.words[t];
    put_attributes(out, x.attributes);
    for (auto& one : x.tasks) {
      auto& to = out.tasks.emplace_back();
      to.id = one.id;
      to.added = true;
      set_all(to.set, one.row);
    }
    return out;
  }

  /// Changes some of it, as later commits would.
  execution_change change(size_t i) {
    auto& x = all_[i];
    execution_change out;
    out.id = x.id;
    if (below(10) == 0) {
      out.removed = true;
      x = {};
      return out;
    }
    out.revision = ++revisions_[i];
    out.set.status = x.row.status = workflow_status(below(6));
    out.set.updated = x.row.updated = now - int64_t(below(1'000'000));
    out.set.ended = x.row.ended
        = is_terminal(x.row.status)
              ? x.row.created + int64_t(below(4)) * 1'000'000
              : 0;
    if (below(2))
      out.set.reason = x.row.reason = one_of(reasons);
    if (below(2))
      out.words[1] = x.words[1] = make_words();
    if (below(2)) {
      x.attributes = make_attributes();
      put_attributes(out, x.attributes);
    }
    for (auto& one : x.tasks)
      if (below(2)) {
        auto& to = out.tasks.emplace_back();
        to.id = one.id;
        if (below(8) == 0) {
          to.removed = true;
          continue;
        }
        to.set.status = one.row.status = task_status(below(9));
        to.set.ended = one.row.ended
            = is_terminal(one.row.status) ? now - int64_t(below(100'000)) : 0;
      }
    for (auto& task : out.tasks)
      if (task.removed)
        std::erase_if(x.tasks, [&](auto& one) { return one.id == task.id; });
    return out;
  }

  const std::vector<known_execution>& all() const { return all_; }

 private:
  template <class Change, class Row>
  static void set_all(Change& to, const Row& from) {
    auto fields = to.all();
    auto values = from.all();
    [&]<size_t... i>(std::index_sequence<i...>) {
      ((std::get<i>(fields) = std::get<i>(values)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(fields)>>());
  }

  static void put_attributes(execution_change& out,
                             const std::vector<attribute>& all) {
    for (auto& part : out.attributes)
      part.emplace();
    for (auto& x : all)
      out.attributes[x.path == "input.k" ? 0 : 1]->push_back(x);
  }

  std::vector<std::string> make_words() {
    std::vector<std::string> out;
    for (size_t i = 0; i < below(5); ++i)
      out.push_back(one_of(vocabulary));
    return out;
  }

  std::vector<attribute> make_attributes() {
    using query::attribute_kind;
    std::vector<attribute> out;
    if (below(2))
      out.push_back(
          {"input.k", attribute_kind::text, one_of(attribute_values), 0});
    if (below(3) == 0)
      out.push_back({"input.k", attribute_kind::boolean, "", double(below(2))});
    if (below(2))
      out.push_back(
          {"output.n", attribute_kind::number, "", double(below(12)) / 2});
    return out;
  }

  known_task make_task(const std::string& id, size_t t) {
    known_task out;
    out.id = id + "-t" + std::to_string(t);
    auto& row = out.row;
    row.type = one_of(types);
    row.definition = below(3) ? row.type : "";
    row.reference = "r" + std::to_string(t);
    row.status = task_status(below(9));
    row.scheduled = now - int64_t(below(6)) * 1'000'000;
    row.started = below(3) ? row.scheduled + int64_t(below(3)) * 1'000'000 : 0;
    row.ended = is_terminal(row.status)
                    ? row.scheduled + int64_t(below(4)) * 1'000'000
                    : 0;
    row.updated = row.scheduled + int64_t(below(1'000));
    row.reason = one_of(reasons);
    row.worker_id = below(3) ? "" : below(2) ? "w1" : "w2";
    row.retry_count = int64_t(below(3));
    return out;
  }

  std::mt19937_64 random_;
  std::vector<known_execution> all_;
  std::vector<int64_t> revisions_;
};

size_t from_environment(const char* name, size_t otherwise) {
  auto* x = std::getenv(name);
  return x ? size_t(std::strtoull(x, nullptr, 10)) : otherwise;
}

using rows = std::vector<subject_row>;

rows rows_of(const executions& from, bool tasks) {
  rows out;
  for (auto& x : from.all()) {
    if (x.id.empty())
      continue;
    if (!tasks)
      out.push_back({&x, nullptr});
    else
      for (auto& one : x.tasks)
        out.push_back({&x, &one});
  }
  return out;
}

/// The places of all rows in the order of each field: 20,000 searches sort
/// numbers instead of texts. What is equal has the same place.
class orders {
 public:
  using places = std::vector<uint32_t>;

  orders(const rows& all, const std::vector<known_field>& fields,
         const std::function<value(const subject_row&)>& id)
      : by_id_(order(all, id)) {
    for (auto& field : fields)
      by_.emplace(&field, order(all, field.get));
  }

  /// Sorts numbers of rows by a field, and then by their id.
  void sort(places& which, const known_field* by, bool down) const {
    auto& first = by_.at(by);
    std::ranges::sort(which, {}, [&](uint32_t row) {
      auto key = down ? ~first[row] : first[row];
      return uint64_t(key) << 32 | by_id_[row];
    });
  }

 private:
  static places order(const rows& all,
                      const std::function<value(const subject_row&)>& of) {
    std::vector<std::pair<value, uint32_t>> sorted;
    for (auto& row : all)
      sorted.emplace_back(of(row), uint32_t(sorted.size()));
    std::ranges::sort(sorted);
    places out(all.size());
    uint32_t place = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
      if (i > 0 && sorted[i].first != sorted[i - 1].first)
        ++place;
      out[sorted[i].second] = place;
    }
    return out;
  }

  places by_id_;
  std::map<const known_field*, places> by_;
};

struct sorting {
  const known_field* by;
  bool down;
};

std::string id_of(const subject_row& x) {
  return x.task ? x.task->id : x.execution->id;
}

void compare(const index_world& world, const rows& all, const orders& in_order,
             const meant_query& q, const sorting& how, bool tasks,
             uint64_t seed) {
  orders::places wanted;
  for (uint32_t i = 0; i < all.size(); ++i)
    if (q.matches(all[i]))
      wanted.push_back(i);
  in_order.sort(wanted, how.by, how.down);
  std::string sort = how.by->name;
  sort += how.down ? ":DESC|" : ":ASC|";
  sort += tasks ? "taskId" : "workflowId";
  auto start = wanted.size() / 3;
  auto got = world.find(
      q.text, {.of = tasks ? query::subject::tasks : query::subject::workflows,
               .sort = sort,
               .start = start,
               .count = 20});
  std::string expected, found;
  for (size_t i = start; i < wanted.size() && i < start + 20; ++i)
    expected += id_of(all[wanted[i]]) + " ";
  for (auto& hit : got.items)
    found += (tasks ? hit.task_id : hit.workflow_id) + " ";
  if (got.total == wanted.size() && found == expected)
    return;
  CAPTURE(seed);
  CAPTURE(q.text);
  CAPTURE(sort);
  CHECK(got.total == wanted.size());
  CHECK(found == expected);
}

/// As many of each value of a field as the index counts, over all that match.
void compare_facet(const index_world& world, const rows& all,
                   const meant_query& q, const known_field& by, bool tasks) {
  auto of = tasks ? query::subject::tasks : query::subject::workflows;
  auto which = query::parse_facet(by.name, of);
  if (!which)
    return;
  std::map<value, uint64_t> wanted;
  for (auto& row : all)
    if (q.matches(row))
      ++wanted[by.get(row)];
  auto got = world.find(q.text, {.of = of, .count = 0, .facets = {*which}});
  CAPTURE(q.text);
  CAPTURE(by.name);
  CHECK(got.facets.size() == wanted.size());
  uint64_t sum = 0;
  for (auto& x : got.facets) {
    sum += x.count;
    if (by.type == kind::text)
      CHECK(x.count == wanted[x.value]);
  }
  CHECK(sum == got.total);
}

} // namespace

TEST_CASE("random queries find what an evaluator finds") {
  auto seed = from_environment("TUTTI_SEED", 11);
  auto count = from_environment("TUTTI_EXECUTIONS", 1'000);
  auto queries = from_environment("TUTTI_QUERIES", 10'000);
  std::printf("TUTTI_SEED=%zu: %zu random queries over %zu random executions\n",
              seed, queries, count);
  executions known(seed, count);
  index_world world(task_policy::all);
  // Half of them are built, the others come through the feed, and some change.
  std::vector<execution_change> built, fed;
  for (size_t i = 0; i < count; ++i)
    (i % 2 ? built : fed).push_back(known.make(i));
  world.build(built, 1);
  CHECK(world.apply(fed).empty());
  for (size_t i = 0; i < count; ++i)
    if (known.below(3) == 0)
      // What is not known well enough comes as a whole, as from the keeper.
      if (!world.apply({known.change(i)}).empty())
        CHECK(world.of->put({known.whole(i)}));
  for (bool tasks : {false, true}) {
    auto fields = tasks ? task_fields_of_test() : workflow_fields_of_test();
    auto all = rows_of(known, tasks);
    generator next(seed + tasks, fields, tasks);
    std::vector<const known_field*> sortable;
    for (auto& field : fields)
      sortable.push_back(&field);
    orders in_order(all, fields,
                    [](const subject_row& x) -> value { return id_of(x); });
    for (size_t i = 0; i < queries / 2; ++i) {
      auto q = next.any();
      sorting how{next.one_of(sortable), next.below(2) == 0};
      compare(world, all, in_order, q, how, tasks, seed);
      if (i % 8 == 0)
        compare_facet(world, all, q, *next.one_of(sortable), tasks);
    }
  }
}

} // namespace tutti::index::test
