#include "api/rest/routes/start_headers.hpp"

#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

std::optional<failure> read_idempotency(const exchange& x,
                                        start_workflow_request& into) {
  query_reader query(x);
  into.idempotency_key = query.read(idempotency_key);
  auto strategy = query.read(on_conflict);
  if (query.failure())
    return query.failure();
  if (strategy.empty())
    return std::nullopt;
  into.idempotency_strategy = from_text<idempotency_strategy>(strategy);
  if (into.idempotency_strategy)
    return std::nullopt;
  return failure{errc::invalid,
                 "header 'X-on-conflict' must be FAIL, RETURN_EXISTING or "
                 "FAIL_ON_RUNNING, but is '"
                     + strategy + "'"};
}

std::optional<failure> check_priority(int32_t priority, std::string path) {
  if (priority >= 0 && priority <= 99)
    return std::nullopt;
  return invalid_request({{std::move(path), "priority must be 0 to 99",
                           std::to_string(priority)}});
}

} // namespace tutti::rest
