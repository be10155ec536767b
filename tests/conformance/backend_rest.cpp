#include "tests/conformance/backend.hpp"

#include <random>
#include <sstream>

namespace tutti::conformance {

namespace {

class rest_backend final : public backend {
 public:
  explicit rest_backend(const std::string& urls) {
    for (auto& url : split(urls))
      clients_.emplace_back(url);
  }

  test::http_reply send(const std::string& method, const std::string& path,
                        const std::string& body) override {
    std::uniform_int_distribution<size_t> any(0, clients_.size() - 1);
    return clients_[any(random_)].send(method, path, body);
  }
  bool settles_at_once() const override { return false; }

 private:
  static std::vector<std::string> split(const std::string& urls) {
    std::vector<std::string> out;
    std::istringstream in(urls);
    for (std::string one; std::getline(in, one, ',');)
      out.push_back(one);
    return out;
  }

  std::vector<test::http_client> clients_;
  std::minstd_rand random_{1};
};

} // namespace

std::unique_ptr<backend> over_rest(const std::string& urls) {
  return std::make_unique<rest_backend>(urls);
}

// Executions fall asleep at once, so that every case also wakes them from the
// store; case 153 is about variables over 2 KB; case 148 never ends by itself.
const std::vector<std::string>& node_arguments() {
  static const std::vector<std::string> all{
      "--test-clock",
      "--set",
      "executions.variables_kib_max=2",
      "--set",
      "executions.idle_sleep_ms=10",
      "--set",
      "scripts.time_limit_ms=" + std::to_string(script_limit_ms),
      "--set",
      "outbound.allowed_networks=127.0.0.1"};
  return all;
}

// Cases 180 and 181 read these through the environment store and the secret
// store.
const std::vector<std::string>& node_environment_entries() {
  static const std::vector<std::string> all{
      "CONDUCTOR_SECRET_A=the secret", "CONDUCTOR_ENV_R=the region",
      "CONDUCTOR_SECRET_PW=hidden", "CONDUCTOR_ENV_REGION=north"};
  return all;
}

} // namespace tutti::conformance
