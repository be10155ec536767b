#include "actors/retention/retention_rules.hpp"

#include "messages/model/enums.hpp"
#include "messages/model/query/parser.hpp"
#include "messages/model/retention/retention_policy.hpp"

namespace tutti {

namespace retention_rules_detail {

/// More definitions with a policy of their own than this: each of the others is
/// asked for by its name, because a query has a bound on its values.
constexpr size_t others_max = 200;

struct field {
  workflow_status status;
  std::optional<int64_t> retention_ages::*age;
};
constexpr field fields[] = {
    {workflow_status::completed, &retention_ages::completed},
    {workflow_status::failed, &retention_ages::failed},
    {workflow_status::timed_out, &retention_ages::timed_out},
    {workflow_status::terminated, &retention_ages::terminated},
};

/// What the definition does not say is by default.
retention_ages ages_of(const retention_policy& own,
                       const retention_ages& defaults) {
  auto age
      = [](const std::optional<retention_policy::age>& x,
           std::optional<int64_t> otherwise) { return x ? x->ms : otherwise; };
  return {age(own.completed, defaults.completed),
          age(own.failed, defaults.failed),
          age(own.timed_out, defaults.timed_out),
          age(own.terminated, defaults.terminated)};
}

/// It was validated when it was registered.
std::optional<retention_policy> policy_of(const workflow_def& x) {
  auto read = read_retention_policy(x.metadata);
  return read ? *read : std::nullopt;
}

void add(std::vector<retention_rule>& out, const std::string& name,
         const retention_ages& ages, bool archive,
         const std::vector<std::string>& others = {}) {
  for (auto& x : fields)
    if (auto age = ages.*(x.age))
      out.push_back({name, x.status, *age, archive, others});
}

} // namespace retention_rules_detail

std::string retention_rule::query(int64_t now) const {
  auto out = "status = " + std::string(to_text(status)) + " AND endTime < "
             + std::to_string(now - age_ms);
  if (!name.empty())
    return "workflowType = " + query::quoted(name) + " AND " + out;
  if (others.empty())
    return out;
  std::string names;
  for (auto& x : others)
    names += (names.empty() ? "" : ", ") + query::quoted(x);
  return out + " AND NOT workflowType IN (" + names + ")";
}

std::vector<retention_rule> retention_rules(const definition_snapshot& of,
                                            const retention_ages& defaults,
                                            bool archive) {
  using namespace retention_rules_detail;
  std::vector<retention_rule> out;
  std::vector<std::string> own, plain;
  for (auto& [name, versions] : of.workflows()) {
    auto policy = policy_of(*versions->rbegin()->second->look());
    (policy ? own : plain).push_back(name);
    if (policy)
      add(out, name, ages_of(*policy, defaults),
          policy->archive.value_or(archive));
  }
  if (own.size() <= others_max)
    add(out, {}, defaults, archive, own);
  else
    for (auto& name : plain)
      add(out, name, defaults, archive);
  return out;
}

} // namespace tutti
