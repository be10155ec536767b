#pragma once

#include "messages/model/result.hpp"

#include <map>
#include <string>

namespace tutti::cli {

/// A server under a name of the user's.
struct server_context {
  std::string server, key;
};

/// The file of contexts (reference:command-line#contexts).
struct context_file {
  std::string current; ///< empty: none is in use
  std::map<std::string, server_context> contexts;
};

/// $TUTTI_CONFIG, else tutti/config.yaml in $XDG_CONFIG_HOME or ~/.config;
/// empty when there is no home.
std::string context_path();

/// No file is an empty one.
result<context_file> read_contexts(const std::string& path);
/// Replaces the file as a whole; only its owner may read it.
result<done> write_contexts(const std::string& path, const context_file& what);

/// Where to go and with which key, by what was given on the command line and in
/// the environment; empty texts were not given.
struct server_choice {
  std::string server;  ///< --server or TUTTI_URL
  std::string context; ///< --context or TUTTI_CONTEXT
  std::string key;     ///< TUTTI_KEY
};
/// A named server wins over a named context, that over the current one. A
/// context's key goes to its own server only.
result<server_context> choose_server(const server_choice& given,
                                     const std::string& path);

} // namespace tutti::cli
