// What only the RocksDB engine promises: what it refuses to open, where rows
// go, how it fails.

#include "tests/unit/storage/engines.hpp"

#include <rocksdb/db.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <latch>
#include <random>
#include <thread>

namespace tutti::storage::test {

namespace rocksdb_cases {

const std::vector<std::string> families{"default", "queue", "history"};

std::unique_ptr<rocksdb_store> open(const std::string& path,
                                    uint32_t shards = 3) {
  auto opened = rocksdb_store::open(path, {.shards = shards});
  REQUIRE_MESSAGE(opened, opened.failure().message);
  return *std::move(opened);
}

/// The sentence with which a directory is refused.
std::string refusal(const std::string& path, uint32_t shards = 3) {
  auto opened = rocksdb_store::open(path, {.shards = shards});
  if (opened)
    return "it was opened";
  CHECK(opened.failure().message.find(path) != std::string::npos);
  return opened.failure().message;
}

bool says(const std::string& sentence, std::string_view part) {
  INFO(sentence);
  CHECK(sentence.find(part) != std::string::npos);
  return sentence.find(part) != std::string::npos;
}

/// A directory as RocksDB itself sees it.
struct raw_database {
  raw_database(const std::string& path, const std::vector<std::string>& names) {
    std::vector<rocksdb::ColumnFamilyDescriptor> all;
    for (const auto& x : names)
      all.emplace_back(x, rocksdb::ColumnFamilyOptions{});
    rocksdb::DBOptions options;
    options.create_if_missing = options.create_missing_column_families = true;
    rocksdb::DB* opened = nullptr;
    auto status = rocksdb::DB::Open(options, path, all, &handles, &opened);
    REQUIRE_MESSAGE(status.ok(), status.ToString());
    db.reset(opened);
  }
  ~raw_database() {
    for (auto* x : handles)
      db->DestroyColumnFamilyHandle(x);
  }

  /// Keys of a family in shard 0, without the shard.
  std::string keys(size_t in) {
    std::string out;
    std::unique_ptr<rocksdb::Iterator> at{db->NewIterator({}, handles[in])};
    for (at->SeekToFirst(); at->Valid(); at->Next())
      if (at->key().starts_with(rocksdb::Slice{"\0\0", 2}))
        out += at->key().ToString().substr(2);
    return out;
  }

  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
};

std::string newest_log(const std::string& directory) {
  std::string out;
  for (const auto& x : std::filesystem::directory_iterator{directory})
    if (x.path().extension() == ".log")
      out = std::max(out, x.path().string());
  REQUIRE(!out.empty());
  return out;
}

TEST_CASE("a store is not opened with another number of shards") {
  temporary_directory dir;
  write(*open(dir.path(), 16), {put("e", "x")});
  says(refusal(dir.path(), 17), "made with 16 shards and is asked for with 17");
  CHECK(value_of(*open(dir.path(), 16), 0, "e") == "x");
}

TEST_CASE("a store has a number of shards that fits two bytes") {
  temporary_directory dir;
  says(refusal(dir.path(), 0), "1 to 65535 shards, not 0");
  says(refusal(dir.path(), 65536), "1 to 65535 shards, not 65536");
}

TEST_CASE("the last possible shard ends before the store's own rows") {
  temporary_directory dir;
  auto s = open(dir.path(), 65535);
  REQUIRE(s->acquire(65534, "node"));
  CHECK(write(*s, {put("\xff\xff", "x")}, 65534, 1) == outcome::ok);
  CHECK(rows(*s, 65534).size() == 1);
  CHECK(write(*s, {erase_range("", "")}, 65534, 1) == outcome::ok);
  s.reset();
  s = open(dir.path(), 65535);
  CHECK(rows(*s, 65534).empty());
  CHECK(write(*s, {put("e", "x")}, 65534, 0) == outcome::fenced);
}

TEST_CASE("a store of a newer format is not opened") {
  temporary_directory dir;
  open(dir.path()).reset();
  {
    raw_database raw{dir.path(), families};
    raw.db->Put({},
                "\xff\xff"
                "F",
                rocksdb::Slice{"TUTTI\0\2\0\3 more", 14});
  }
  says(refusal(dir.path()), "format 2 and this version of Tutti reads formats "
                            "up to 1");
}

TEST_CASE("a store with a family from the future is left as it is") {
  temporary_directory dir;
  raw_database{dir.path(), {"default", "queue", "attachments"}};
  says(refusal(dir.path()), "column family 'attachments'");
}

TEST_CASE("a database of another program is not opened") {
  temporary_directory dir;
  {
    raw_database raw{dir.path(), {"default"}};
    raw.db->Put({}, "key", "value");
  }
  says(refusal(dir.path()), "not a store of Tutti");
}

TEST_CASE("a damaged format record is refused") {
  temporary_directory dir;
  open(dir.path()).reset();
  {
    raw_database raw{dir.path(), families};
    raw.db->Put({},
                "\xff\xff"
                "F",
                "something else");
  }
  says(refusal(dir.path()), "format record is not one of Tutti's");
}

TEST_CASE("a directory serves one process at a time") {
  temporary_directory dir;
  SUBCASE("the same process") {
    auto first = open(dir.path());
    says(refusal(dir.path()), "in use by another process");
  }
  SUBCASE("another process") {
    open(dir.path()).reset();
    int locked[2];
    REQUIRE(pipe(locked) == 0);
    auto child = fork();
    if (child == 0) { // only system calls: other threads are not here
      int file = ::open((dir.path() + "/LOCK").c_str(), O_RDWR);
      struct flock all {};
      all.l_type = F_WRLCK;
      char answer = fcntl(file, F_SETLK, &all) == 0 ? 'y' : 'n';
      if (::write(locked[1], &answer, 1) == 1)
        pause();
      _exit(0);
    }
    char answer = 0;
    REQUIRE(::read(locked[0], &answer, 1) == 1);
    CHECK(answer == 'y');
    says(refusal(dir.path()), "in use by another process");
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(locked[0]);
    close(locked[1]);
    open(dir.path());
  }
}

TEST_CASE("a path that cannot be a directory is refused") {
  temporary_directory dir;
  auto file = dir.path() + "/file";
  std::ofstream{file} << "x";
  says(refusal(file), file);
  says(refusal(file + "/below"), "directory cannot be made");
}

TEST_CASE("rows live in the family of their kind") {
  temporary_directory dir;
  batch all;
  for (std::string kind :
       {"d", "e", "i", "l", "m", "n", "o", "q", "r", "s", "t", "y"})
    all.push_back(put(kind, "x"));
  write(*open(dir.path()), all);
  raw_database raw{dir.path(), families};
  CHECK(raw.keys(0) == "deimnrs");
  CHECK(raw.keys(1) == "oqty");
  CHECK(raw.keys(2) == "l");
}

TEST_CASE("a torn tail of the log costs what was not yet answered") {
  temporary_directory dir;
  auto s = open(dir.path());
  REQUIRE(write(*s, {put("e1", "x"), put("q1", "x")}) == outcome::ok);
  auto log = newest_log(dir.path());
  auto answered = std::filesystem::file_size(log);
  REQUIRE(write(*s, {put("e2", "x"), put("q2", "x")}) == outcome::ok);
  auto whole = std::filesystem::file_size(log);
  // A copy stands for the disk at the moment the power went.
  temporary_directory after;
  for (auto bytes :
       {answered, answered + 1, (answered + whole) / 2, whole - 1}) {
    CAPTURE(bytes);
    auto path = after.path() + "/" + std::to_string(bytes);
    std::filesystem::copy(dir.path(), path);
    std::filesystem::resize_file(newest_log(path), bytes);
    auto recovered = open(path);
    CHECK(rows(*recovered) == row_list{{"e1", "x"}, {"q1", "x"}});
    CHECK(write(*recovered, {put("e3", "x")}) == outcome::ok);
  }
}

TEST_CASE("a submitter who has no memory for the answer gets it later [A11]") {
  temporary_directory dir;
  auto s = open(dir.path());
  std::promise<int> answered;
  int calls = 0;
  s->submit({0, 0, {put("e1", "x")}}, [&](const outcome& x) {
    if (++calls < 3)
      throw std::bad_alloc();
    answered.set_value(x == outcome::ok ? calls : 0);
  });
  CHECK(answered.get_future().get() == 3);
  CHECK(write(*s, {put("e2", "x")}) == outcome::ok);
}

TEST_CASE("a store whose write failed takes no more commits") {
  temporary_directory dir;
  auto s = open(dir.path());
  REQUIRE(write(*s, {put("e1", "x")}) == outcome::ok);
  // A file size limit stands for a full disk.
  auto before = signal(SIGXFSZ, SIG_IGN);
  rlimit whole{};
  getrlimit(RLIMIT_FSIZE, &whole);
  auto little = whole;
  little.rlim_cur = 64 << 10;
  setrlimit(RLIMIT_FSIZE, &little);
  auto large = write(*s, {put("e2", std::string(1 << 20, 'x'))});
  setrlimit(RLIMIT_FSIZE, &whole);
  signal(SIGXFSZ, before);
  CHECK(large == outcome::unavailable);
  // The system's words, the directory and the file [B11].
  says(large.why(), dir.path() + "'");
  says(large.why(), ".log");
  says(large.why(), "File too large");
  says(why_shard_failed(2, large), "shard 2 cannot write: the store in '");

  CHECK(write(*s, {put("e3", "x")}) == outcome::unavailable);
  auto epoch = s->acquire(0, "node");
  REQUIRE_FALSE(epoch);
  CHECK(epoch.failure().code == errc::unavailable);
  s->flush();
  says(s->statistics().failure, "cannot be written");
  CHECK(value_of(*s, 0, "e1") == "x");

  s.reset();
  s = open(dir.path());
  CHECK(rows(*s) == row_list{{"e1", "x"}});
  CHECK(write(*s, {put("e3", "x")}) == outcome::ok);
}

/// Compressing it makes it no smaller.
std::string noise_of(size_t bytes) {
  std::string noise(bytes, '\0');
  std::mt19937 random{5};
  for (auto& x : noise)
    x = static_cast<char>(random());
  return noise;
}

std::filesystem::path largest_file(const std::string& directory) {
  std::filesystem::path out;
  for (auto& x : std::filesystem::directory_iterator(directory))
    if (x.path().extension() == ".sst"
        && (out.empty() || x.file_size() > file_size(out)))
      out = x.path();
  REQUIRE(!out.empty());
  return out;
}

void damage(const std::filesystem::path& what) {
  std::fstream file{what, std::ios::binary | std::ios::in | std::ios::out};
  file.seekp(50'000);
  file.write("damage", 6);
}

TEST_CASE(
    "a damaged file that is to be merged ends no writes, and is told once "
    "[B10]") {
  temporary_directory dir;
  auto noise = noise_of(100'000);
  // Each start makes a file of the log; four are merged.
  for (auto* key : {"e1", "e2", "e3"})
    REQUIRE(write(*open(dir.path()), {put(key, noise)}) == outcome::ok);
  damage(largest_file(dir.path()));
  std::promise<std::string> told;
  std::atomic<int> times = 0;
  auto s = rocksdb_store::open(dir.path(),
                               {.shards = 3, .told = [&](const std::string& x) {
                                  if (times++ == 0)
                                    told.set_value(x);
                                }});
  REQUIRE(s);
  REQUIRE(write(**s, {put("e4", noise)}) == outcome::ok);
  s->reset();
  s = rocksdb_store::open(dir.path(),
                          {.shards = 3, .told = [&](const std::string& x) {
                             if (times++ == 0)
                               told.set_value(x);
                           }});
  REQUIRE(s);
  auto sentence = told.get_future();
  REQUIRE(sentence.wait_for(std::chrono::seconds(20))
          == std::future_status::ready);
  says(sentence.get(), ".sst");
  for (int i = 0; i < 100; ++i)
    REQUIRE(write(**s, {put("q" + std::to_string(i), "x")}) == outcome::ok);
  CHECK((*s)->damage().size() == 1);
  CHECK((*s)->statistics().failure.empty());
  int whole = 0;
  for (auto* key : {"e1", "e2", "e3", "e4"})
    whole += (*s)->get(0, key) ? 1 : 0;
  CHECK(whole == 3);
}

TEST_CASE("no flipped byte of a file makes a row vanish without a word [B10]") {
  temporary_directory dir;
  constexpr int count = 60;
  auto key = [](int i) { return "e" + std::to_string(100 + i); };
  {
    auto s = open(dir.path());
    for (int i = 0; i < count; ++i)
      REQUIRE(write(*s, {put(key(i), noise_of(200 + size_t(i)))})
              == outcome::ok);
  }
  open(dir.path()); // moves the rows from the log into a file
  auto file = largest_file(dir.path());
  int told = 0, vanished = 0;
  for (uint64_t at = 3; at < file_size(file); at += 173) {
    CAPTURE(at);
    auto flip = [&] {
      std::fstream f{file, std::ios::binary | std::ios::in | std::ios::out};
      f.seekg(std::streamoff(at));
      auto x = char(f.get());
      f.seekp(std::streamoff(at));
      f.put(char(x ^ 1));
    };
    flip();
    if (auto s = rocksdb_store::open(dir.path(), {.shards = 3}); !s) {
      ++told;
    } else {
      for (int i = 0; i < count; ++i) {
        auto row = (*s)->get(0, key(i));
        if (!row)
          ++told;
        else if (!*row || **row != noise_of(200 + size_t(i)))
          ++vanished;
      }
      auto all = (*s)->read(0, {"e", "f"}, {});
      told += all ? 0 : 1;
      vanished += all && all->size() != count ? 1 : 0;
    }
    flip();
  }
  CHECK(vanished == 0);
  CHECK(told > 0);
}

TEST_CASE("a damaged file fails the reads that need it, and no others [B10]") {
  temporary_directory dir;
  auto noise = noise_of(100'000);
  REQUIRE(write(*open(dir.path()), {put("l1", noise), put("e1", "x")})
          == outcome::ok);
  open(dir.path()); // moves the rows from the log into files
  damage(largest_file(dir.path()));

  auto s = open(dir.path());
  auto row = s->get(0, "l1");
  REQUIRE_FALSE(row);
  CHECK(row.failure().code == errc::internal);
  says(row.failure().message, dir.path());
  says(row.failure().message, ".sst");
  int seen = 0;
  auto visited = s->scan(0, "l", "m", [&](auto, auto) { return ++seen > 0; });
  REQUIRE_FALSE(visited);
  CHECK(visited.failure().code == errc::internal);
  CHECK(seen == 0);
  // The rest works.
  CHECK(value_of(*s, 0, "e1") == "x");
  CHECK(write(*s, {put("q1", "z")}) == outcome::ok);
  CHECK(value_of(*s, 0, "q1") == "z");
  CHECK(s->statistics().failure.empty());
}

TEST_CASE("commits that wait together are written together") {
  temporary_directory dir;
  auto s = open(dir.path());
  std::latch all{2000};
  for (int i = 0; i < 2000; ++i)
    s->submit({0, 0, {put("e" + std::to_string(i), "x")}},
              [&](outcome) { all.count_down(); });
  all.wait();
  auto figures = s->statistics();
  CHECK(figures.commits == 2000);
  CHECK(figures.groups < 1000);
  CHECK(figures.groups > 0);
  CHECK(figures.bytes_written > 2000 * 5);
  CHECK(figures.bytes_on_disk > 2000 * 5);
  CHECK(figures.bytes_waiting == 0);
}

TEST_CASE("a group is closed when it is full") {
  temporary_directory dir;
  auto opened = rocksdb_store::open(dir.path(),
                                    {.shards = 1, .group_bytes_max = 64 << 10});
  REQUIRE(opened);
  auto& s = **opened;
  std::latch all{100};
  for (int i = 0; i < 100; ++i)
    s.submit({0, 0, {put("e" + std::to_string(i), std::string(16384, 'x'))}},
             [&](outcome) { all.count_down(); });
  all.wait();
  CHECK(s.statistics().groups >= 25);
}

TEST_CASE("the space of what was erased comes back when its range is "
          "compacted, and the rest stays") {
  temporary_directory dir;
  auto s = open(dir.path());
  std::mt19937_64 random(7);
  auto noise = [&] {
    std::string out(4'096, ' ');
    for (auto& c : out)
      c = char(random());
    return out;
  };
  for (uint32_t shard : {0u, 1u})
    for (char kind : {'e', 'l'}) {
      batch rows;
      for (int i = 0; i < 1'000; ++i)
        rows.push_back(put(kind + std::to_string(i), noise()));
      write(*s, std::move(rows), shard);
    }
  auto compacted = [&](uint32_t shard) {
    std::promise<result<done>> told;
    s->compact(shard, {}, {}, [&](result<done> x) { told.set_value(x); });
    return bool(told.get_future().get());
  };
  // Files that are not needed any more are gone when it is closed.
  auto bytes_of_files = [&] {
    s.reset();
    uintmax_t out = 0;
    for (const auto& x : std::filesystem::directory_iterator{dir.path()})
      if (x.path().extension() == ".sst")
        out += x.file_size();
    s = open(dir.path());
    return out;
  };
  CHECK(compacted(0));
  CHECK(compacted(1));
  auto full = bytes_of_files();
  CHECK(full > 15'000'000);
  write(*s, {erase_range("e", "m")}, 0);
  CHECK(compacted(0));
  auto left = bytes_of_files();
  CHECK(left < full / 2 + 1'000'000);
  CHECK(rows(*s, 0).empty());
  CHECK(rows(*s, 1).size() == 2'000);
  CHECK_FALSE(compacted(9));
}

TEST_CASE("each durable commit counts with its time, and each write with its "
          "commits") {
  temporary_directory dir;
  auto figures = std::make_shared<commit_figures>();
  auto opened
      = rocksdb_store::open(dir.path(), {.shards = 3, .figures = figures});
  REQUIRE(opened);
  auto epoch = (*opened)->acquire(0, "test");
  REQUIRE(epoch);
  for (int i = 0; i < 200; ++i)
    (*opened)->submit({0, *epoch, {put("e" + std::to_string(i), "x")}}, {});
  // Not durable, so not counted: of an owner that lost the shard.
  (*opened)->submit({0, *epoch - 1, {put("e", "x")}}, {});
  (*opened)->flush();
  auto seconds = figures->seconds.read();
  auto writes = figures->per_write.read();
  CHECK(seconds.count() == 200);
  CHECK(seconds.sum > 0);
  CHECK(writes.sum == 200);
  CHECK(writes.count() >= 1);
  CHECK(writes.count() <= 200);
}

TEST_CASE("what waits is written when the store is closed") {
  temporary_directory dir;
  std::atomic<int> answered{0};
  auto s = open(dir.path());
  for (int i = 0; i < 500; ++i)
    s->submit({0, 0, {put("e" + std::to_string(i), "x")}},
              [&](outcome x) { answered += x == outcome::ok; });
  s.reset();
  CHECK(answered == 500);
  CHECK(rows(*open(dir.path())).size() == 500);
}

} // namespace rocksdb_cases

} // namespace tutti::storage::test
