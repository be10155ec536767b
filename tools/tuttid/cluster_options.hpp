#pragma once

#include "actors/cluster/peer_settings.hpp"
#include "config/settings.hpp"

namespace tutti::daemon {

/// The settings of the section `cluster`, checked: a failure names the setting
/// and the rule. Without `cluster.node` there are no other nodes.
result<cluster_settings> cluster_options_of(const config::settings& x);

} // namespace tutti::daemon
