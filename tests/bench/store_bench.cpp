// Durable commits per second of the RocksDB engine and what each costs.
//
//   store_bench [directory] [seconds per case] [clients]
//
// Clients work in a closed loop: an answered commit makes its client hand in
// the next one, from a few threads that stand for the workers of the actors.

#include "storage/rocksdb/rocksdb_store.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

namespace {

using namespace tutti::storage;
using steady = std::chrono::steady_clock;

constexpr uint32_t shards = 16;
constexpr int workers = 2;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](timeval x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Half of it compresses, as JSON would.
std::string payload(size_t bytes, uint64_t seed) {
  std::string out(bytes, 'x');
  for (size_t i = 0; i < bytes / 2; ++i) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    out[i] = static_cast<char>(seed >> 56);
  }
  return out;
}

uint64_t scrambled(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

std::string text(char kind, uint64_t a, uint64_t b) {
  char out[64];
  std::snprintf(out, sizeof(out), "%c%016llx%016llx", kind,
                static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b));
  return out;
}

/// How a workflow is named: as random as a UUID 4, or by time as a UUID 7.
std::string random_id(char kind, size_t client, uint64_t n) {
  auto x = scrambled(client << 40 | n);
  return text(kind, x, scrambled(x));
}

std::string timed_id(char kind, size_t client, uint64_t n) {
  return text(kind, n, scrambled(client << 40 | n));
}

using make_id = std::string (*)(char kind, size_t client, uint64_t n);

batch one_row(size_t client, uint64_t n) {
  return {{operation::kind::put, random_id('e', client, n), payload(1024, n)}};
}

/// Two commits for each workflow of one step: its start and its end.
template <make_id id>
batch workflow(size_t client, uint64_t n) {
  using enum operation::kind;
  auto name = n / 2;
  auto event = id('e', client, name);
  if (n % 2 == 0)
    return {{put, event + "0001", payload(600, n)},
            {put, text('q', n, client), payload(80, n)},
            {put, text('t', n + 60000, client), payload(24, n)},
            {put, id('r', client, name), payload(40, n)}};
  return {{put, event + "0002", payload(300, n)},
          {put, id('s', client, name), payload(600, n)},
          {erase, text('q', n - 1, client), {}},
          {erase, text('t', n - 1 + 60000, client), {}},
          {erase, id('r', client, name), {}}};
}

class clients {
 public:
  clients(store& to, size_t count, batch (*work)(size_t, uint64_t))
      : to_(to), work_(work), commits_(count), since_(count) {
    for (size_t i = 0; i < count; ++i)
      turn_.push_back(i);
  }

  void run(std::chrono::duration<double> how_long) {
    auto end = steady::now()
               + std::chrono::duration_cast<steady::duration>(how_long);
    std::vector<std::thread> threads;
    for (int i = 0; i < workers; ++i)
      threads.emplace_back([&] { loop(end); });
    for (auto& x : threads)
      x.join();
    to_.flush();
  }

  uint64_t commits() const {
    uint64_t sum = 0;
    for (auto x : commits_)
      sum += x;
    return sum;
  }

  double latency_ms(double part) {
    if (latencies_.empty())
      return 0;
    auto at = latencies_.begin()
              + static_cast<long>(part
                                  * static_cast<double>(latencies_.size() - 1));
    std::nth_element(latencies_.begin(), at, latencies_.end());
    return *at;
  }

 private:
  void loop(steady::time_point end) {
    std::vector<size_t> mine;
    while (steady::now() < end) {
      {
        std::unique_lock lock{mutex_};
        ++asleep_;
        ready_.wait_until(lock, end, [&] { return !turn_.empty(); });
        --asleep_;
        auto n = std::min<size_t>(turn_.size(), 32);
        mine.assign(turn_.end() - static_cast<long>(n), turn_.end());
        turn_.resize(turn_.size() - n);
      }
      for (auto i : mine) {
        since_[i] = steady::now();
        to_.submit(
            {static_cast<uint32_t>(i % shards), 0, work_(i, commits_[i])},
            [this, i](outcome x) { finished(i, x); });
      }
    }
  }

  void finished(size_t i, outcome x) {
    if (x != outcome::ok)
      std::abort();
    ++commits_[i];
    latencies_.push_back(
        std::chrono::duration<double, std::milli>(steady::now() - since_[i])
            .count());
    std::unique_lock lock{mutex_};
    turn_.push_back(i);
    // One more worker for every few clients, as a scheduler of actors would.
    if (asleep_ > 0 && turn_.size() % 16 == 1) {
      lock.unlock();
      ready_.notify_one();
    }
  }

  store& to_;
  batch (*work_)(size_t, uint64_t);
  std::mutex mutex_;
  std::condition_variable ready_;
  int asleep_ = 0;
  std::vector<size_t> turn_;
  std::vector<uint64_t> commits_;
  std::vector<steady::time_point> since_;
  std::vector<double> latencies_; ///< of the writer thread only
};

void measure(const std::string& directory, const char* name, size_t count,
             batch (*work)(size_t, uint64_t), double seconds) {
  std::filesystem::remove_all(directory);
  auto opened = rocksdb_store::open(directory, {.shards = shards});
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.failure().message.c_str());
    std::exit(1);
  }
  auto& s = **opened;
  clients all{s, count, work};
  auto cpu = cpu_seconds();
  auto begin = steady::now();
  all.run(std::chrono::duration<double>{seconds});
  auto elapsed = std::chrono::duration<double>(steady::now() - begin).count();
  cpu = cpu_seconds() - cpu;
  auto commits = static_cast<double>(all.commits());
  auto figures = s.statistics();
  std::printf("%-22s %4zu clients %9.0f commits/s %6.1f us CPU each "
              "%6.1f per group  p50 %6.2f ms  p99 %6.2f ms\n",
              name, count, commits / elapsed, cpu * 1e6 / commits,
              figures.commits_per_group(), all.latency_ms(0.5),
              all.latency_ms(0.99));
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  auto root
      = argc > 1 ? std::filesystem::path{argv[1]}
                 : std::filesystem::temp_directory_path() / "tutti-store-bench";
  auto seconds = argc > 2 ? std::atof(argv[2]) : 5.0;
  auto directory = (root / "store").string();
  std::vector<size_t> counts{1, 64, 256};
  if (argc > 3)
    counts = {static_cast<size_t>(std::max(1, std::atoi(argv[3])))};
  for (auto count : counts) {
    measure(directory, "1 KB row", count, one_row, seconds);
    measure(directory, "workflow", count, workflow<random_id>, seconds);
    measure(directory, "workflow, ids by time", count, workflow<timed_id>,
            seconds);
  }
  std::filesystem::remove_all(directory);
}
