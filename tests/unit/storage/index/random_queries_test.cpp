#include "tests/unit/storage/index/query_generator.hpp"

#include <algorithm>
#include <cstdlib>
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
    x.id = "id-" + std::to_string(i);
    auto& row = x.row;
    row.type = one_of(types);
    row.version = int64_t(below(4));
    row.status = workflow_status(below(6));
    row.created = now - int64_t(below(10)) * 1'000'000;
    row.updated = row.created + int64_t(below(3)) * 500'000;
    row.ended = is_terminal(row.status)
                    ? row.created + int64_t(below(4)) * 1'000'000
                    : 0;
    row.priority = int64_t(below(4));
    row.correlation_id = one_of(correlations);
    row.parent_id = below(3) ? "" : "id-" + std::to_string(below(4));
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

/// What the evaluator finds, sorted by a field and then as the index breaks
/// ties it does not: by id, which is asked as the second key.
struct sorting {
  const known_field* by;
  bool down;
};

void compare(const index_world& world, const rows& all, const meant_query& q,
             const sorting& how, bool tasks, uint64_t seed) {
  rows wanted;
  for (auto& row : all)
    if (q.matches(row))
      wanted.push_back(row);
  auto id = [&](const subject_row& x) {
    return tasks ? x.task->id : x.execution->id;
  };
  std::sort(wanted.begin(), wanted.end(), [&](auto& a, auto& b) {
    auto x = how.by->get(a), y = how.by->get(b);
    if (x != y)
      return how.down ? y < x : x < y;
    return id(a) < id(b);
  });
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
    expected += id(wanted[i]) + " ";
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

} // namespace

TEST_CASE("20,000 random queries find what an evaluator finds") {
  auto seed = from_environment("TUTTI_SEED", 11);
  auto count = from_environment("TUTTI_EXECUTIONS", 500);
  auto queries = from_environment("TUTTI_QUERIES", 20'000);
  MESSAGE("TUTTI_SEED=", seed, " ", queries, " queries, ", count,
          " executions");
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
      CHECK(world.apply({known.change(i)}).empty());
  for (bool tasks : {false, true}) {
    auto fields = tasks ? task_fields_of_test() : workflow_fields_of_test();
    auto all = rows_of(known, tasks);
    generator next(seed + tasks, fields, tasks);
    std::vector<const known_field*> sortable;
    for (auto& field : fields)
      sortable.push_back(&field);
    for (size_t i = 0; i < queries / 2; ++i) {
      auto q = next.any();
      sorting how{next.one_of(sortable), next.below(2) == 0};
      compare(world, all, q, how, tasks, seed);
    }
  }
}

} // namespace tutti::index::test
