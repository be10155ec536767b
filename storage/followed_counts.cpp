#include "storage/followed_counts.hpp"

#include "storage/records_fields.hpp"

#include <algorithm>

namespace tutti::storage {

void followed_counts::add(const feed_entry& x) {
  ++commits;
  created += !x.before;
  removed += !x.after;
  if (x.before == x.after)
    return;
  if (x.before)
    ++left[size_t(*x.before)];
  if (x.after)
    ++entered[size_t(*x.after)];
}

followed_counts& followed_counts::operator+=(const followed_counts& x) {
  commits += x.commits;
  created += x.created;
  removed += x.removed;
  for (size_t i = 0; i < statuses; ++i) {
    entered[i] += x.entered[i];
    left[i] += x.left[i];
  }
  return *this;
}

std::string write(const followed_counts& x) {
  record::FollowedCounts out;
  out.set_version(record_fields::version);
  out.set_commits(x.commits);
  out.set_created(x.created);
  out.set_removed(x.removed);
  out.mutable_entered()->Add(x.entered.begin(), x.entered.end());
  out.mutable_left()->Add(x.left.begin(), x.left.end());
  return out.SerializeAsString();
}

result<followed_counts> read_followed_counts(std::string_view bytes) {
  followed_counts out;
  if (bytes.empty())
    return out;
  record::FollowedCounts in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version
      || size_t(in.entered_size()) > followed_counts::statuses
      || size_t(in.left_size()) > followed_counts::statuses)
    return record_fields::damaged("counts of a follower");
  out.commits = in.commits();
  out.created = in.created();
  out.removed = in.removed();
  std::ranges::copy(in.entered(), out.entered.begin());
  std::ranges::copy(in.left(), out.left.begin());
  return out;
}

} // namespace tutti::storage
