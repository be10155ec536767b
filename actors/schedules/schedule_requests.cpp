#include "actors/schedules/schedule_rows.hpp"
#include "actors/schedules/schedule_view.hpp"
#include "actors/schedules/schedules_actor.hpp"
#include "actors/support/reading.hpp"
#include "messages/model/bounds.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/schedules/schedule_codec.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

// What clients ask of the schedules of a shard.

namespace tutti {

namespace schedule_requests_detail {

using namespace schedules_detail;

/// Of an answer with firings: beyond it their start requests are left out.
constexpr size_t answer_bytes = size_t{4} << 20;

failure no_schedule(std::string_view name) {
  return {errc::not_found, "Schedule '" + std::string(name) + "' not found"};
}

struct firings_page {
  std::vector<std::pair<std::string, firing>> items;
  uint64_t total = 0;
};

/// Kept small while rows are read.
void cut(std::vector<std::pair<std::string, firing>>& items, bool descending,
         size_t most) {
  auto before = [&](auto& a, auto& b) {
    return descending ? b.first < a.first : a.first < b.first;
  };
  std::sort(items.begin(), items.end(), before);
  if (items.size() > most)
    items.resize(most);
}

result<firings_page> find_firings(const storage::store& from, uint32_t shard,
                                  const search_firings& ask, size_t rows_max) {
  firings_page out;
  auto most = size_t(ask.start + ask.count);
  size_t rows = 0;
  auto visit = [&](std::string_view key, std::string_view record) {
    auto x = storage::read_firing(key, record);
    if (x && fits(ask, *x)) {
      ++out.total;
      auto by = sort_key(ask.sort_by, *x);
      out.items.emplace_back(std::move(by), *std::move(x));
      if (out.items.size() > 2 * most + 1'000)
        cut(out.items, ask.descending, most);
    }
    return ++rows < rows_max;
  };
  for (auto& prefix : {keys::all_pending_firings(), keys::all_firings()}) {
    auto all = from.scan(shard, prefix, keys::after(prefix), visit);
    if (!all)
      return all.failure();
  }
  cut(out.items, ask.descending, most);
  return out;
}

/// Instants of that range that have been started.
result<std::vector<int64_t>> fired_instants(const storage::store& from,
                                            uint32_t shard,
                                            const backfill_schedule& ask) {
  std::vector<int64_t> out;
  auto visit = [&](std::string_view key, std::string_view record) {
    auto x = storage::read_firing(key, record);
    if (x && x->cause != firing_cause::trigger
        && (x->outcome == firing_outcome::started
            || x->outcome == firing_outcome::waiting
            || x->outcome == firing_outcome::buffered))
      out.push_back(x->scheduled_time);
    return true;
  };
  auto one = from.scan(shard, keys::firing(ask.name, ask.from, 0),
                       keys::firing(ask.name, ask.to + 1, 0), visit);
  auto two
      = one ? from.scan(shard, keys::pending_firing(ask.name, ask.from, 0),
                        keys::pending_firing(ask.name, ask.to + 1, 0), visit)
            : one;
  if (!two)
    return two.failure();
  std::ranges::sort(out);
  return out;
}

} // namespace schedule_requests_detail

using namespace schedule_requests_detail;

template <class Request, class Then>
void schedules_state::with_schedule(envelope<Request>& x, Then then) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  when_loaded([this, x, then = std::move(then)](
                  const std::optional<failure>& no) mutable {
    if (no)
      return x.done(*no);
    auto it = schedules_.find(x.request.name);
    if (it == schedules_.end())
      return x.done(no_schedule(x.request.name));
    then(it->second, x);
  });
}

void schedules_state::save(envelope<save_schedule>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  when_loaded([this, x](const std::optional<failure>& no) mutable {
    if (no)
      return x.done(*no);
    auto def = std::move(x.request.what);
    auto time = now();
    auto it = schedules_.find(def.name);
    bool is_new = it == schedules_.end();
    auto& old = is_new ? def : it->second.schedule.what();
    def.create_time = is_new ? time : old.create_time;
    def.created_by = is_new ? def.created_by : old.created_by;
    def.updated_time = time;
    auto record = storage::write(def);
    if (record.size() > context->settings.definition_bytes_max)
      return x.done(
          failure{errc::too_large,
                  sentence_of(bounds::schedule, record.size(),
                              context->settings.definition_bytes_max)});
    auto what = std::make_shared<const schedule_def>(std::move(def));
    if (is_new) {
      auto made = active_schedule::create(what, time);
      if (!made)
        return x.done(std::move(made).failure());
      if (!context->figures->add_one(context->settings.count_max))
        return x.done(
            failure{errc::too_many, sentence_of(bounds::schedules,
                                                context->settings.count_max + 1,
                                                context->settings.count_max)});
      it = schedules_.find(insert(*std::move(made)).schedule.what().name);
    } else if (auto why = it->second.schedule.change(what, time)) {
      return x.done(std::move(*why));
    }
    auto& entry = it->second;
    place(what->name, entry);
    storage::batch rows;
    rows.push_back(put(keys::schedule(what->name), std::move(record)));
    add_rows(rows, entry.schedule, {});
    commit(std::move(rows), {}, x.done, document{render(entry.schedule, time)});
    arm();
  });
}

void schedules_state::remove(envelope<remove_schedule>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto& name = x.request.name;
    auto it = schedules_.find(name);
    if (it == schedules_.end())
      return x.done(done{});
    displace(name, it->second);
    schedules_.erase(it);
    context->figures->remove(1);
    storage::batch rows;
    rows.push_back(erase(keys::schedule(name)));
    rows.push_back(erase(keys::schedule_state(name)));
    rows.push_back(erase_all(keys::pending_firings_of(name)));
    rows.push_back(erase_all(keys::firings_of(name)));
    commit(std::move(rows), {}, x.done, done{});
  });
}

void schedules_state::control(envelope<control_schedule>& x) {
  with_schedule(x, [this](entry& of, envelope<control_schedule>& x) {
    auto def = of.schedule.what();
    // As upstream: what is not paused cannot be found to be resumed.
    if (!x.request.pause && !def.paused)
      return x.done(no_schedule(def.name));
    def.paused = x.request.pause;
    def.paused_reason = x.request.pause ? x.request.reason : "";
    def.updated_time = now();
    change(of, std::move(def), x.done);
  });
}

void schedules_state::set_tags(envelope<tag_schedule>& x) {
  with_schedule(x, [this](entry& of, envelope<tag_schedule>& x) {
    auto def = of.schedule.what();
    if (x.request.remove)
      std::erase_if(def.tags, [&](const tag& one) {
        return std::ranges::any_of(x.request.tags, [&](const tag& other) {
          return one.key == other.key
                 && (other.value.empty() || one.value == other.value);
        });
      });
    else
      def.tags = x.request.tags;
    change(of, std::move(def), x.done);
  });
}

void schedules_state::change(entry& of, schedule_def def,
                             const reply<done>& answered) {
  auto record = storage::write(def);
  auto what = std::make_shared<const schedule_def>(std::move(def));
  if (auto why = of.schedule.change(what, now()))
    return answered(std::move(*why));
  place(what->name, of);
  storage::batch rows;
  rows.push_back(put(keys::schedule(what->name), std::move(record)));
  add_rows(rows, of.schedule, {});
  commit(std::move(rows), {}, answered, done{});
  arm();
}

void schedules_state::read(envelope<read_schedule>& x) {
  with_schedule(x, [this](entry& of, envelope<read_schedule>& x) {
    if (!x.request.tags)
      return x.done(document{render(of.schedule, now())});
    document out;
    write(out.text, of.schedule.what().tags);
    x.done(std::move(out));
  });
}

void schedules_state::list(envelope<list_schedules>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto& ask = x.request;
    sorted_documents out;
    for (auto& [name, one] : schedules_)
      if (fits(ask, one.schedule))
        out.items.push_back({sort_key(ask.sort_by, one.schedule), name});
    out.total = out.items.size();
    sort_and_cut(out.items, ask.descending, ask.start + ask.count);
    for (auto& item : out.items)
      item.text = render(schedules_.at(item.text).schedule, now());
    x.done(std::move(out));
  });
}

void schedules_state::search(envelope<search_firings>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto work =
        [number = shard().shard, ask = x.request,
         most = context->settings.search_rows_max](const storage::store& from) {
          return find_firings(from, number, ask, most);
        };
    auto then = [this, x](result<firings_page> found) {
      if (!found)
        return x.done(std::move(found).failure());
      sorted_documents out;
      out.total = found->total;
      size_t bytes = 0;
      for (auto& [key, one] : found->items) {
        auto of = schedules_.find(one.schedule);
        bool whole = of != schedules_.end() && bytes < answer_bytes;
        auto& item = out.items.emplace_back();
        item.key = std::move(key);
        write(item.text, one,
              whole ? &of->second.schedule.what().start : nullptr);
        bytes += item.text.size();
      }
      x.done(std::move(out));
    };
    read_then<firings_page>(self, *shard().readers, std::move(work),
                            std::move(then));
  });
}

void schedules_state::trigger(envelope<trigger_schedule>& x) {
  with_schedule(x, [this](entry& of, envelope<trigger_schedule>& x) {
    schedule_step step;
    auto one = of.schedule.trigger(now(), step);
    storage::batch rows;
    add_rows(rows, of.schedule, step);
    document told;
    write(told.text, one, nullptr);
    commit(std::move(rows), {std::move(one)}, x.done, std::move(told));
  });
}

void schedules_state::backfill(envelope<backfill_schedule>& x) {
  with_schedule(x, [this](entry&, envelope<backfill_schedule>& x) {
    auto work = [number = shard().shard,
                 ask = x.request](const storage::store& from) {
      return fired_instants(from, number, ask);
    };
    auto then = [this, x](const result<std::vector<int64_t>>& fired) {
      if (!fired)
        return x.done(fired.failure());
      begin_backfill(x, *fired);
    };
    // What fires meanwhile waits: each instant is decided once.
    read_first<std::vector<int64_t>>(self, *shard().readers, std::move(work),
                                     std::move(then));
  });
}

void schedules_state::begin_backfill(const envelope<backfill_schedule>& x,
                                     const std::vector<int64_t>& fired) {
  auto it = schedules_.find(x.request.name);
  if (it == schedules_.end())
    return x.done(no_schedule(x.request.name));
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto& of = it->second;
  auto most = context->settings.backfill_max;
  // What lies before the cursor and in this range is decided; the rest is still
  // to come by itself.
  auto to = std::min(x.request.to, of.schedule.what().paused
                                       ? now()
                                       : of.schedule.state().cursor);
  std::vector<int64_t> instants;
  size_t seen = 0;
  auto at = of.schedule.times().next(x.request.from - 1);
  for (; at && *at <= to; at = of.schedule.times().next(*at)) {
    if (++seen > most)
      return x.done(
          failure{errc::too_many, sentence_of(bounds::backfill, seen, most)});
    if (!std::ranges::binary_search(fired, *at))
      instants.push_back(*at);
  }
  if (instants.size() + of.schedule.state().backfill.size() > most)
    return x.done(failure{
        errc::too_many,
        sentence_of(bounds::backfill,
                    instants.size() + of.schedule.state().backfill.size(),
                    most)});
  auto added = of.schedule.add_backfill(instants);
  place(x.request.name, of);
  storage::batch rows;
  add_rows(rows, of.schedule, {});
  document told;
  json_object_writer json(told.text);
  json.text("name", x.request.name);
  json.number("instants", int64_t(added));
  json.number("alreadyFired", int64_t(seen - instants.size()));
  json.close();
  commit(std::move(rows), {}, x.done, std::move(told));
  arm();
}

void schedules_state::hold(const envelope<hold_schedules>& x) {
  held_ = x.request.hold;
  x.done(done{});
  arm();
}

} // namespace tutti
