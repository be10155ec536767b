#include "actors/metadata/registered_workflow.hpp"

#include "actors/engine/decision/weights.hpp"
#include "messages/model/codec.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace tutti {

namespace registered_workflow_detail {

// In memory there are the structs, the parsed templates, and what decisions
// compile from them, beside the texts.
constexpr uint64_t entry_bytes = 1'000, copies = 3;

std::string compact(const workflow_def& x) {
  std::string out;
  write_compact(out, x);
  out.shrink_to_fit();
  return out;
}

} // namespace registered_workflow_detail

registered_workflow::registered_workflow(const workflow_def& what)
    : name_(what.name), text_(registered_workflow_detail::compact(what)),
      version_(what.version), create_time_(what.trail.create_time),
      update_time_(what.trail.update_time),
      bytes_(registered_workflow_detail::entry_bytes
             + registered_workflow_detail::copies * engine::weight_of(what)) {}

registered_workflow::~registered_workflow() { delete parsed_.load(); }

workflow_def_pointer registered_workflow::parse() const {
  auto out = read_workflow_def(text_);
  if (!out) // it was written from one
    throw std::logic_error("workflow definition '" + name_
                           + "': " + out.failure().message);
  return std::make_shared<const workflow_def>(std::move(*out));
}

workflow_def_pointer registered_workflow::look() const {
  auto* known = parsed_.load(std::memory_order_acquire);
  return known ? *known : parse();
}

workflow_def_pointer registered_workflow::get() const {
  if (auto* known = parsed_.load(std::memory_order_acquire))
    return *known;
  auto made = std::make_unique<const workflow_def_pointer>(parse());
  // Two threads may parse at a time; the first one's stays.
  const workflow_def_pointer* known = nullptr;
  if (parsed_.compare_exchange_strong(known, made.get(),
                                      std::memory_order_acq_rel))
    known = made.release();
  return *known;
}

} // namespace tutti
