// What a damaged write-ahead log costs, and that nobody loses it in silence.

#include "storage/keys.hpp"
#include "storage/rocksdb/crc32c.hpp"
#include "storage/rocksdb/log_check.hpp"
#include "tests/unit/storage/engines.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

namespace tutti::storage::test {

namespace log_cases {

namespace fs = std::filesystem;

constexpr int groups = 200;

std::string id_of(int n) { return "execution-" + std::to_string(n); }

/// A store whose log holds `groups` commits, one in each group, and is closed.
void write_groups(const std::string& directory, size_t bytes = 300) {
  auto s = rocksdb_store::open(directory, {.shards = 1});
  REQUIRE(s);
  std::mt19937 random{7};
  for (int i = 0; i < groups; ++i) {
    std::string noise(bytes, '\0');
    std::ranges::generate(noise, [&] { return char(random()); });
    REQUIRE(write(**s, {put(keys::event(id_of(i), 1), noise)}) == outcome::ok);
  }
}

std::string newest_log(const std::string& directory) {
  return logs_of(directory, 0).back().second;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

void flip(const std::string& file, uint64_t at) {
  std::fstream f{file, std::ios::binary | std::ios::in | std::ios::out};
  f.seekg(std::streamoff(at));
  auto x = char(f.get());
  f.seekp(std::streamoff(at));
  f.put(char(x ^ 0x10));
}

size_t executions(const store& s) { return rows(s, 0, "e", "f").size(); }

std::string why_not(const std::string& directory) {
  auto s = rocksdb_store::open(directory, {.shards = 1});
  return s ? "" : s.failure().message;
}

TEST_CASE("checksums are those of the standard") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("") == 0);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
}

TEST_CASE("a log that is damaged before whole records is refused, with file "
          "and offset [B9]") {
  temporary_directory dir;
  write_groups(dir.path());
  auto log = newest_log(dir.path());
  auto size = fs::file_size(log);
  REQUIRE_FALSE(*find_log_damage(dir.path(), 0, {}));
  flip(log, size / 2);
  auto damage = find_log_damage(dir.path(), 0, {});
  REQUIRE(damage);
  REQUIRE(*damage);
  CHECK((*damage)->file == log);
  CHECK((*damage)->offset <= size / 2);
  CHECK((*damage)->offset > size / 2 - 1000);

  auto why = why_not(dir.path());
  INFO(why);
  CHECK(why.find(log) != std::string::npos);
  CHECK(why.find("byte " + std::to_string((*damage)->offset))
        != std::string::npos);
  CHECK(why.find("--accept-loss") != std::string::npos);
  // Nothing was changed by that.
  CHECK(why_not(dir.path()) == why);
}

TEST_CASE("who accepts the loss is told what it is, and goes on [B9]") {
  temporary_directory dir;
  write_groups(dir.path());
  auto log = newest_log(dir.path());
  auto whole = text_of(log);
  flip(log, fs::file_size(log) / 2);
  std::vector<std::string> told;
  auto s = rocksdb_store::open(
      dir.path(), {.shards = 1,
                   .accept_loss = true,
                   .told = [&](const std::string& x) { told.push_back(x); }});
  REQUIRE_MESSAGE(s, s.failure().message);
  auto kept = executions(**s);
  CHECK(kept > groups / 3);
  CHECK(kept < groups * 2 / 3);
  REQUIRE(told.size() == 1);
  INFO(told[0]);
  CHECK(told[0].find("lost-1") != std::string::npos);
  auto list = text_of(fs::path(dir.path()) / "lost-1/lost.txt");
  // All but the damaged one, which cannot be read.
  for (int i = int(kept) + 1; i < groups; ++i)
    CHECK(list.find("execution " + id_of(i) + ": lost as a whole")
          != std::string::npos);
  CHECK(list.find(id_of(int(kept) - 1) + ":") == std::string::npos);
  CHECK(
      fs::file_size(fs::path(dir.path()) / "lost-1" / fs::path(log).filename())
      == whole.size());
  CHECK(write(**s, {put("e", "x")}) == outcome::ok);
  s->reset();
  CHECK(why_not(dir.path()).empty());
}

TEST_CASE("a torn tail is fine, wherever it is torn [B9]") {
  temporary_directory dir;
  write_groups(dir.path(), 40'000); // records of several blocks
  auto log = newest_log(dir.path());
  auto size = fs::file_size(log);
  for (uint64_t missing : {1u, 100u, 7'000u, 33'000u, 39'999u}) {
    CAPTURE(missing);
    fs::resize_file(log, size - missing);
    CHECK_FALSE(*find_log_damage(dir.path(), 0, {}));
  }
  // Sectors of the last group that were not written, and a later one that was.
  fs::resize_file(log, size);
  std::fstream f{log, std::ios::binary | std::ios::in | std::ios::out};
  f.seekp(std::streamoff(size - 39'000));
  f.write(std::string(512, '\0').data(), 512);
  f.close();
  CHECK_FALSE(*find_log_damage(dir.path(), 0, {}));
  auto s = rocksdb_store::open(dir.path(), {.shards = 1});
  REQUIRE(s);
  CHECK(executions(**s) == groups - 1);
}

TEST_CASE("every flipped byte before the last group is found [B9]") {
  temporary_directory dir;
  write_groups(dir.path(), 700);
  auto log = newest_log(dir.path());
  auto size = fs::file_size(log);
  std::mt19937 random{11};
  for (int i = 0; i < 300; ++i) {
    // Up to the blocks' trailers, which hold nothing.
    auto at = random() % (size - 2'000);
    CAPTURE(at);
    if (32'768 - at % 32'768 <= 7)
      continue;
    flip(log, at);
    CHECK(*find_log_damage(dir.path(), 0, {}));
    flip(log, at);
  }
  CHECK_FALSE(*find_log_damage(dir.path(), 0, {}));
}

TEST_CASE("a log that nobody needs any more may be torn [B9]") {
  temporary_directory dir;
  write_groups(dir.path());
  auto old = newest_log(dir.path());
  auto bytes = text_of(old);
  {
    auto s = rocksdb_store::open(dir.path(), {.shards = 1}); // into files
    REQUIRE(s);
    REQUIRE(write(**s, {put("e", "x")}) == outcome::ok);
  }
  REQUIRE_FALSE(fs::exists(old));
  std::ofstream(old, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  REQUIRE(*find_log_damage(dir.path(), 0, {}));
  CHECK(why_not(dir.path()).empty());
}

} // namespace log_cases

} // namespace tutti::storage::test
