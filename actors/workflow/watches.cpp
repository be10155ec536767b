#include "actors/engine/views/progress.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/rendering.hpp"
#include "actors/workflow/workflow_actor.hpp"
#include "messages/requests/request_bounds.hpp"

#include <algorithm>
#include <array>
#include <optional>

// Clients that wait for the execution are told what it has come to, by the
// commit that makes it true.

namespace tutti {

namespace watches_detail {

bool knows(const watch_execution& x, const std::string& child) {
  auto& known = x.known_children;
  return std::find(known.begin(), known.end(), child) != known.end();
}

observed::state state_of(const engine::progress& x,
                         const watch_execution& for_whom) {
  if (x.ended)
    return observed::state::ended;
  if (x.reached)
    return observed::state::reached;
  if (x.blocking)
    return observed::state::blocked;
  for (auto& child : x.children)
    if (!knows(for_whom, child))
      return observed::state::children;
  return observed::state::open;
}

/// Everything but its text.
observed view_of(const engine::state& x, const watch_execution& for_whom) {
  auto progress
      = engine::progress_of(x, for_whom.references, for_whom.children_max);
  observed out;
  out.now = state_of(progress, for_whom);
  out.status = x.head().status;
  out.takes_signals = progress.takes_signals;
  out.children = std::move(progress.children);
  return out;
}

/// What the observations of one commit contain. Who sees the same shares it.
class contents {
 public:
  explicit contents(const engine::state& x) : x_(x) {}

  void add_to(observed& out, const watch_execution& for_whom) {
    out.part = for_whom.part;
    if (out.part == observed_part::task && out.now != observed::state::blocked)
      out.part = observed_part::run;
    read_execution same;
    same.what = read_execution::part::run;
    if (out.part == observed_part::run && large_reads::concerns(x_, same)) {
      out.is_large = true;
      return;
    }
    auto& known = known_[size_t(out.part)];
    if (!known)
      known = make(out.part);
    out.content = *known;
  }

 private:
  payload make(observed_part part) const {
    switch (part) {
      case observed_part::nothing:
        break;
      case observed_part::run:
        return payload::trusted(engine::render_run(x_));
      case observed_part::output:
        return engine::render_output(x_);
      case observed_part::task:
        return payload::trusted(
            engine::render_run(x_, x_.rows()[*x_.blocking().begin()]));
    }
    return {};
  }

  const engine::state& x_;
  std::array<std::optional<payload>, 4> known_; ///< by part
};

} // namespace watches_detail

void workflow_state::handle(envelope<watch_execution>& x) {
  using namespace watches_detail;
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  // Between the parts of a decision is nothing to see.
  bool complete = long_requests_.empty();
  if (x.request.at_once || complete) {
    auto seen = view_of(execution_, x.request);
    if (x.request.at_once || seen.now != observed::state::open) {
      if (x.request.at_once || seen.now != observed::state::children)
        contents(execution_).add_to(seen, x.request);
      return answer_in_order(x.done, std::move(seen));
    }
  }
  auto& context = *setup.context;
  auto most = context.settings.waits_max;
  if (context.watches.add(x, most))
    return;
  if (context.metrics)
    context.metrics->limit_reached(bounds::execution_waits);
  x.done(failure{errc::too_many, sentence_of(bounds::execution_waits, most + 1,
                                             most, "execution " + setup.id)});
}

void workflow_state::tell_watches(bool with_next_commit) {
  using namespace watches_detail;
  auto& watches = setup.context->watches;
  if (watches.none() || !long_requests_.empty() || !execution_.exists())
    return;
  std::vector<observed> seen;
  auto met = [&](const envelope<watch_execution>& x) {
    auto view = view_of(execution_, x.request);
    if (view.now == observed::state::open)
      return false;
    seen.push_back(std::move(view));
    return true;
  };
  auto told = watches.take(setup.id, met);
  contents all(execution_);
  for (size_t i = 0; i < told.size(); ++i) {
    auto& view = seen[i];
    if (view.now != observed::state::children)
      all.add_to(view, told[i].request);
    if (!with_next_commit) {
      answer_in_order(told[i].done, std::move(view));
      continue;
    }
    // A commit that the store refuses has told nothing.
    auto kept = std::make_shared<envelope<watch_execution>>(std::move(told[i]));
    next_->answer_with(
        reply<observed>([kept, in = setup.context](result<observed> x) {
          if (x || in->failed || !in->watches.add(*kept, SIZE_MAX))
            kept->done(std::move(x));
        }),
        std::move(view));
  }
}

void workflow_state::end_watches() {
  auto all = setup.context->watches.take(
      setup.id, [](const envelope<watch_execution>&) { return true; });
  for (auto& x : all)
    next_->answer_with(x.done, unknown());
}

} // namespace tutti
