#include "actors/node/node_health.hpp"

#include <algorithm>

namespace tutti {

void node_health::check(answer done) {
  std::shared_ptr<round> begun;
  std::vector<part> asked;
  {
    std::unique_lock lock{mutex_};
    auto now = instant::clock::now();
    if (closed_) {
      lock.unlock();
      return done({{{"node", "it is stopping"}}});
    }
    if (running_)
      return running_->waiting.push_back(std::move(done));
    if (last_end_ != instant() && now - last_end_ < holds) {
      auto report = last_;
      lock.unlock();
      return done(report);
    }
    begun = running_ = std::make_shared<round>();
    begun->began = now;
    begun->errors.resize(parts_.size());
    begun->waiting.push_back(std::move(done));
    asked = parts_;
  }
  for (size_t i = 0; i < asked.size(); ++i)
    asked[i].ask([me = weak_from_this(), begun, i](std::string error) {
      if (auto self = me.lock())
        self->answered(begun, i, std::move(error));
    });
}

void node_health::answered(const std::shared_ptr<round>& of, size_t part,
                           std::string error) {
  std::function<void()> tell;
  {
    std::lock_guard guard{mutex_};
    if (of != running_ || of->errors[part])
      return;
    of->errors[part] = std::move(error);
    if (std::ranges::all_of(of->errors, [](auto& x) { return x.has_value(); }))
      tell = end(of);
  }
  if (tell)
    tell();
}

void node_health::look(instant now) {
  std::function<void()> tell;
  {
    std::lock_guard guard{mutex_};
    if (running_ && now - running_->began >= patience)
      tell = end(running_);
  }
  if (tell)
    tell();
}

std::function<void()> node_health::end(std::shared_ptr<round> what) {
  last_ = {};
  for (size_t i = 0; i < parts_.size(); ++i)
    last_.parts.push_back(
        {parts_[i].name,
         what->errors[i].value_or("has not answered within a second")});
  if (notes_)
    last_.notes = notes_();
  last_end_ = instant::clock::now();
  running_.reset();
  return [report = last_, waiting = std::move(what->waiting)] {
    for (auto& x : waiting)
      x(report);
  };
}

void node_health::close() {
  std::function<void()> tell;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    if (running_)
      tell = end(running_);
    parts_.clear();
    notes_ = nullptr;
  }
  if (tell)
    tell();
}

} // namespace tutti
