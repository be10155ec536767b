#pragma once

#include "config/setting_table.hpp"

#include <vector>

namespace tutti::config {

// Parts of the table of settings. Private to this folder.

/// These rows, and those of the sections `store.postgres`, `jobs`, `retention`,
/// `index` and `cluster`.
std::vector<setting> with_later_rows(std::vector<setting> rows);

} // namespace tutti::config
