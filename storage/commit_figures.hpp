#pragma once

#include "messages/model/figures/histogram.hpp"

namespace tutti::storage {

/// What a store on disk counts of its commits, for metrics. Thread safe.
struct commit_figures {
  /// From submission until the commit is durable.
  histogram seconds{seconds_of_commits};
  /// Commits that one synced write carries.
  histogram per_write{counts_of_things};
};

} // namespace tutti::storage
