#include "tools/tuttid/service_wiring.hpp"

#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/inputs/expression/pattern.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "actors/node/process_memory.hpp"
#include "api/rest/openapi/document.hpp"
#include "config/loader.hpp"
#include "config/setting_table.hpp"
#include "messages/model/instants.hpp"
#include "messages/model/retention/retention_policy.hpp"
#include "storage/index/sqlite/sqlite_index.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include <unistd.h>

namespace tutti::daemon {

namespace service_wiring_detail {

using std::chrono::milliseconds;

constexpr size_t kib = 1024, mib = 1024 * kib;

node_environment::variables variables() {
  node_environment::variables out;
  for (auto& [name, value] : config::process_environment())
    out.emplace(name, value);
  return out;
}

size_t memory_budget_of(const config::settings& x) {
  auto given = size_t(x.memory.budget_mib) * mib;
  return given > 0 ? given : memory_limit() / 2;
}

/// The store's caches are a part of the memory budget.
constexpr size_t cache_part = 4, write_buffers_part = 8;

/// So is what one caller may hold: beside the caches there is room for some
/// executions, decisions and answers of the largest kind, each of which exists
/// several times while it is written.
constexpr size_t execution_part = 8, decision_part = 128, answer_part = 16,
                 unread_part = 8, dry_run_part = 32, definitions_part = 8;

/// Memory for heavy things (memory_account.hpp); the documents of one decision,
/// what is made of them, and their parser are less.
constexpr size_t heavy_part = 2, document_part = 4;

size_t heavy_bytes_of(const config::settings& x) {
  auto given = size_t(x.memory.heavy_mib) * mib;
  return given > 0 ? given : memory_budget_of(x) / heavy_part;
}

size_t document_bytes_of(const config::settings& x) {
  return std::min(size_t(x.memory.document_mib_max) * mib,
                  heavy_bytes_of(x) / document_part);
}

/// Heavy things get nothing when the process has come so close to where the
/// system would end it.
size_t memory_ceiling_of(const config::settings& x) {
  constexpr size_t limit_percent = 85;
  auto budget = memory_budget_of(x);
  return std::min(budget + budget / 2, memory_limit() / 100 * limit_percent);
}

size_t within_memory(const config::settings& x, size_t bytes, size_t part) {
  return std::min(bytes, std::max(memory_budget_of(x) / part, mib));
}

size_t answer_bytes_of(const config::settings& x) {
  return within_memory(x, size_t(x.http.answer_kib_max) * kib, answer_part);
}

schedule_settings of_schedules(const config::schedule_settings& x) {
  schedule_settings out;
  out.count_max = size_t(x.count_max);
  out.definition_bytes_max = size_t(x.definition_kib_max) << 10;
  out.starts_in_flight_max = size_t(x.starts_in_flight_max);
  out.firings_max = size_t(x.firings_max);
  out.firing_age_max = std::chrono::hours(24 * x.firing_days_max);
  out.backfill_max = size_t(x.backfill_max);
  out.search_rows_max = size_t(x.search_rows_max);
  out.catchup.grace_ms = x.grace_ms;
  out.catchup.window_ms = x.catchup_window_s * 1'000;
  out.catchup.instants_max = size_t(x.catchup_max);
  return out;
}

void set_system_tasks(node_options& out, const config::settings& x) {
  auto& s = x.system_tasks;
  out.system_tasks.concurrency = size_t(s.concurrency);
  out.system_tasks.isolated = s.isolated;
  out.system_tasks.isolated_concurrency = size_t(s.isolated_concurrency);
  out.system_tasks.execution_name_space = s.execution_namespace;
  auto& work = out.bounds.work;
  work.http_connect_ms = x.http_tasks.connect_timeout_ms;
  work.http_read_ms = x.http_tasks.read_timeout_ms;
  work.http_transfer_ms = x.http_tasks.transfer_ms;
  work.timeout_ms_max = s.timeout_ms_max;
  work.kafka_request_ms = x.kafka_tasks.request_timeout_ms;
  work.kafka_block_ms = x.kafka_tasks.block_ms;
  work.grace_ms = s.lease_grace_ms;
  // Checked when the settings were read; on failure allow nothing besides
  // public addresses.
  auto networks = network_policy::parse(x.outbound.allowed_networks);
  out.http.networks = networks ? *networks : network_policy();
  out.http.answer_bytes_max = size_t(x.http_tasks.response_kib_max) * kib;
  out.http.redirects_max = x.http_tasks.redirects_max;
  out.http.kept_connections_max = s.concurrency;
  out.http.ca_file = x.http_tasks.ca_file;
  out.kafka.networks = out.http.networks;
  out.kafka.producers_max = size_t(x.kafka_tasks.producers_max);
  out.kafka.idle_close = milliseconds(x.kafka_tasks.idle_close_ms);
  auto& secured = x.kafka_tasks;
  auto& security = out.kafka.security;
  security.servers = secured.security_servers;
  security.protocol = secured.security_protocol;
  security.mechanism = secured.sasl_mechanism;
  security.username = secured.sasl_username;
  security.password_secret = secured.sasl_password_secret;
  security.ca_file = secured.ssl_ca_file;
  security.certificate_file = secured.ssl_certificate_file;
  security.key_file = secured.ssl_key_file;
  security.key_password_secret = secured.ssl_key_password_secret;
}

/// They were checked when the settings were read.
std::optional<int64_t> age_of(const std::string& text) {
  auto read = read_retention_age(text);
  return read ? read->ms : std::nullopt;
}

void set_retention(node_options& out, const config::retention_settings& x) {
  auto& to = out.retention;
  to.ages = {age_of(x.completed), age_of(x.failed), age_of(x.timed_out),
             age_of(x.terminated)};
  to.archive = x.archive;
  to.archive_keep = std::chrono::hours(24 * x.archive_days);
  to.every = std::chrono::minutes(x.every_minutes);
  to.rate = x.rate;
  to.parallel = size_t(x.parallel);
  to.latency_max = milliseconds(x.latency_ms_max);
  to.compacts = x.compact;
}

index::task_policy task_policy_of(const std::string& x) {
  using enum index::task_policy;
  return x == "all"      ? all
         : x == "failed" ? failed
         : x == "none"   ? none
                         : terminal;
}

void set_search(node_options& out, const config::settings& x) {
  auto& i = x.index;
  out.index_pause = milliseconds(i.pause_ms);
  auto& s = out.search;
  s.threads = size_t(i.query_threads);
  s.waiting_max = size_t(i.searches_waiting_max);
  s.wait_max = milliseconds(i.wait_ms_max);
  s.patience = milliseconds(i.query_ms_max);
  s.page_max = size_t(i.page_hits_max);
  s.facet_values_max = size_t(i.facet_values_max);
  s.rollup_lines_max = size_t(i.rollup_lines_max);
  s.answer_bytes_max = answer_bytes_of(x);
  s.query = {size_t(i.query_bytes_max), size_t(i.query_depth_max),
             size_t(i.query_terms_max)};
}

} // namespace service_wiring_detail

std::set<std::string, std::less<>> split_names(const std::string& names) {
  std::set<std::string, std::less<>> out;
  size_t at = 0;
  while (at <= names.size()) {
    auto comma = std::min(names.find(',', at), names.size());
    auto first = names.find_first_not_of(' ', at);
    auto last = names.find_last_not_of(' ', comma - 1);
    if (first < comma && last != names.npos)
      out.insert(names.substr(first, last - first + 1));
    at = comma + 1;
  }
  return out;
}

result<done> check_networks(const config::settings& x) {
  auto networks = network_policy::parse(x.outbound.allowed_networks);
  if (networks)
    return done{};
  return failure{errc::invalid,
                 "outbound.allowed_networks: " + networks.failure().message};
}

result<done> check_retention(const config::settings& x) {
  auto& r = x.retention;
  for (auto& [name, age] : {std::pair{"completed", &r.completed},
                            {"failed", &r.failed},
                            {"timed_out", &r.timed_out},
                            {"terminated", &r.terminated}})
    if (!age->empty() && !read_retention_age(*age))
      return failure{errc::invalid, std::string("retention.") + name + ": '"
                                        + *age
                                        + "' is no age like 30d, 12h or never"};
  return done{};
}

node_options node_options_of(const config::settings& x) {
  using namespace service_wiring_detail;
  node_options out;
  out.workers = size_t(x.node.workers);
  out.memory_bytes = memory_budget_of(x);
  out.memory_ceiling_bytes = memory_ceiling_of(x);
  out.heavy
      = {heavy_bytes_of(x), document_bytes_of(x), size_t(x.memory.waiting_max)};
  out.executions.memory_wait = milliseconds(x.memory.wait_ms);
  out.gateways = size_t(x.node.gateways);
  out.owner = "tuttid";

  out.aside_threads = size_t(x.node.aside_threads);
  out.aside_waiting_max = size_t(x.node.aside_waiting_max);
  auto answer_bytes = answer_bytes_of(x);
  out.executions.answer_bytes_max = answer_bytes;
  out.gateway.answer_bytes_max = answer_bytes;
  // The answer shows the input, and again where the definition names it.
  out.queues.poll_bytes_max = answer_bytes / 2;
  out.readers.threads = size_t(x.store.reader_threads);
  out.readers.waiting_max = size_t(x.store.reads_waiting_max);

  auto& e = x.executions;
  out.executions.defer_max = milliseconds(e.deferred_commit_ms);
  out.executions.idle_sleep = milliseconds(e.idle_sleep_ms);
  out.executions.terminal_sleep = milliseconds(e.terminal_sleep_ms);
  out.executions.active_max = size_t(e.active_max);
  out.executions.log_lines_max = uint64_t(e.log_lines_max);
  out.executions.log_bytes_max = uint64_t(e.log_kib_max) * kib;
  out.executions.crash_limit = size_t(e.crash_limit);
  out.executions.crash_window = milliseconds(e.crash_window_ms);
  out.executions.snapshot_revisions_min = size_t(e.snapshot_revisions_min);
  out.executions.timer_window = size_t(e.timer_window);
  out.executions.outbox_credit = size_t(e.outbox_credit);
  out.executions.outbox_bytes = uint64_t(e.outbox_credit_kib) << 10;
  out.executions.families_known_max = size_t(e.families_known_max);

  out.bounds.variables_bytes_max = size_t(e.variables_kib_max) * kib;
  out.bounds.workflow_input_bytes_max = size_t(e.input_kib_max) * kib;
  out.bounds.workflow_output_bytes_max = size_t(e.output_kib_max) * kib;
  out.bounds.task_input_bytes_max = size_t(e.task_input_kib_max) * kib;
  out.bounds.task_output_bytes_max = size_t(e.task_output_kib_max) * kib;
  out.bounds.task_payload_bytes_warning
      = size_t(e.task_payload_kib_warning) * kib;
  out.bounds.execution_bytes_max
      = within_memory(x, size_t(e.execution_mib_max) * mib, execution_part);
  out.bounds.history_bytes_max = size_t(e.history_mib_max) << 20;
  out.bounds.decision_bytes_max
      = within_memory(x, size_t(e.decision_mib_max) * mib, decision_part);
  out.bounds.document_bytes_max = document_bytes_of(x);
  out.bounds.json_depth_max = size_t(e.json_depth_max);
  out.bounds.commit_bytes_max = size_t(x.store.commit_mib_max) << 20;
  out.bounds.family_executions_max = e.family_executions_max;
  out.bounds.family_bytes_max = uint64_t(e.family_mib_max) << 20;
  out.bounds.reason_characters_max = size_t(e.reason_characters_max);
  out.bounds.tasks_max = size_t(e.tasks_max);
  out.bounds.depth_max = size_t(e.depth_max);
  out.bounds.fork_branches_max = size_t(e.fork_branches_max);
  out.bounds.queue_repair_ms = e.queue_repair_ms;
  out.bounds.decision_events_max = size_t(e.decision_events_max);
  out.bounds.part_steps = uint64_t(e.part_steps);
  out.bounds.decision_steps_max = uint64_t(e.decision_steps_max);
  out.bounds.expression_steps_max = uint64_t(e.expression_steps_max);
  out.bounds.schema_steps_max = uint64_t(e.schema_steps_max);
  out.bounds.for_each_parallel = size_t(e.for_each_parallel);
  out.bounds.goto_jumps_max = size_t(e.goto_jumps_max);
  out.outputs.entries_max = size_t(e.output_cache_entries_max);
  out.outputs.bytes_max = size_t(e.output_cache_mib_max) << 20;

  out.bounds.messages_enabled = x.messages.enabled;
  out.bounds.messages_max = size_t(x.messages.queue_max);
  out.bounds.inbox_bytes_max = size_t(x.messages.inbox_kib_max) * kib;
  out.bounds.message_ttl_ms = x.messages.ttl_seconds * 1000;
  out.bounds.message_batch_max = size_t(x.messages.batch_max);
  out.definition_tags_max = size_t(x.definitions.tags_max);
  out.waits.clients_max = size_t(x.waits.clients_max);
  out.waits.executions_max = size_t(x.waits.executions_max);
  out.waits.references_max = size_t(x.waits.references_max);
  out.waits.wait_max = std::chrono::seconds(x.waits.seconds_max);
  out.executions.waits_max = size_t(x.waits.execution_clients_max);
  out.event_messages_max = size_t(x.events.queue_messages_max);
  out.event_age_max = std::chrono::hours(x.events.message_hours_max);
  out.schedules = of_schedules(x.schedules);
  out.feed_lag_max = uint64_t(x.feed.lag_entries_max);
  set_system_tasks(out, x);
  set_search(out, x);

  set_retention(out, x.retention);

  auto& j = x.jobs;
  out.jobs.active_max = size_t(j.active_max);
  out.jobs.ids_max = uint64_t(j.ids_max);
  out.jobs.errors_max = uint64_t(j.errors_max);
  out.jobs.rate_max = j.rate_max;
  out.jobs.rate = std::min(j.rate, j.rate_max);
  out.jobs.parallel_max = j.parallel_max;
  out.jobs.parallel = std::min(j.parallel, j.parallel_max);
  out.jobs.answer_max = std::chrono::seconds(j.answer_seconds);
  out.jobs.keep = std::chrono::hours(j.keep_hours);
  out.jobs.ended_max
      = std::max<size_t>(1, size_t(j.ended_max / x.store.shards));

  out.gateway.starts_in_flight_max = size_t(e.starts_in_flight_max);
  out.gateway.input_bytes_max = size_t(e.input_kib_max) * kib;
  out.gateway.test_clock = x.node.test_clock;

  auto& d = x.dry_runs;
  out.dry_runs.parallel = size_t(d.parallel);
  out.dry_runs.waiting_max = size_t(d.waiting_max);
  out.dry_runs.time_limit = milliseconds(d.time_limit_ms);
  out.dry_runs.bounds.virtual_ms_max = d.virtual_days_max * 86'400'000;
  out.dry_runs.bounds.rows_max = size_t(d.tasks_max);
  out.dry_runs.bounds.bytes_max
      = within_memory(x, size_t(d.mib_max) * mib, dry_run_part);
  out.dry_runs.bounds.decisions_max = size_t(d.decisions_max);
  out.dry_runs.bounds.executions_max = size_t(d.executions_max);
  out.dry_runs.bounds.timeline_max = size_t(d.timeline_max);

  out.queues.window_rows_max = size_t(x.queues.window_rows_max);
  out.queues.poll_tasks_max = size_t(x.queues.poll_tasks_max);
  out.queues.hand_out_retry = milliseconds(x.queues.hand_out_retry_ms);
  out.queues.hand_out_check = milliseconds(x.queues.hand_out_check_ms);
  out.queues.retire_after = std::chrono::seconds(x.queues.idle_seconds);
  out.queues.retire_after_when_tight = milliseconds(x.queues.tight_idle_ms);
  out.queues.poll_data_write = milliseconds(x.queues.poll_data_write_ms);
  out.active_worker = std::chrono::seconds(x.queues.active_worker_seconds);
  out.poll_data_max = size_t(x.queues.poll_data_max);
  out.metric_series_max = size_t(x.node.metric_series_max);
  out.definition_bytes_max = within_memory(
      x, size_t(x.definitions.memory_mib_max) * mib, definitions_part);

  auto& s = x.scripts;
  out.scripts.program = s.evaluator;
  out.scripts.time_limit = milliseconds(s.time_limit_ms);
  out.scripts.memory_mib = size_t(s.memory_mib);
  out.scripts.helpers = size_t(s.evaluators);
  out.scripts.reserve = size_t(s.reserve_evaluators);
  out.scripts.reserve_after = milliseconds(s.reserve_after_ms);
  out.scripts.waiting_max = size_t(s.waiting_max);
  out.scripts.source_bytes_max = size_t(s.source_kib_max) * kib;
  out.scripts.input_bytes_max = size_t(s.input_kib_max) * kib;
  out.scripts.result_bytes_max = size_t(s.result_kib_max) * kib;

  out.environment.variable_prefix = x.environment.variable_prefix;
  out.environment.secret_prefix = x.environment.secret_prefix;
  out.environment.names = split_names(x.environment.names);
  out.variables = variables();
  return out;
}

std::shared_ptr<index::index_store> make_index(const config::settings& x,
                                               bool in_memory) {
  using namespace service_wiring_detail;
  if (!x.index.enabled)
    return nullptr;
  namespace fs = std::filesystem;
  index::sqlite_settings how;
  how.directory = x.index.directory.empty()
                      ? fs::path(x.store.directory) / "index"
                      : fs::path(x.index.directory);
  if (in_memory) {
    how.directory = fs::temp_directory_path()
                    / ("tutti-index-" + std::to_string(::getpid()));
    how.temporary = true;
  }
  how.tasks = task_policy_of(x.index.tasks);
  how.readers = size_t(x.index.query_threads);
  how.cache_mib = x.index.cache_mib;
  return index::make_sqlite_index(std::move(how));
}

rest::server_options server_options_of(const config::settings& x) {
  using namespace service_wiring_detail;
  rest::server_options out;
  out.address = x.http.listen;
  out.port = uint16_t(x.http.port);
  auto half_the_cores = std::max(1u, std::thread::hardware_concurrency() / 2);
  out.threads = x.http.threads > 0 ? unsigned(x.http.threads) : half_the_cores;
  out.limits.header_bytes = uint32_t(x.http.header_kib_max * int64_t(kib));
  out.limits.header_fields = uint32_t(x.http.header_fields_max);
  out.limits.body_bytes = uint64_t(x.http.body_kib_max) * kib;
  out.limits.answer_bytes = answer_bytes_of(x);
  out.limits.bodies_bytes = uint64_t(x.http.bodies_mib_max) * mib;
  // A client that sends its whole body before it reads shall see the refusal.
  out.limits.linger_bytes += out.limits.body_bytes;
  out.limits.connections = uint32_t(x.http.connections_max);
  out.limits.output_bytes
      = within_memory(x, size_t(x.http.output_mib_max) * mib, unread_part);
  out.limits.idle_timeout = milliseconds(x.http.idle_timeout_ms);
  out.limits.request_timeout = milliseconds(x.http.request_timeout_ms);
  out.limits.write_timeout = milliseconds(x.http.write_timeout_ms);
  out.log = [](std::string_view sentence) { spdlog::warn("{}", sentence); };
  return out;
}

rest::route_settings route_settings_of(const config::settings& x) {
  rest::route_settings out;
  out.admission.validation.owner_email_mandatory
      = x.definitions.owner_email_mandatory;
  out.admission.validation.name_validation = x.definitions.name_validation;
  out.admission.validation.rules_of = engine::rules_of_type;
  out.admission.validation.pattern_error = [](std::string_view text) {
    auto read = engine::pattern::compile(text, "");
    return read ? std::string() : read.failure().message;
  };
  out.admission.validation.schema_check = engine::unusable;
  out.admission.poll_count_max = int32_t(x.queues.poll_tasks_max);
  out.admission.poll_name_bytes_max = size_t(x.queues.poll_name_bytes_max);
  out.test_clock = x.node.test_clock;
  return out;
}

namespace service_wiring_detail {

std::string text_of(config::settings from, const config::setting& what) {
  // It may hold a password.
  if (auto& url = from.store.postgres.url;
      !url.empty() && what.path() == "store.postgres.url")
    return storage::postgres::name_of(url);
  if (auto* yes = std::get_if<config::setting::yes_or_no>(&what.type))
    return yes->of(from) ? "true" : "false";
  if (auto* number = std::get_if<config::setting::number>(&what.type))
    return std::to_string(number->of(from));
  return std::get<config::setting::text>(what.type).of(from);
}

/// When this program was linked, as far as its file tells.
std::string build_date() {
  struct stat file {};
  if (::stat("/proc/self/exe", &file) != 0)
    return {};
  return instant_text(int64_t(file.st_mtime) * 1000);
}

} // namespace service_wiring_detail

std::string openapi_of(const config::settings& x) {
  rest::route_context context;
  context.settings = route_settings_of(x);
  context.metrics = context.cluster = [] { return std::string(); };
  auto version = context.settings.version;
  return rest::openapi_document(rest::all_routes(std::move(context)), version);
}

rest::node_facts facts_of(const config::settings& x, const node_options& node) {
  rest::node_facts out;
  for (auto& what : config::all_settings())
    out.settings.emplace_back(what.path(),
                              service_wiring_detail::text_of(x, what));
  out.build_date = service_wiring_detail::build_date();
  node_environment names(node.environment, node.variables);
  out.secret_names = names.secret_names();
  out.variable_names = names.variable_names();
  return out;
}

reference_check reference_check_of(const node_environment::settings& names,
                                   node_environment::variables variables) {
  auto environment
      = std::make_shared<const node_environment>(names, std::move(variables));
  return engine::checks_references([environment](std::string_view name) {
    return environment->system_name(name).has_value();
  });
}

namespace service_wiring_detail {

void tell(const std::string& sentence) { spdlog::error("{}", sentence); }

result<std::shared_ptr<storage::store>>
open_postgres(const config::settings& x,
              std::shared_ptr<storage::commit_figures> figures) {
  storage::postgres_store::settings how;
  auto& from = x.store.postgres;
  how.databases
      = storage::postgres_store::all_in(from.url, uint32_t(x.store.shards));
  how.write_connections = size_t(from.write_connections);
  how.read_connections = size_t(from.read_connections);
  how.statement_timeout = milliseconds(from.statement_timeout_ms);
  how.waiting_bytes_max = size_t(from.waiting_mib_max) * mib;
  how.open_wait = std::chrono::seconds(from.start_wait_seconds);
  how.group_bytes_max = size_t(x.store.group_kib_max) * kib;
  how.commit_bytes_max = size_t(x.store.commit_mib_max) * mib;
  how.told = tell;
  how.counts = std::move(figures);
  auto store = storage::postgres_store::open(how);
  if (!store)
    return store.failure();
  return std::shared_ptr<storage::store>(std::move(*store));
}

} // namespace service_wiring_detail

result<done> check_store(const config::settings& x) {
  if (x.store.engine != "postgres" || !x.store.postgres.url.empty())
    return done{};
  return failure{errc::invalid,
                 "store.postgres.url: must name the database, because "
                 "store.engine is 'postgres'"};
}

result<std::shared_ptr<storage::store>>
open_store(const config::settings& x, bool memory, bool accept_loss,
           std::shared_ptr<storage::commit_figures> figures) {
  using namespace service_wiring_detail;
  auto shards = uint32_t(x.store.shards);
  if (memory)
    return std::shared_ptr<storage::store>(
        std::make_shared<storage::memory_store>(
            shards, storage::memory_store::writes::at_once,
            size_t(x.store.commit_mib_max) * mib));
  if (x.store.engine == "postgres")
    return open_postgres(x, std::move(figures));
  storage::rocksdb_store::settings how;
  how.shards = shards;
  auto budget = memory_budget_of(x);
  how.cache_bytes
      = std::min(size_t(x.store.cache_mib) * mib, budget / cache_part);
  how.write_buffers_bytes_max = budget / write_buffers_part;
  how.commit_bytes_max = size_t(x.store.commit_mib_max) * mib;
  how.accept_loss = accept_loss;
  how.figures = std::move(figures);
  how.told = tell;
  how.group_bytes_max = size_t(x.store.group_kib_max) * kib;
  how.write_buffer_bytes = size_t(x.store.write_buffer_mib) * mib;
  how.log_bytes_max = size_t(x.store.log_mib_max) * mib;
  how.background_jobs = int(x.store.background_jobs);
  auto store = storage::rocksdb_store::open(x.store.directory, how);
  if (!store)
    return store.failure();
  return std::shared_ptr<storage::store>(std::move(*store));
}

} // namespace tutti::daemon
