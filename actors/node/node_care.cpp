#include "actors/metadata/definition_store.hpp"
#include "actors/node/node_impl.hpp"
#include "storage/keys.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <charconv>

// What the node does about itself: health, memory, time.

namespace tutti {

namespace node_care_detail {

using finished = node_health::finished;

/// A part of the node is there when it answers anything.
template <is_request Request, class Actor>
node_health::part part_of(std::string name, Actor who, Request what) {
  auto ask = [who = std::move(who), what = std::move(what)](finished done) {
    using response = typename Request::response;
    auto tell = [done = std::move(done)](result<response> x) {
      bool gone = !x && x.failure().code == errc::unavailable;
      done(gone ? x.failure().message : std::string());
    };
    caf::anon_send(
        who, envelope<Request>{what, {}, reply<response>(std::move(tell))});
  };
  return {std::move(name), std::move(ask)};
}

node_health::part commit_part(std::string name,
                              std::shared_ptr<storage::store> to,
                              std::function<storage::commit()> what) {
  auto ask = [to = std::move(to), what = std::move(what)](finished done) {
    to->submit(what(), [done = std::move(done)](const storage::outcome& x) {
      done(x == storage::outcome::ok ? std::string() : x.why());
    });
  };
  return {std::move(name), std::move(ask)};
}

storage::commit time_row(uint64_t epoch, const tutti::clock& clock) {
  return {definitions_shard,
          epoch,
          {{storage::operation::kind::put, storage::keys::clock(),
            std::to_string(clock.now_ms())}}};
}

constexpr int64_t notable_ms = 1'000;

std::string ahead_text(int64_t ahead_ms) {
  return "the host's clock was set back: the node's time is "
         + std::to_string(ahead_ms / 1'000)
         + " s ahead of it, and approaches it slowly";
}

} // namespace node_care_detail

std::vector<node_health::part> node::impl::health_parts() {
  using namespace node_care_detail;
  std::vector<node_health::part> out;
  auto name = [](const char* what, size_t i) {
    return std::string(what) + ' ' + std::to_string(i);
  };
  for (size_t i = 0; i < gateways.size(); ++i)
    out.push_back(part_of(name("gateway", i), gateways[i], read_definitions{}));
  for (size_t i = 0; i < shards.size(); ++i)
    if (shards[i].scheduler)
      out.push_back(
          part_of(name("scheduler", i), shards[i].scheduler, list_incidents{}));
  out.push_back(part_of("queues", services.queues, cancel_poll{}));
  // An empty commit is answered by the writer, a row by the disk.
  out.push_back(commit_part("store writer", store, [epoch = epochs.at(0)] {
    return storage::commit{0, epoch, {}};
  }));
  out.push_back(commit_part(
      "disk", store, [epoch = epochs.at(definitions_shard), clock = clock] {
        return time_row(epoch, *clock);
      }));
  out.push_back(
      {"shards", [to = notifier](const finished& done) { done(to->why()); }});
  return out;
}

std::vector<std::string> node::impl::health_notes() const {
  using namespace node_care_detail;
  auto out = store->damage();
  if (auto ahead = clock->ahead_ms(); ahead > notable_ms)
    out.push_back(ahead_text(ahead));
  if (others)
    for (auto& x : others->report())
      if (!x.connected)
        out.push_back("node '" + x.name
                      + "' cannot be reached: " + x.last_error);
  if (memory->spent())
    out.emplace_back("the memory budget is spent: new starts are refused "
                     "(memory.budget_mib)");
  return out;
}

void node::impl::begin_watch() {
  health = std::make_shared<node_health>(health_parts(),
                                         [this] { return health_notes(); });
  metrics->add([clock = clock] {
    return std::vector<metric>{
        {"tutti_clock_ahead_milliseconds",
         "How far the node's time is ahead of a host clock that was set back",
         metric::kind::gauge,
         {{{}, double(clock->ahead_ms())}}}};
  });
  if (keeper) {
    running = std::make_shared<running_executions>(running_executions::ports{
        [to = directory](envelope<search_index> x) { to->tell(std::move(x)); },
        [published = published] { return published->current(); }});
    metrics->add([running = running] { return running->metrics(); });
  }
  watch = std::make_unique<node_watch>(
      node_watch::ports{clock, memory, health,
                        [store = store, outputs = outputs](bool tight) {
                          store->save_memory(tight);
                          outputs->save_memory(tight);
                        },
                        [this] {
                          keep_time();
                          if (running)
                            running->look(std::chrono::steady_clock::now());
                          if (elsewhere)
                            elsewhere->look();
                        },
                        options.memory_ceiling_bytes,
                        [to = directory] { to->tell_clock_moved(); }});
}

std::optional<failure> node::impl::restore_time() {
  using namespace node_care_detail;
  auto row = store->get(definitions_shard, storage::keys::clock());
  if (!row)
    return row.failure();
  if (!*row)
    return std::nullopt;
  int64_t seen = 0;
  auto& text = **row;
  std::from_chars(text.data(), text.data() + text.size(), seen);
  clock->not_before(seen);
  if (auto ahead = clock->ahead_ms(); ahead > notable_ms)
    spdlog::warn("{}", ahead_text(ahead));
  return std::nullopt;
}

// An idle node writes nothing.
void node::impl::keep_time() {
  uint64_t commits = 0;
  for (uint32_t shard = 0; shard < store->shards(); ++shard)
    commits += store->feed_end(shard);
  if (commits_at_last_keeping.exchange(commits) == commits)
    return;
  store->submit(
      node_care_detail::time_row(epochs.at(definitions_shard), *clock), {});
}

} // namespace tutti
