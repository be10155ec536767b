#pragma once

namespace CLI {
class App;
} // namespace CLI

namespace tutti::cli {

struct session;

void add_store(CLI::App& app, session& s);

} // namespace tutti::cli
