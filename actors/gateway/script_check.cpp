#include "actors/gateway/script_check.hpp"

#include <mutex>
#include <optional>

namespace tutti {

namespace script_check_detail {

using engine::script_result;

/// Filled by answers on any thread; the last one answers the request.
class findings {
 public:
  explicit findings(envelope<check_scripts> x)
      : what_(std::move(x)), found_(scripts().size()), open_(scripts().size()) {
  }

  const std::vector<script_to_check>& scripts() const {
    return what_.request.scripts;
  }

  void add(size_t i, const result<script_result>& x) {
    std::unique_lock lock{mutex_};
    if (x)
      found_[i] = broken_script(scripts()[i], *x);
    if (--open_ > 0)
      return;
    lock.unlock();
    std::vector<violation> out;
    for (auto& one : found_)
      if (one)
        out.push_back(std::move(*one));
    what_.done(std::move(out));
  }

 private:
  std::mutex mutex_;
  envelope<check_scripts> what_;
  std::vector<std::optional<violation>> found_;
  size_t open_;
};

} // namespace script_check_detail

engine::script_language language_of(const script_to_check& x) {
  return x.written_in == script_to_check::language::jq
             ? engine::script_language::jq
             : engine::script_language::javascript;
}

std::optional<violation> broken_script(const script_to_check& script,
                                       const engine::script_result& looked) {
  if (looked.what != engine::script_result::kind::error)
    return std::nullopt;
  return violation{script.path,
                   script.subject + " is malformed: " + looked.error,
                   std::nullopt};
}

void check(const script_pool_pointer& pool, envelope<check_scripts> x) {
  using namespace script_check_detail;
  if (!pool || x.request.scripts.empty())
    return x.done(std::vector<violation>{});
  auto all = std::make_shared<findings>(std::move(x));
  for (size_t i = 0; i < all->scripts().size(); ++i) {
    auto job = std::make_shared<script_job>();
    job->source = all->scripts()[i].source;
    job->language = language_of(all->scripts()[i]);
    job->check_only = true;
    job->group = "definitions that are registered";
    job->done = reply<script_result>(
        [all, i](result<script_result> x) { all->add(i, x); });
    pool->submit(std::move(job));
  }
}

} // namespace tutti
