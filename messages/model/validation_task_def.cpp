#include "messages/model/validation_rules.hpp"

namespace tutti {

void validate(violations& out, const task_def& def, const std::string& path,
              const validation_settings& settings) {
  out.not_empty(path, "name", def.name, "the task definition needs a name");
  out.at_least(path, "retryCount", def.retry_count, 0);
  out.at_least(path, "pollTimeoutSeconds", def.poll_timeout_seconds.value_or(0),
               0);
  out.at_least(path, "totalTimeoutSeconds", def.total_timeout_seconds, 0);
  out.at_least(path, "maxRetryDelaySeconds", def.max_retry_delay_seconds, 0);
  out.at_least(path, "backoffJitterMs", def.backoff_jitter_ms, 0);
  out.at_least(path, "responseTimeoutSeconds", def.response_timeout_seconds, 1);
  out.at_least(path, "backoffScaleFactor", def.backoff_scale_factor, 1);
  if (settings.owner_email_mandatory)
    out.not_empty(path, "ownerEmail", def.owner_email,
                  "the task definition needs an ownerEmail");
  auto no_longer_than = [&](std::string_view shorter, int64_t a,
                            std::string_view longer, int64_t b) {
    if (a > b)
      out.add(path, "task definition '" + def.name
                        + "': " + std::string(shorter) + " " + std::to_string(a)
                        + " must not exceed " + std::string(longer) + " "
                        + std::to_string(b));
  };
  if (def.timeout_seconds > 0) {
    no_longer_than("responseTimeoutSeconds", def.response_timeout_seconds,
                   "timeoutSeconds", def.timeout_seconds);
    if (def.total_timeout_seconds > 0)
      no_longer_than("timeoutSeconds", def.timeout_seconds,
                     "totalTimeoutSeconds", def.total_timeout_seconds);
  }
  check_schemas(out, def, path, settings);
}

void validate(violations& out, const schema_def& x, const std::string& path,
              const validation_settings& settings) {
  out.not_empty(path, "name", x.name, "the schema needs a name");
  out.at_least(path, "version", x.version, 1);
  // Schemas of other types are stored, but cannot be enforced.
  if (x.type == schema_type::json && settings.schema_check)
    if (auto why = settings.schema_check(x))
      out.add(path + ".data", *why);
}

} // namespace tutti
