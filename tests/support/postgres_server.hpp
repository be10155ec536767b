#pragma once

#include "tests/support/node_process.hpp"

#include <string>
#include <vector>

namespace tutti::test {

/// A PostgreSQL of Debian's package for one test: in a directory of its own,
/// reached by a socket in it, gone with the object. Root starts it as the user
/// `postgres`, because the server refuses root. TUTTI_POSTGRES_BIN names
/// another installation.
class postgres_server {
 public:
  /// `settings`: name=value, for the server. Unless they say otherwise nothing
  /// is synced: it survives the kill of its processes, not of the machine.
  explicit postgres_server(std::vector<std::string> settings = {});
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// One for all tests of this process.
  static postgres_server& shared();

  void start();
  /// As `kill -9` of the whole server.
  void kill();
  /// Connections are ended, all is written.
  void stop();

  /// An empty database of its own; its address.
  std::string new_database();
  std::string url_of(const std::string& database) const;
  /// The same as postgresql://...
  std::string uri_of(const std::string& database) const;

  /// The first value of the answer, as text; throws with the server's words.
  std::string run(const std::string& sql,
                  const std::string& database = "postgres") const;

  int pid() const { return pid_; }
  /// CPU seconds of the server and all its children so far.
  double cpu_seconds() const;

 private:
  std::filesystem::path data() const { return scratch_.path() / "data"; }
  int launch(std::vector<std::string> words) const;

  scratch_directory scratch_{"postgres"};
  std::vector<std::string> settings_;
  int databases_ = 0;
  int pid_ = -1;
};

} // namespace tutti::test
