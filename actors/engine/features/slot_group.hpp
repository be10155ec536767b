#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// The slots of one rateLimitKey: the executions that hold one, and those that
/// wait, in order of arrival. Plain bookkeeping: the concurrency limiter stores
/// every change before it tells anybody.
class slot_group {
 public:
  struct claim {
    std::string workflow_id;
    int32_t generation = 0;
    int32_t limit = 0;
    bool held = false;
    friend bool operator==(const claim&, const claim&) = default;
  };
  /// The new value of one stored claim; without `now` the claim is erased.
  struct change {
    uint64_t number = 0;
    bool erased = false;
    claim now = {};
    /// The execution must be told that it holds a slot.
    bool tell = false;
  };
  using changes = std::vector<change>;

  /// Adds a stored claim. Called after a restart, before any request.
  void restore(uint64_t number, claim x);

  /// A repeated request changes nothing. A request of an older generation than
  /// the known one is ignored. `number` is the arrival order.
  changes ask(uint64_t number, const std::string& workflow_id,
              int32_t generation, int32_t limit);
  /// Takes a slot at once, or changes nothing and answers false.
  bool try_ask(uint64_t number, const std::string& workflow_id,
               int32_t generation, int32_t limit, changes& out);
  /// Ignored unless the generation is that of the claim.
  changes give_back(const std::string& workflow_id, int32_t generation);

  bool empty() const { return claims_.empty(); }
  size_t held() const { return held_; }
  size_t waiting() const { return claims_.size() - held_; }
  const std::map<uint64_t, claim>& claims() const { return claims_; }

 private:
  void grant(changes& out);

  std::map<uint64_t, claim> claims_;
  std::unordered_map<std::string, uint64_t> number_of_;
  /// Waiting claims by arrival number.
  std::map<uint64_t, claim*> waiting_;
  size_t held_ = 0;
};

} // namespace tutti::engine
