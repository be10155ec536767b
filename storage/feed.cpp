#include "storage/feed.hpp"

#include "storage/keys.hpp"
#include "storage/records_fields.hpp"

namespace tutti::storage {

namespace feed_detail {

using namespace record_fields;

bool set_status(std::optional<workflow_status>& field, bool present,
                uint32_t value) {
  return !present || set_enum(field.emplace(), value, last_workflow_status);
}

bool take(record::FeedEntry& in, feed_entry& out) {
  out.workflow_id = std::move(*in.mutable_workflow_id());
  out.first_revision = in.first_revision();
  out.last_revision = in.last_revision();
  out.archived = in.archived();
  out.tasks_changed = in.tasks_changed();
  return set_status(out.before, in.has_before(), in.before())
         && set_status(out.after, in.has_after(), in.after());
}

/// Adds what a row holds after `after`; false when it cannot be read.
bool add_row(feed_page& to, uint64_t last, std::string_view bytes,
             uint64_t after) {
  record::FeedRow row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || row.version() != version || row.entries().empty()
      || uint64_t(row.entries_size()) > last)
    return false;
  auto position = last - uint64_t(row.entries_size());
  if (to.items.empty() && position > after)
    to.is_behind = true;
  for (auto& entry : *row.mutable_entries())
    if (++position > after) {
      feed_item next{position, {}};
      if (!take(entry, next.what))
        return false;
      to.items.push_back(std::move(next));
    }
  return true;
}

} // namespace feed_detail

// A row concatenates the records of its commits; protobuf reads that as one
// message with all entries.
std::string write(const feed_entry& x) {
  record::FeedRow row;
  auto& out = *row.add_entries();
  out.set_workflow_id(x.workflow_id);
  out.set_first_revision(x.first_revision);
  out.set_last_revision(x.last_revision);
  if (x.before)
    out.set_before(static_cast<uint32_t>(*x.before));
  if (x.after)
    out.set_after(static_cast<uint32_t>(*x.after));
  out.set_archived(x.archived);
  out.set_tasks_changed(x.tasks_changed);
  return row.SerializeAsString();
}

std::string_view feed_row_begin() {
  static const auto bytes = [] {
    record::FeedRow row;
    row.set_version(record_fields::version);
    return row.SerializeAsString();
  }();
  return bytes;
}

result<feed_page> read_feed(const store& from, uint32_t shard, uint64_t after,
                            size_t limit) {
  feed_page out;
  bool damaged = false;
  auto visit = [&](std::string_view key, std::string_view row) {
    auto last = keys::read_feed(key);
    damaged = !last || !feed_detail::add_row(out, *last, row, after);
    return !damaged && out.items.size() < limit;
  };
  auto all = from.scan(shard, keys::feed(after + 1),
                       keys::after(keys::all_feed()), visit);
  if (damaged)
    return feed_detail::damaged("feed of shard " + std::to_string(shard));
  if (!all)
    return std::move(all).failure();
  return out;
}

std::string write(const follower_mark& x) {
  record::FollowerMark out;
  out.set_version(record_fields::version);
  out.set_position(x.position);
  out.set_state(x.state);
  return out.SerializeAsString();
}

result<follower_mark> read_follower_mark(std::string_view bytes) {
  record::FollowerMark in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("mark of a follower");
  return follower_mark{in.position(), std::move(*in.mutable_state())};
}

} // namespace tutti::storage
