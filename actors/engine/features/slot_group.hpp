#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// One rateLimitKey: who holds its slots, and who waits, in order of arrival.
/// Plain bookkeeping; the keeper stores each change before it tells anybody.
class slot_group {
 public:
  struct claim {
    std::string workflow_id;
    int32_t generation = 0;
    int32_t limit = 0;
    bool held = false;
    friend bool operator==(const claim&, const claim&) = default;
  };
  /// A place as it is from now on; without `now` it is gone.
  struct change {
    uint64_t number = 0;
    bool erased = false;
    claim now = {};
    /// Its execution is to be told that it holds a slot.
    bool tell = false;
  };
  using changes = std::vector<change>;

  /// A stored place, before any request.
  void restore(uint64_t number, claim x);

  /// A request that comes again changes nothing; one of an earlier round than
  /// the known one is ignored. `number` orders those who wait.
  changes ask(uint64_t number, const std::string& workflow_id,
              int32_t generation, int32_t limit);
  /// Takes a slot at once, or not at all.
  bool try_ask(uint64_t number, const std::string& workflow_id,
               int32_t generation, int32_t limit, changes& out);
  /// Only the round that has the place gives it back.
  changes give_back(const std::string& workflow_id, int32_t generation);

  bool empty() const { return claims_.empty(); }
  size_t held() const { return held_; }
  size_t waiting() const { return claims_.size() - held_; }
  const std::map<uint64_t, claim>& claims() const { return claims_; }

 private:
  void grant(changes& out);

  std::map<uint64_t, claim> claims_;
  std::unordered_map<std::string, uint64_t> number_of_;
  /// Numbers of those who wait.
  std::map<uint64_t, claim*> waiting_;
  size_t held_ = 0;
};

} // namespace tutti::engine
