#include "tests/reference/coverage.hpp"
#include "tests/reference/generator.hpp"
#include "tests/reference/shrink.hpp"
#include "tests/reference/trees.hpp"
#include "tests/reference/trial.hpp"

#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

using namespace tutti;
using namespace tutti::reference;

namespace {

constexpr uint64_t all_seeds = 20'000;

struct options {
  uint64_t from = 1, to = all_seeds;
  bool verbose = false, one = false;
  unsigned jobs = 2;
  std::set<std::string> without;
  bool operators = true, reruns_from_tasks = true, counts = false;
};

coverage reached;
std::mutex reaching;

/// "" or the difference.
std::string run(uint64_t seed, bool verbose, const options& o) {
  auto keep = o.verbose;
  auto plan = generator(seed, o.without).plan();
  tree_runner trees(plan);
  trial t(plan, seed, trees);
  t.print = verbose && keep;
  t.operators = o.operators;
  t.reruns_from_tasks = o.reruns_from_tasks;
  auto trouble = t.play();
  if (o.counts) {
    std::lock_guard lock(reaching);
    count(t.played(), reached);
  }
  if (verbose && !trouble.empty()) {
    auto small = shrink({plan, t.inputs()}, seed, trees);
    std::cout << "------ the smallest that still differs\n"
              << small.plan.dump(1) << "\n";
    trial again(small.plan, seed, trees);
    again.print = true;
    trouble = again.replay(small.inputs);
  }
  return trouble;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    auto number = [&] { return std::stoull(i + 1 < argc ? argv[++i] : "0"); };
    if (arg == "--seed")
      o.from = o.to = number(), o.one = true;
    else if (arg == "--from")
      o.from = number();
    else if (arg == "--to")
      o.to = number();
    else if (arg == "--jobs")
      o.jobs = unsigned(number());
    else if (arg == "--without")
      o.without.insert(i + 1 < argc ? argv[++i] : "");
    else if (arg == "--no-reruns-from-tasks")
      o.reruns_from_tasks = false;
    else if (arg == "--no-operators")
      o.operators = false;
    else if (arg == "--counts")
      o.counts = true;
    else if (arg == "--verbose")
      o.verbose = true;
    else {
      std::cerr << "random_tests [--seed N [--verbose]] [--from N] [--to N] "
                   "[--jobs N] [--without TYPE]... [--no-operators] "
                   "[--no-reruns-from-tasks] "
                   "[--counts]\n";
      return 2;
    }
  }
  std::atomic<uint64_t> next = o.from, wrong = 0;
  std::mutex out;
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < o.jobs; ++i)
    workers.emplace_back([&] {
      while (true) {
        auto seed = next++;
        if (seed > o.to || wrong > 20)
          return;
        std::string trouble;
        try {
          trouble = run(seed, o.one, o);
        } catch (const std::exception& e) {
          trouble = std::string("exception: ") + e.what();
        }
        if (trouble.empty())
          continue;
        ++wrong;
        std::lock_guard lock(out);
        std::cout << "seed " << seed << ": " << trouble
                  << "\n  replay: random_tests --seed " << seed
                  << " --verbose\n";
      }
    });
  workers.clear();
  for (auto& [what, times] : reached)
    std::cout << times << "  " << what << "\n";
  std::cout << o.to - o.from + 1 << " seeds, " << wrong << " differ\n";
  return wrong == 0 ? 0 : 1;
}
