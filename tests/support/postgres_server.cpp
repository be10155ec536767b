#include "tests/support/postgres_server.hpp"

#include "tests/support/waiting.hpp"

#include <libpq-fe.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace tutti::test {

namespace postgres_server_detail {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

fs::path programs() {
  if (const char* named = std::getenv("TUTTI_POSTGRES_BIN"))
    return named;
  fs::path found;
  std::error_code none;
  for (auto& version : fs::directory_iterator{"/usr/lib/postgresql", none})
    if (fs::exists(version.path() / "bin/initdb"))
      found = std::max(found, version.path() / "bin");
  if (found.empty())
    throw std::runtime_error("there is no PostgreSQL below /usr/lib/postgresql "
                             "(tools/setup --tests installs it)");
  return found;
}

const passwd* user_for_root() {
  if (::geteuid() != 0)
    return nullptr;
  for (auto* name : {"postgres", "nobody"})
    if (auto* x = ::getpwnam(name))
      return x;
  throw std::runtime_error("there is no user to run PostgreSQL as");
}

std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Processes by their parent; user and system time in ticks.
double ticks_of(int pid) {
  auto text = text_of("/proc/" + std::to_string(pid) + "/stat");
  auto at = text.rfind(')');
  if (at == text.npos)
    return 0;
  unsigned long user = 0, system = 0;
  long user_gone = 0, system_gone = 0;
  std::sscanf(text.c_str() + at + 2,
              "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld",
              &user, &system, &user_gone, &system_gone);
  return double(user + system) + double(user_gone + system_gone);
}

} // namespace postgres_server_detail

using namespace postgres_server_detail;

int postgres_server::launch(std::vector<std::string> words) const {
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  auto log = scratch_.path() / "log";
  auto* user = user_for_root();
  const auto parent = ::getpid();
  const int pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("cannot fork");
  if (pid == 0) {
    ::setpgid(0, 0);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (out >= 0) {
      ::dup2(out, 1);
      ::dup2(out, 2);
    }
    if (user
        && (::initgroups(user->pw_name, user->pw_gid) != 0
            || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
      ::_exit(126);
    if (::chdir(scratch_.path().c_str()) != 0)
      ::_exit(126);
    // After the change of user, which takes it back.
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != parent)
      ::_exit(126);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return pid;
}

postgres_server::postgres_server(std::vector<std::string> settings)
    : settings_(std::move(settings)) {
  if (auto* user = user_for_root())
    if (::chown(scratch_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot give away " + scratch_.path().string());
  int pid = launch({programs() / "initdb", "-D", data(), "-U", "tutti",
                    "--auth=trust", "--encoding=UTF8", "--no-locale",
                    "--no-sync", "--no-instructions"});
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0)
    throw std::runtime_error("initdb failed: "
                             + text_of(scratch_.path() / "log"));
  start();
}

postgres_server::~postgres_server() {
  if (pid_ > 0)
    ::kill(pid_, SIGQUIT);
  if (pid_ > 0)
    ::waitpid(pid_, nullptr, 0);
}

postgres_server& postgres_server::shared() {
  static postgres_server one;
  return one;
}

void postgres_server::start() {
  std::vector<std::string> words{programs() / "postgres", "-D", data(), "-k",
                                 scratch_.path()};
  for (std::string setting :
       {"listen_addresses=", "fsync=off", "max_connections=60",
        "shared_buffers=64MB", "wal_compression=on"}) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  for (auto& setting : settings_) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  auto url = url_of("postgres");
  pid_ = launch(words);
  auto decided = [&] {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      // Children of a server that was killed may not have ended yet.
      pid_ = launch(words);
      return false;
    }
    return PQping(url.c_str()) == PQPING_OK;
  };
  if (!in_time(decided, 30s))
    throw std::runtime_error("PostgreSQL does not start: "
                             + text_of(scratch_.path() / "log"));
}

void postgres_server::kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void postgres_server::stop() {
  ::kill(pid_, SIGINT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string postgres_server::url_of(const std::string& database) const {
  return "host=" + scratch_.path().string() + " user=tutti dbname=" + database;
}

std::string postgres_server::uri_of(const std::string& database) const {
  return "postgresql://tutti@/" + database
         + "?host=" + scratch_.path().string();
}

std::string postgres_server::new_database() {
  auto name = "test" + std::to_string(++databases_);
  run("create database " + name);
  return url_of(name);
}

std::string postgres_server::run(const std::string& sql,
                                 const std::string& database) const {
  std::unique_ptr<PGconn, decltype(&PQfinish)> in{
      PQconnectdb(url_of(database).c_str()), &PQfinish};
  std::unique_ptr<PGresult, decltype(&PQclear)> got{
      PQexec(in.get(), sql.c_str()), &PQclear};
  switch (PQresultStatus(got.get())) {
    case PGRES_COMMAND_OK:
      return {};
    case PGRES_TUPLES_OK:
      return PQntuples(got.get()) > 0 ? PQgetvalue(got.get(), 0, 0) : "";
    default:
      throw std::runtime_error(sql + ": " + PQerrorMessage(in.get()));
  }
}

double postgres_server::cpu_seconds() const {
  double sum = ticks_of(pid_);
  auto path = "/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_)
              + "/children";
  std::ifstream in{path};
  for (int child = 0; in >> child;)
    sum += ticks_of(child);
  return sum / double(::sysconf(_SC_CLK_TCK));
}

} // namespace tutti::test
