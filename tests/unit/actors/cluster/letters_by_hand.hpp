#pragma once

#include "actors/cluster/peer_letter.hpp"

#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

namespace tutti::test::cluster {

/// The other nodes, played by the test.
class letters_by_hand final : public peer_port {
 public:
  struct sent {
    std::string node;
    peer_letter_pointer letter;

    template <class Request>
    const Request& as() const {
      return std::get<Request>(letter->request);
    }
    template <class Request>
    void answer(const result<typename Request::response>& x) const {
      auto told = std::exchange(letter->answered, nullptr);
      auto bytes = wire::to_bytes_of_response<Request>(x);
      told(std::string_view(bytes));
    }
  };

  void send(uint32_t, peer_letter_pointer x) override {
    x->fail({errc::unavailable, "no shard is asked here"});
  }
  void send(const std::string& node, peer_letter_pointer x) override {
    letters.push_back({node, std::move(x)});
  }
  const std::string& name() const override { return name_; }
  std::vector<std::string> nodes() const override { return {"b", "c"}; }

  /// The oldest one.
  sent take() {
    if (letters.empty())
      throw std::runtime_error("there is no letter");
    auto out = std::move(letters.front());
    letters.pop_front();
    return out;
  }

  std::deque<sent> letters;

 private:
  std::string name_ = "a";
};

} // namespace tutti::test::cluster
