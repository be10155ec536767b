#pragma once

#include "actors/event/message_sinks.hpp"

#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tutti::test {

/// Another system called "amqp": takes messages at once, late, or not.
class test_sinks final : public message_sinks {
 public:
  enum class mood : uint8_t { takes, waits, refuses, throws, forgets };

  std::set<std::string, std::less<>> providers() const override {
    return {"amqp"};
  }

  void publish(const external_message& what,
               reply<done> acknowledged) override {
    if (before)
      before(what);
    given.push_back(what);
    switch (now) {
      case mood::takes:
        return take(what.id, acknowledged);
      case mood::waits:
        waiting.emplace_back(what.id, std::move(acknowledged));
        return;
      case mood::refuses:
        return acknowledged(failure{errc::too_many, "not now"});
      case mood::throws:
        throw std::runtime_error("no connection");
      case mood::forgets:
        return;
    }
  }

  void take(const std::string& id, const reply<done>& acknowledged) {
    taken.insert(id);
    acknowledged(done{});
  }
  /// The oldest one that waits.
  void take_one() {
    auto [id, acknowledged] = std::move(waiting.front());
    waiting.erase(waiting.begin());
    take(id, acknowledged);
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (auto& x : given)
      out.push_back(x.id);
    return out;
  }

  mood now = mood::takes;
  std::function<void(const external_message&)> before;
  std::vector<external_message> given;
  std::set<std::string> taken; ///< ids
  std::vector<std::pair<std::string, reply<done>>> waiting;
};

} // namespace tutti::test
