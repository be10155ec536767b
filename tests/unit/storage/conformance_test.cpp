// What every engine behind the store port must do.

#include "tests/support/seeds.hpp"
#include "tests/unit/storage/engines.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <random>
#include <thread>

namespace tutti::storage::test {

#define ENGINES memory_engine, rocksdb_engine, postgres_engine

namespace conformance {

/// One key of every kind, the edges between kinds, and bytes beyond ASCII.
batch one_of_each_kind() {
  batch out;
  for (std::string key : {"", "e", "e1", "l1", "l2", "m", "n1", "o1", "p", "q",
                          "q1", "q\xff", "r1", "t1", "u", "y1", "z"})
    out.push_back(put(key, "value of " + key));
  out.push_back(put(std::string{"\0", 1}, "zero"));
  out.push_back(put(std::string{"q\0x", 3}, "zero inside"));
  out.push_back(put("\xff", "last"));
  out.push_back(put("\xff\xff", "after it"));
  return out;
}

} // namespace conformance

TEST_CASE_TEMPLATE("a row can be read once its commit was answered", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  CHECK(value_of(s, 1, "e1") == std::nullopt);
  CHECK(write(s, {put("e1", "one"), put("q1", "")}, 1) == outcome::ok);
  CHECK(value_of(s, 1, "e1") == "one");
  CHECK(value_of(s, 1, "q1") == "");
  CHECK(write(s, {erase("e1")}, 1) == outcome::ok);
  CHECK(value_of(s, 1, "e1") == std::nullopt);
  CHECK(value_of(s, 1, "q1") == "");
}

TEST_CASE_TEMPLATE("a reader sees all of a batch or nothing of it", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("e", "0"), put("q", "0")}) == outcome::ok);
  std::atomic<bool> stop{false};
  std::atomic<int> halves{0};
  std::thread reader{[&] {
    while (!stop) {
      auto seen = rows(s);
      if (seen.size() != 2 || seen[0].second != seen[1].second)
        ++halves;
    }
  }};
  for (int i = 1; i <= 300; ++i) {
    auto value = std::to_string(i);
    write(s, {put("e", value), put("q", value)});
  }
  stop = true;
  reader.join();
  CHECK(halves == 0);
}

TEST_CASE_TEMPLATE("the operations of a batch work in their order", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  CHECK(write(s, {put("q1", "first"), put("q1", "second"), put("q2", "x"),
                  erase("q2"), put("q3", "gone"), erase_range("q3", "q4"),
                  put("q3", "after the range")})
        == outcome::ok);
  CHECK(rows(s) == row_list{{"q1", "second"}, {"q3", "after the range"}});
}

TEST_CASE_TEMPLATE("commits of a shard are answered in the order of submission",
                   T, ENGINES) {
  constexpr int commits = 500;
  T engine;
  auto& s = engine.get();
  std::vector<std::vector<int>> answered(T::shards);
  std::latch all{T::shards * commits};
  std::vector<std::thread> clients;
  for (uint32_t shard = 0; shard < T::shards; ++shard)
    clients.emplace_back([&, shard] {
      for (int i = 0; i < commits; ++i)
        s.submit({shard, 0, {put("e" + std::to_string(i), "x")}},
                 [&, shard, i](outcome) {
                   answered[shard].push_back(i);
                   all.count_down();
                 });
    });
  for (auto& x : clients)
    x.join();
  all.wait();
  for (const auto& order : answered) {
    CHECK(order.size() == commits);
    CHECK(std::is_sorted(order.begin(), order.end()));
  }
}

TEST_CASE_TEMPLATE("a callback may hand in the next commit", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  std::latch all{100};
  std::function<void(int)> next = [&](int i) {
    s.submit({0, 0, {put("e", std::to_string(i))}}, [&, i](outcome) {
      if (i < 100)
        next(i + 1);
      all.count_down();
    });
  };
  next(1);
  all.wait();
  CHECK(value_of(s, 0, "e") == "100");
}

TEST_CASE_TEMPLATE("a commit without operations is answered in its turn", T,
                   ENGINES) {
  T engine;
  CHECK(write(engine.get(), {}) == outcome::ok);
}

TEST_CASE_TEMPLATE("rows come in the order of their bytes, whatever their kind",
                   T, ENGINES) {
  T engine;
  auto& s = engine.get();
  model expected;
  expected.apply(conformance::one_of_each_kind());
  REQUIRE(write(s, conformance::one_of_each_kind()) == outcome::ok);
  auto forward = rows(s);
  CHECK(forward == expected.rows());
  auto backwards = rows_backwards(s);
  std::reverse(backwards.begin(), backwards.end());
  CHECK(backwards == forward);
}

TEST_CASE_TEMPLATE("a scan holds its first bound and not its last", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  model expected;
  expected.apply(conformance::one_of_each_kind());
  REQUIRE(write(s, conformance::one_of_each_kind()) == outcome::ok);
  std::vector<std::string> bounds{"",  "e", "e1", "k",  "l",   "l2", "m",
                                  "o", "q", "r",  "q1", "q1a", "y2", "\xff"};
  for (const auto& from : bounds)
    for (const auto& to : bounds) {
      CAPTURE(from);
      CAPTURE(to);
      auto wanted = expected.rows(from, to);
      CHECK(rows(s, 0, from, to) == wanted);
      std::reverse(wanted.begin(), wanted.end());
      CHECK(rows_backwards(s, 0, from, to) == wanted);
    }
}

TEST_CASE_TEMPLATE("a scan ends when its visitor has enough", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("k", "1"), put("l", "2"), put("m", "3"), put("q", "4")})
          == outcome::ok);
  std::string seen;
  auto two = [&](std::string_view key, std::string_view) {
    seen += key;
    return seen.size() < 2;
  };
  REQUIRE(s.scan(0, "", "", two));
  CHECK(seen == "kl");
  seen.clear();
  REQUIRE(s.scan_backwards(0, "", "", two));
  CHECK(seen == "qm");
}

TEST_CASE_TEMPLATE("pages put together are the range, each within its bounds",
                   T, ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, conformance::one_of_each_kind()) == outcome::ok);
  model expected;
  expected.apply(conformance::one_of_each_kind());
  for (bool backwards : {false, true})
    for (auto most : {page_bounds{1}, page_bounds{3}, page_bounds{100, 1},
                      page_bounds{100, 60}, page_bounds{}}) {
      row_list seen;
      key_range left{"e", "\xff", backwards};
      std::string bound;
      for (bool more = true; more;) {
        auto part = s.read(0, left, most);
        REQUIRE(part);
        CHECK(part->size() <= most.rows);
        size_t bytes = 0;
        for (size_t i = 0; i < part->size(); ++i) {
          auto [key, value] = (*part)[i];
          CHECK((i == 0 || bytes < most.bytes));
          bytes += key.size() + value.size();
          seen.emplace_back(key, value);
        }
        more = part->next().has_value();
        bound = part->next().value_or("");
        (backwards ? left.to : left.from) = bound;
      }
      if (backwards)
        std::reverse(seen.begin(), seen.end());
      CHECK(seen == expected.rows("e", "\xff"));
    }
}

TEST_CASE_TEMPLATE("a page is of one moment, whatever kinds it holds", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("e", "0"), put("l", "0"), put("q", "0")})
          == outcome::ok);
  auto before = s.read(0, {}, {});
  REQUIRE(before);
  REQUIRE(write(s, {put("e", "1"), erase("l"), put("q", "1")}) == outcome::ok);
  REQUIRE(before->size() == 3);
  CHECK((*before)[1].key == "l");
  CHECK((*before)[2].value == "0");
  CHECK_FALSE(before->next());
}

TEST_CASE_TEMPLATE("a long range is visited whole, from either end", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  batch all;
  for (int i = 1000; i < 4000; ++i)
    all.push_back(put("e" + std::to_string(i), "x"));
  REQUIRE(write(s, all) == outcome::ok);
  auto forward = rows(s);
  CHECK(forward.size() == 3000);
  CHECK(std::is_sorted(forward.begin(), forward.end()));
  auto backwards = rows_backwards(s);
  std::reverse(backwards.begin(), backwards.end());
  CHECK(backwards == forward);
}

TEST_CASE_TEMPLATE("a visitor may read and write the store it visits", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("q1", "a"), put("q2", "b"), put("q3", "c")})
          == outcome::ok);
  std::string seen;
  auto visit = [&](std::string_view key, std::string_view value) {
    CHECK(write(s, {erase(std::string{key}), put("q9", "new")}) == outcome::ok);
    CHECK(value_of(s, 0, key) == std::nullopt);
    seen += value;
    return true;
  };
  REQUIRE(s.scan(0, "q", "r", visit));
  CHECK(seen == "abc");
  CHECK(rows(s) == row_list{{"q9", "new"}});
}

TEST_CASE_TEMPLATE("erasing a range takes its rows out of every kind", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  const std::pair<std::string, std::string> ranges[]
      = {{"e", "e1"}, {"l2", "q1"}, {"q", "q\xff"}, {"s", ""}, {"", ""}};
  for (const auto& [from, to] : ranges) {
    CAPTURE(from);
    CAPTURE(to);
    model expected;
    expected.apply(conformance::one_of_each_kind());
    REQUIRE(write(s, conformance::one_of_each_kind()) == outcome::ok);
    expected.apply({erase_range(from, to)});
    CHECK(write(s, {erase_range(from, to)}) == outcome::ok);
    CHECK(rows(s) == expected.rows());
  }
}

TEST_CASE_TEMPLATE("a range that ends before it begins erases nothing", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("q1", "a"), put("q2", "b")}) == outcome::ok);
  CHECK(write(s, {erase_range("q3", "q1"), erase_range("q1", "q1")})
        == outcome::ok);
  CHECK(rows(s).size() == 2);
  CHECK(write(s, {put("q3", "c")}) == outcome::ok);
}

TEST_CASE_TEMPLATE("shards do not see each other", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  for (uint32_t shard = 0; shard < T::shards; ++shard)
    REQUIRE(
        write(s, {put("e", std::to_string(shard)), put("\xff", "end")}, shard)
        == outcome::ok);
  CHECK(write(s, {erase_range("", "")}, 1) == outcome::ok);
  CHECK(rows(s, 0) == row_list{{"e", "0"}, {"\xff", "end"}});
  CHECK(rows(s, 1) == row_list{});
  CHECK(rows_backwards(s, 2) == row_list{{"\xff", "end"}, {"e", "2"}});
  CHECK(s.shards() == T::shards);
}

TEST_CASE_TEMPLATE("a shard that does not exist takes and holds nothing", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  CHECK(write(s, {put("e", "x")}, T::shards) == outcome::unavailable);
  auto row = s.get(T::shards, "e");
  REQUIRE_FALSE(row);
  CHECK(row.failure().code == errc::invalid);
  auto some = s.read(T::shards, {}, {});
  REQUIRE_FALSE(some);
  CHECK(some.failure().code == errc::invalid);
  auto epoch = s.acquire(T::shards, "node");
  REQUIRE_FALSE(epoch);
  CHECK(epoch.failure().code == errc::invalid);
  CHECK(write(s, {put("e", "x")}) == outcome::ok);
}

TEST_CASE_TEMPLATE("a commit that is too large is refused as a whole, and the "
                   "shard goes on [A2]",
                   T, ENGINES) {
  T engine;
  auto& s = engine.get();
  std::string large(T::commit_bytes_max, 'x');
  commit what{0, 0, {put("e1", "x"), put("e2", large)}};
  auto no = s.refusal(what);
  REQUIRE(no);
  CHECK(no->code == errc::too_large);
  CHECK(no->message.find("store.commit_mib_max") != std::string::npos);
  auto refused = write(s, what.operations);
  CHECK(refused == outcome::refused);
  CHECK_FALSE(refused.why().empty());
  CHECK(rows(s) == row_list{});
  what.operations = {put("e1", "x"), put("e2", large.substr(1'000))};
  CHECK_FALSE(s.refusal(what));
  CHECK(write(s, what.operations) == outcome::ok);
  CHECK(rows(s).size() == 2);
}

TEST_CASE_TEMPLATE("large commits keep their place among small ones", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  std::vector<int> answered;
  constexpr int count = 60;
  auto value = [](int i) {
    return std::to_string(i) + std::string(i % 3 == 0 ? 3 << 19 : 10, 'x');
  };
  for (int i = 0; i < count; ++i)
    s.submit({0, 0, {put("e", value(i)), put("q" + std::to_string(i), "x")}},
             [&, i](const outcome& x) {
               if (x == outcome::ok)
                 answered.push_back(i);
             });
  s.flush();
  REQUIRE(answered.size() == count);
  CHECK(std::ranges::is_sorted(answered));
  CHECK(value_of(s, 0, "e") == value(count - 1));
  CHECK(rows(s, 0, "q", "r").size() == count);
}

TEST_CASE_TEMPLATE("an earlier owner of a shard is fenced", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  auto first = s.acquire(1, "node a");
  REQUIRE(first);
  CHECK(write(s, {put("e", "a")}, 1, *first) == outcome::ok);
  auto second = s.acquire(1, "node b");
  REQUIRE(second);
  CHECK(*second > *first);
  CHECK(write(s, {put("e", "late"), put("q", "late")}, 1, *first)
        == outcome::fenced);
  CHECK(rows(s, 1) == row_list{{"e", "a"}});
  CHECK(write(s, {put("e", "b")}, 1, *second) == outcome::ok);
  CHECK(value_of(s, 1, "e") == "b");

  CHECK(write(s, {put("e", "x")}, 0, 0) == outcome::ok); // another shard
}

TEST_CASE_TEMPLATE("a fenced commit is answered in its turn", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  auto epoch = s.acquire(0, "node");
  REQUIRE(epoch);
  std::string answers;
  std::latch all{3};
  for (uint64_t e : {*epoch, *epoch - 1, *epoch})
    s.submit({0, e, {put("e", "x")}}, [&](outcome x) {
      answers += x == outcome::ok ? 'o' : x == outcome::fenced ? 'f' : 'u';
      all.count_down();
    });
  all.wait();
  CHECK(answers == "ofo");
}

TEST_CASE_TEMPLATE("rows and epochs survive a restart", T, ENGINES) {
  T engine;
  auto first = engine.get().acquire(2, "node");
  REQUIRE(first);
  auto operations = conformance::one_of_each_kind();
  REQUIRE(write(engine.get(), operations, 2, *first) == outcome::ok);
  REQUIRE(write(engine.get(), {erase("e"), erase_range("q", "r")}, 2, *first)
          == outcome::ok);
  auto before = rows(engine.get(), 2);

  engine.reopen();
  CHECK(rows(engine.get(), 2) == before);
  CHECK(write(engine.get(), {put("e", "x")}, 2, *first - 1) == outcome::fenced);
  CHECK(write(engine.get(), {put("e", "x")}, 2, *first) == outcome::ok);
  auto second = engine.get().acquire(2, "node");
  REQUIRE(second);
  CHECK(*second > *first);
}

TEST_CASE_TEMPLATE("everything handed in before a flush is there after it", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  std::latch all{1000};
  for (int i = 0; i < 1000; ++i)
    s.submit({0, 0, {put("e" + std::to_string(i), "x")}},
             [&](outcome) { all.count_down(); });
  s.flush();
  CHECK(rows(s).size() == 1000);
  all.wait();
}

TEST_CASE_TEMPLATE("values may be large and hold any byte", T, ENGINES) {
  T engine;
  std::string large(5 << 20, '\0');
  for (size_t i = 0; i < large.size(); ++i)
    large[i] = static_cast<char>(i * 31);
  CHECK(write(engine.get(), {put("e", large), put("q", "x")}) == outcome::ok);
  engine.reopen();
  CHECK((value_of(engine.get(), 0, "e") == large));
  CHECK(value_of(engine.get(), 0, "q") == "x");
}

TEST_CASE_TEMPLATE("any sequence of batches leaves what a plain map would hold",
                   T, ENGINES) {
  T engine;
  const auto seed = tutti::test::seed_or(20231123);
  CAPTURE(seed);
  std::mt19937 random{unsigned(seed)};
  auto pick = [&](auto n) { return random() % static_cast<unsigned>(n); };
  auto key = [&] {
    std::string_view kinds = "elmnoqty";
    return std::string(1, kinds[pick(kinds.size())]) + std::to_string(pick(20));
  };
  std::vector<model> expected(T::shards);
  for (int generation = 0; generation < 400; ++generation) {
    batch operations;
    for (auto n = pick(8) + 1; n > 0; --n)
      switch (pick(6)) {
        case 0:
          operations.push_back(erase(key()));
          break;
        case 1:
          operations.push_back(erase_range(key(), key()));
          break;
        default:
          operations.push_back(put(key(), std::to_string(random())));
      }
    auto shard = pick(T::shards);
    for (auto& x : operations) // the model has no opinion on reversed ranges
      if (x.what == operation::kind::erase_range && x.value < x.key)
        std::swap(x.key, x.value);
    expected[shard].apply(operations);
    REQUIRE(write(engine.get(), operations, shard) == outcome::ok);
    if (generation % 100 == 99)
      engine.reopen();
    REQUIRE(rows(engine.get(), shard) == expected[shard].rows());
  }
}

TEST_CASE_TEMPLATE("batches that wait together leave what they would leave one "
                   "after another",
                   T, ENGINES) {
  T engine;
  const auto seed = tutti::test::seed_or(20261201);
  CAPTURE(seed);
  std::mt19937 random{unsigned(seed)};
  auto pick = [&](auto n) { return random() % static_cast<unsigned>(n); };
  auto key = [&] {
    std::string_view kinds = "elmnoqty";
    return std::string(1, kinds[pick(kinds.size())]) + std::to_string(pick(20));
  };
  std::vector<model> expected(T::shards);
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 30; ++i) {
      batch operations;
      for (auto n = pick(4) + 1; n > 0; --n)
        if (auto what = pick(8); what == 0) {
          auto from = key(), to = key();
          operations.push_back(
              erase_range(std::min(from, to), std::max(from, to)));
        } else if (what <= 2) {
          operations.push_back(erase(key()));
        } else {
          operations.push_back(put(key(), std::to_string(random())));
        }
      auto shard = uint32_t(pick(T::shards));
      expected[shard].apply(operations);
      engine.get().submit({shard, 0, std::move(operations)}, {});
    }
    engine.get().flush();
    for (uint32_t shard = 0; shard < T::shards; ++shard)
      REQUIRE(rows(engine.get(), shard) == expected[shard].rows());
  }
}

#undef ENGINES

} // namespace tutti::storage::test
