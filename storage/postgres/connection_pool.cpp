#include "storage/postgres/connection_pool.hpp"

#include "storage/postgres/statements.hpp"

namespace tutti::storage::postgres {

result<connection> connection_pool::open() {
  auto out = connection::open(url_, how_);
  if (!out)
    return out;
  for (auto& x : all_)
    if (auto prepared = out->prepare(x.name, x.sql); !prepared.good())
      return out->failure_of(prepared);
  return out;
}

result<connection> connection_pool::take() {
  {
    std::unique_lock lock{mutex_};
    bool got = free_.wait_for(lock, how_.statement_timeout,
                              [this] { return lent_ < most_; });
    if (!got)
      return failure{errc::unavailable,
                     "all " + std::to_string(most_)
                         + " connections for reading are busy "
                           "(store.postgres.read_connections)"};
    ++lent_;
    if (!idle_.empty()) {
      auto out = std::move(idle_.back());
      idle_.pop_back();
      return out;
    }
  }
  auto out = open();
  if (!out) {
    std::lock_guard guard{mutex_};
    --lent_;
    free_.notify_one();
  }
  return out;
}

void connection_pool::give_back(connection x) {
  std::lock_guard guard{mutex_};
  --lent_;
  if (x.alive())
    idle_.push_back(std::move(x));
  else
    idle_.clear(); // they were lost together
  free_.notify_one();
}

result<answer>
connection_pool::run(const std::function<answer(connection&)>& what,
                     bool again) {
  for (bool first = true;; first = false) {
    auto by = take();
    if (!by)
      return std::move(by).failure();
    auto out = what(*by);
    bool lost = out.asks_for() == remedy::reconnect;
    auto why = by->failure_of(out);
    give_back(std::move(*by));
    if (out.good())
      return out;
    bool worth_it = lost || out.asks_for() == remedy::repeat;
    if (!first || !again || !worth_it)
      return why;
  }
}

result<answer> connection_pool::run(const char* name, const parameters& with,
                                    bool again) {
  return run([&](connection& by) { return by.run_prepared(name, with); },
             again);
}

} // namespace tutti::storage::postgres
