#include "actors/system_tasks/outbound/http_client.hpp"

#include "actors/system_tasks/outbound/http_transfer.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

namespace tutti {

namespace http_client_detail {

/// Memory that was granted to transfers, by number; told from any thread, also
/// when the client has ended.
struct grants {
  std::mutex mutex;
  CURLM* wakes = nullptr; ///< null: it has ended
  std::vector<std::pair<uint64_t, std::optional<memory_hold>>> all;

  void add(uint64_t number, std::optional<memory_hold> memory) {
    std::lock_guard guard{mutex};
    if (!wakes)
      return;
    all.emplace_back(number, std::move(memory));
    curl_multi_wakeup(wakes);
  }
};

bool curl_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

} // namespace http_client_detail

/// Owns curl's handles; all of it but `add` and `stop` runs on its thread.
class http_client::loop {
 public:
  explicit loop(http_client_settings how)
      : how_(std::move(how)),
        multi_(http_client_detail::curl_ready() ? curl_multi_init() : nullptr) {
    if (!multi_)
      return;
    grants_->wakes = multi_;
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                      long(how_.kept_connections_max));
    thread_ = std::thread([this] { run(); });
  }

  ~loop() {
    stop();
    for (auto* easy : idle_)
      curl_easy_cleanup(easy);
    if (multi_)
      curl_multi_cleanup(multi_);
  }

  void add(http_request what, told done) {
    if (!multi_)
      return done(failure{errc::internal, "libcurl does not start"});
    {
      std::lock_guard guard(mutex_);
      if (stopping_)
        return;
      added_.emplace_back(std::move(what), std::move(done));
    }
    curl_multi_wakeup(multi_);
  }

  void stop() {
    {
      std::lock_guard guard(mutex_);
      stopping_ = true;
      added_.clear();
    }
    if (multi_)
      curl_multi_wakeup(multi_);
    if (thread_.joinable())
      thread_.join();
    {
      std::lock_guard guard(grants_->mutex);
      grants_->wakes = nullptr;
    }
    while (!transfers_.empty())
      release(transfers_.begin());
  }

 private:
  using clock = http_transfer::clock;
  struct entry {
    std::unique_ptr<http_transfer> what;
    clock::time_point look_at;
    uint64_t number = 0;
  };
  using transfers = std::unordered_map<CURL*, entry>;

  void run() {
    while (take_added()) {
      take_grants();
      int running = 0;
      curl_multi_perform(multi_, &running);
      end_finished();
      end_overdue();
      curl_multi_poll(multi_, nullptr, 0, pause_ms(), nullptr);
    }
  }

  bool take_added() {
    std::vector<std::pair<http_request, told>> added;
    {
      std::lock_guard guard(mutex_);
      if (stopping_)
        return false;
      added.swap(added_);
    }
    for (auto& [what, done] : added)
      begin(std::move(what), std::move(done));
    return true;
  }

  void take_grants() {
    decltype(grants_->all) granted;
    {
      std::lock_guard guard(grants_->mutex);
      granted.swap(grants_->all);
    }
    for (auto& [number, memory] : granted)
      if (auto it = by_number_.find(number); it != by_number_.end())
        transfers_.at(it->second).what->resume(std::move(memory));
  }

  void begin(http_request what, told done) {
    CURL* easy = nullptr;
    if (idle_.empty()) {
      easy = curl_easy_init();
    } else {
      easy = idle_.back();
      idle_.pop_back();
    }
    auto number = ++last_number_;
    auto ask = [to = grants_, number](size_t bytes, clock::time_point until) {
      memory_account::of_process().wait(
          memory_use::responses, bytes, until,
          [to, number](std::optional<memory_hold> memory) {
            to->add(number, std::move(memory));
          });
    };
    auto x = std::make_unique<http_transfer>(std::move(what), std::move(done),
                                             how_, easy, std::move(ask));
    by_number_.emplace(number, easy);
    auto at = x->look_at();
    looks_.emplace(at, easy);
    curl_multi_add_handle(multi_, easy);
    transfers_.emplace(easy, entry{std::move(x), at, number});
  }

  void end_finished() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE)
        continue;
      auto how = message->data.result;
      if (auto it = transfers_.find(message->easy_handle);
          it != transfers_.end()) {
        it->second.what->end(how);
        release(it);
      }
    }
  }

  void release(transfers::iterator it) {
    auto* easy = it->first;
    looks_.erase({it->second.look_at, easy});
    by_number_.erase(it->second.number);
    curl_multi_remove_handle(multi_, easy);
    curl_easy_reset(easy);
    idle_.push_back(easy);
    transfers_.erase(it);
  }

  void end_overdue() {
    auto now = clock::now();
    while (!looks_.empty() && looks_.begin()->first <= now) {
      auto it = transfers_.find(looks_.begin()->second);
      auto& [what, look_at, number] = it->second;
      if (what->deadline() <= now) {
        what->time_out();
        release(it);
        continue;
      }
      looks_.erase(looks_.begin());
      look_at = what->look_at();
      looks_.emplace(look_at, it->first);
    }
  }

  int pause_ms() const {
    using namespace std::chrono;
    constexpr milliseconds longest{60'000};
    if (looks_.empty())
      return int(longest.count());
    auto wait = ceil<milliseconds>(looks_.begin()->first - clock::now());
    return int(std::clamp(wait, milliseconds(0), longest).count());
  }

  const http_client_settings how_;
  CURLM* multi_;
  std::mutex mutex_;
  std::vector<std::pair<http_request, told>> added_;
  bool stopping_ = false;

  transfers transfers_;
  std::unordered_map<uint64_t, CURL*> by_number_;
  uint64_t last_number_ = 0;
  std::shared_ptr<http_client_detail::grants> grants_
      = std::make_shared<http_client_detail::grants>();
  /// When to check whether a transfer is overdue.
  std::set<std::pair<clock::time_point, CURL*>> looks_;
  std::vector<CURL*> idle_;
  std::thread thread_;
};

http_client::http_client(http_client_settings how)
    : loop_(std::make_unique<loop>(std::move(how))) {}

http_client::~http_client() = default;

void http_client::send(http_request what, told done) {
  loop_->add(std::move(what), std::move(done));
}

void http_client::stop() { loop_->stop(); }

} // namespace tutti
