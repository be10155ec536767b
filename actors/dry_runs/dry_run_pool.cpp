#include "actors/dry_runs/dry_run_pool.hpp"

#include "actors/evaluators/script_process.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/model/memory/memory_account.hpp"
#include "messages/model/threads/background.hpp"

#include <algorithm>
#include <utility>

namespace tutti {

namespace dry_run_pool_detail {

/// A dry run holds its executions, with what they write, and its report.
constexpr size_t copies = 3;

failure leaving() { return {errc::unavailable, "the node is stopping"}; }

} // namespace dry_run_pool_detail

dry_run_pool::dry_run_pool(dry_run_pool_settings settings,
                           dry_run_pool_ports ports)
    : settings_(std::move(settings)), ports_(std::move(ports)) {}

dry_run_pool::~dry_run_pool() { stop(); }

void dry_run_pool::test(envelope<test_workflow> what) {
  auto done = what.done;
  auto refused = [&]() -> std::optional<failure> {
    std::lock_guard guard{mutex_};
    if (stopping_)
      return dry_run_pool_detail::leaving();
    if (waiting_.size() >= settings_.waiting_max)
      return failure{errc::too_many,
                     "too many dry runs wait for their turn, try again"};
    waiting_.push_back(std::move(what));
    if (idle_ < waiting_.size() && threads_.size() < settings_.parallel)
      threads_.emplace_back([this] { work(); });
    return std::nullopt;
  }();
  if (refused)
    done(std::move(*refused));
  else
    changed_.notify_one();
}

void dry_run_pool::stop() {
  std::deque<envelope<test_workflow>> left;
  std::vector<std::thread> ending;
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    left.swap(waiting_);
    ending.swap(threads_);
  }
  changed_.notify_all();
  for (auto& x : left)
    x.done(dry_run_pool_detail::leaving());
  for (auto& x : ending)
    x.join();
}

void dry_run_pool::work() {
  may_lack_memory here;
  run_in_background("dry run");
  evaluators::script_process scripts{settings_.scripts};
  std::unique_lock lock{mutex_};
  while (true) {
    ++idle_;
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty())
      return;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next.done(run(next.request, scripts));
    next = {};
    lock.lock();
  }
}

result<document> dry_run_pool::run(const test_workflow& what,
                                   engine::script_runner& scripts) const {
  auto& account = memory_account::of_process();
  auto wanted = settings_.bounds.bytes_max * dry_run_pool_detail::copies;
  auto memory = account.try_hold(memory_use::dry_runs,
                                 std::min(wanted, account.bytes() / 2));
  if (!memory)
    return account.refusal(wanted);
  try {
    return run_within_memory(what, scripts);
  } catch (const std::bad_alloc& e) {
    return failure{errc::too_many, e.what()};
  }
}

result<document>
dry_run_pool::run_within_memory(const test_workflow& what,
                                engine::script_runner& scripts) const {
  using std::chrono::steady_clock;
  auto bounds = settings_.bounds;
  auto until = steady_clock::now() + settings_.time_limit;
  bounds.stop = [&]() -> std::optional<std::string> {
    if (stopping_)
      return "the node is stopping";
    if (steady_clock::now() > until)
      return "it took more than " + std::to_string(settings_.time_limit.count())
             + " ms";
    return std::nullopt;
  };
  auto definitions = ports_.definitions();
  auto ran = engine::dry_run::dry_run(
      what.what, {*definitions, *ports_.env, scripts}, ports_.limits, bounds,
      ports_.clock->now_ms(), ports_.seed());
  if (stopping_)
    return dry_run_pool_detail::leaving();
  if (!ran)
    return ran.failure();
  document out;
  if (what.report)
    engine::dry_run::write(out.text, *ran);
  else
    out.text = std::move(ran->execution);
  return out;
}

} // namespace tutti
