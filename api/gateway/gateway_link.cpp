#include "api/gateway/gateway_link.hpp"

#include <caf/send.hpp>

#include <atomic>

namespace tutti::api {

namespace gateway_link_detail {

size_t thread_number() {
  static std::atomic<size_t> next{0};
  thread_local const size_t mine = next++;
  return mine;
}

class gateway_link final : public gateway_port {
 public:
  explicit gateway_link(std::vector<gateway_actor> gateways)
      : gateways_(std::move(gateways)) {}

  void send(gateway_message what) override {
    auto& to = gateways_[thread_number() % gateways_.size()];
    std::visit([&](auto& x) { caf::anon_send(to, std::move(x)); }, what);
  }

 private:
  std::vector<gateway_actor> gateways_;
};

} // namespace gateway_link_detail

std::shared_ptr<gateway_port>
make_gateway_port(std::vector<gateway_actor> gateways) {
  return std::make_shared<gateway_link_detail::gateway_link>(
      std::move(gateways));
}

} // namespace tutti::api
