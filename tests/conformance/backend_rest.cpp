#include "tests/conformance/backend.hpp"

namespace tutti::conformance {

namespace {

class rest_backend final : public backend {
 public:
  explicit rest_backend(std::string url) : client_(std::move(url)) {}

  test::http_reply send(const std::string& method, const std::string& path,
                        const std::string& body) override {
    return client_.send(method, path, body);
  }
  bool settles_at_once() const override { return false; }

 private:
  test::http_client client_;
};

} // namespace

std::unique_ptr<backend> over_rest(std::string url) {
  return std::make_unique<rest_backend>(std::move(url));
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
