#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/queued.hpp"
#include "actors/engine/tasks/work_time.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace kafka_publish_detail {

/// The work is done in actors/system_tasks (reference:kafka-publish).
class kafka_publish final : public queued_kind {
 public:
  int64_t lease_ms(const decision_builder& t,
                   decision_builder::row_index i) const override {
    auto& work = t.context().bounds.work;
    return kafka_work_ms(t.row(i).input.json(), work) + work.grace_ms;
  }

  void check(const task_check& c) const override {
    if (!c.has_input("kafka_request") && !c.has_template("kafka_request"))
      c.broken("inputParameters needs kafka_request");
  }

 private:
  std::string_view type() const override { return "KAFKA_PUBLISH"; }
};

} // namespace kafka_publish_detail

const task_kind& kafka_publish_kind() {
  static const kafka_publish_detail::kafka_publish kind;
  return kind;
}

} // namespace tutti::engine
