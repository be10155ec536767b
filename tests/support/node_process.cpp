#include "tests/support/node_process.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace tutti::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

bool bindable(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free
      = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

// Below the range of outgoing connections: after a kill the same port must
// still be free, so no client socket may take it. Parallel tests begin to
// search at different ports.
int free_port() {
  constexpr int first = 12'000, ports = 19'000;
  for (int attempt = 0; attempt < ports; ++attempt) {
    const int port = first + (::getpid() * 31 + attempt) % ports;
    if (bindable(port))
      return port;
  }
  throw std::runtime_error("no free port between 12000 and 31000");
}

} // namespace

scratch_directory::scratch_directory(const std::string& purpose) {
  auto text
      = (fs::temp_directory_path() / ("tutti-" + purpose + "-XXXXXX")).string();
  if (::mkdtemp(text.data()) == nullptr)
    throw std::runtime_error("cannot create " + text);
  path_ = text;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  if (!keep_)
    fs::remove_all(path_, ignored);
}

node_process::node_process(fs::path data, std::vector<std::string> arguments,
                           std::vector<std::string> environment)
    : data_(std::move(data)), arguments_(std::move(arguments)),
      environment_(std::move(environment)), port_(free_port()) {
  fs::create_directories(data_);
  log_ = data_.parent_path() / (data_.filename().string() + ".log");
}

node_process::~node_process() { kill(); }

std::string node_process::base_url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

void node_process::start(std::chrono::milliseconds patience) {
  std::vector<std::string> words{tuttid_path().string(), "--data",
                                 data_.string(), "--port",
                                 std::to_string(port_)};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (char** entry = environ; *entry != nullptr; ++entry)
    envp.push_back(*entry);
  for (auto& entry : environment_)
    envp.push_back(entry.data());
  envp.push_back(nullptr);

  const auto parent = ::getpid();
  const int pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("cannot fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(126);
    const int log
        = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log >= 0) {
      ::dup2(log, 1);
      ::dup2(log, 2);
    }
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  pid_ = pid;
  http_client client{base_url(), 1s};
  bool healthy = false;
  auto decided = [&] {
    healthy = client.send("GET", "/health").ok();
    int status = 0;
    if (!healthy && ::waitpid(pid_, &status, WNOHANG) == pid_)
      pid_ = -1;
    return healthy || pid_ < 0;
  };
  in_time(decided, patience);
  if (healthy)
    return;
  const bool ended = pid_ < 0;
  kill();
  throw std::runtime_error(words[0]
                           + (ended ? " ended at once" : " is not healthy")
                           + "; its log:\n" + log_end());
}

void node_process::kill() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

void node_process::signal(int which) {
  if (pid_ > 0)
    ::kill(pid_, which);
}

int node_process::stop(std::chrono::milliseconds patience) {
  if (pid_ <= 0)
    return -1;
  ::kill(pid_, SIGTERM);
  int status = 0;
  if (!in_time([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; },
               patience)) {
    kill();
    return -1;
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string node_process::log_end(size_t bytes) const {
  std::ifstream in{log_, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

fs::path tuttid_path() {
  if (const char* named = std::getenv("TUTTID"))
    return named;
  return fs::read_symlink("/proc/self/exe").parent_path() / "tuttid";
}

} // namespace tutti::test
