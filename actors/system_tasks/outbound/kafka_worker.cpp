#include "actors/system_tasks/outbound/kafka_worker.hpp"

#include "actors/system_tasks/outbound/kafka_producer.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>
#include <vector>

namespace tutti {

namespace kafka_worker_detail {

task_result outcome_of(const system_task& task,
                       const std::optional<std::string>& trouble) {
  if (!trouble)
    return success_of(task, payload());
  return failure_of(task, "Failed to invoke kafka task due to: " + *trouble,
                    payload());
}

} // namespace kafka_worker_detail

/// Owns the producers; all of it but `add` and `stop` runs on its thread.
class kafka_worker::loop {
 public:
  explicit loop(kafka_settings how)
      : how_(std::move(how)), thread_([this] { run(); }) {}
  ~loop() { stop(); }

  void add(kafka_message what, kafka_producer::told done) {
    std::lock_guard guard(mutex_);
    if (stopping_)
      return;
    added_.push_back({std::move(what), std::move(done)});
    changed_.notify_one();
  }

  void stop() {
    {
      std::lock_guard guard(mutex_);
      stopping_ = true;
      added_.clear();
      changed_.notify_one();
    }
    if (thread_.joinable())
      thread_.join();
  }

  size_t producers() const { return open_; }

 private:
  using clock = kafka_producer::clock;
  using key = std::tuple<std::string, int64_t, int64_t>;
  struct job {
    kafka_message what;
    kafka_producer::told done;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      auto jobs = std::exchange(added_, {});
      events_ = false;
      lock.unlock();
      for (auto& x : jobs)
        begin(std::move(x));
      for (auto& [id, x] : producers_)
        x->serve();
      auto wake = close_idle();
      lock.lock();
      auto ready = [&] { return stopping_ || events_ || !added_.empty(); };
      if (wake)
        changed_.wait_until(lock, *wake, ready);
      else
        changed_.wait(lock, ready);
    }
    lock.unlock();
    producers_.clear();
  }

  void begin(job x) {
    auto producer = producer_for(x.what);
    if (!producer)
      return x.done(producer.failure().message);
    (*producer)->send(x.what, std::move(x.done));
  }

  result<kafka_producer*> producer_for(const kafka_message& what) {
    key id{what.servers, what.times.request_ms, what.times.block_ms};
    if (auto it = producers_.find(id); it != producers_.end())
      return it->second.get();
    if (producers_.size() >= how_.producers_max && !close_oldest())
      return failure{errc::too_many, "messages for "
                                         + std::to_string(how_.producers_max)
                                         + " other clusters are under way "
                                           "(kafka_tasks.producers_max)"};
    auto events = [this] {
      std::lock_guard guard(mutex_);
      events_ = true;
      changed_.notify_one();
    };
    auto security = security_options(how_.security, what.servers);
    if (!security)
      return security.failure();
    auto opened = kafka_producer::open(what, *security, how_.networks, events);
    if (!opened)
      return opened.failure();
    auto* out = opened->get();
    producers_.emplace(std::move(id), std::move(*opened));
    open_ = producers_.size();
    return out;
  }

  bool close_oldest() {
    auto oldest = producers_.end();
    for (auto it = producers_.begin(); it != producers_.end(); ++it)
      if (it->second->idle()
          && (oldest == producers_.end()
              || it->second->last_used() < oldest->second->last_used()))
        oldest = it;
    if (oldest == producers_.end())
      return false;
    producers_.erase(oldest);
    open_ = producers_.size();
    return true;
  }

  /// When the next producer will have been idle for long enough.
  std::optional<clock::time_point> close_idle() {
    std::optional<clock::time_point> next;
    auto now = clock::now();
    std::erase_if(producers_, [&](auto& x) {
      if (!x.second->idle())
        return false;
      auto at = x.second->last_used() + how_.idle_close;
      if (at <= now)
        return true;
      if (!next || at < *next)
        next = at;
      return false;
    });
    open_ = producers_.size();
    return next;
  }

  const kafka_settings how_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<job> added_;
  bool stopping_ = false, events_ = false;
  std::map<key, std::unique_ptr<kafka_producer>> producers_;
  std::atomic<size_t> open_{0};
  std::thread thread_;
};

kafka_worker::kafka_worker(kafka_settings how, engine::work_times times)
    : loop_(std::make_unique<loop>(std::move(how))), times_(times) {}

kafka_worker::~kafka_worker() = default;

void kafka_worker::perform(system_task task, told done) {
  using kafka_worker_detail::outcome_of;
  auto message = read_kafka_message(task.input, times_);
  if (!message)
    return done(outcome_of(task, message.failure().message));
  loop_->add(std::move(*message),
             [task = std::move(task),
              done = std::move(done)](std::optional<std::string> trouble) {
               done(outcome_of(task, trouble));
             });
}

void kafka_worker::stop() { loop_->stop(); }

size_t kafka_worker::producers() const { return loop_->producers(); }

} // namespace tutti
