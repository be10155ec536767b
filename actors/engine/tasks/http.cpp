#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/queued.hpp"
#include "actors/engine/tasks/work_time.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace http_detail {

/// The work is done in actors/system_tasks (reference:http).
class http final : public queued_kind {
 public:
  int64_t lease_ms(const decision_builder& t,
                   decision_builder::row_index i) const override {
    auto& work = t.context().bounds.work;
    return http_work_ms(t.row(i).input.json(), work) + work.grace_ms;
  }

  void check(const task_check& c) const override {
    if (!c.has_input("http_request") && !c.has_input("uri")
        && !c.has_input("method") && !c.has_template("http_request"))
      c.broken("inputParameters needs http_request, or uri and method");
  }

 private:
  std::string_view type() const override { return "HTTP"; }
};

} // namespace http_detail

const task_kind& http_kind() {
  static const http_detail::http kind;
  return kind;
}

} // namespace tutti::engine
