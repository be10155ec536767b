#include "actors/engine/decision/scripts.hpp"

namespace tutti::engine {

namespace scripts_detail {

class none final : public script_runner {
 public:
  script_result run(const script_call&) override {
    return {script_result::kind::unavailable, {}, "scripts cannot be run here"};
  }
};

} // namespace scripts_detail

script_runner& no_scripts() {
  static scripts_detail::none runner;
  return runner;
}

} // namespace tutti::engine
