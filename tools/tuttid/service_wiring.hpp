#pragma once

#include "actors/node/node.hpp"
#include "api/rest/routes/routes.hpp"
#include "api/rest/server/server.hpp"
#include "config/settings.hpp"
#include "storage/commit_figures.hpp"
#include "storage/store.hpp"

#include <memory>
#include <set>
#include <string>

namespace tutti::daemon {

// Settings as options of the node's parts.

/// Rules about settings that only their users can check.
result<done> check_networks(const config::settings& x);
result<done> check_retention(const config::settings& x);
result<done> check_store(const config::settings& x);

/// "a, b" as a set.
std::set<std::string, std::less<>> split_names(const std::string& names);

node_options node_options_of(const config::settings& x);
rest::server_options server_options_of(const config::settings& x);
rest::route_settings route_settings_of(const config::settings& x);

/// The document of all routes that such a node has.
std::string openapi_of(const config::settings& x);

/// What clients may know of the setup: no value of the environment.
rest::node_facts facts_of(const config::settings& x, const node_options& node);

/// reference:workflow-definition#rules, by the engine's expressions.
reference_check reference_check_of(const node_environment::settings& names,
                                   node_environment::variables variables);

/// `accept_loss`: goes on without acknowledged commits when a log is damaged.
result<std::shared_ptr<storage::store>>
open_store(const config::settings& x, bool memory, bool accept_loss,
           std::shared_ptr<storage::commit_figures> figures);

/// The search index, not opened yet; null: the settings want none. In memory:
/// in a directory of its own that goes with it.
std::shared_ptr<index::index_store> make_index(const config::settings& x,
                                               bool in_memory);

} // namespace tutti::daemon
