#pragma once

#include <cstdint>
#include <string>

namespace tutti::config {

// All settings of a node and their defaults. setting_table.cpp describes each
// one and bounds it. Units are part of the names; numbers are 64 bits wide.

struct http_settings {
  std::string listen = "127.0.0.1";
  int64_t port = 8080;
  bool insecure = false;
  std::string allowed_hosts;
  std::string allowed_origins;
  int64_t threads = 0;
  int64_t header_kib_max = 32;
  int64_t header_fields_max = 128;
  int64_t body_kib_max = 16 * 1024;
  int64_t bodies_mib_max = 128;
  int64_t answer_kib_max = 64 * 1024;
  int64_t large_body_kib = 256;
  int64_t connections_max = 20'000;
  int64_t output_mib_max = 256;
  int64_t idle_timeout_ms = 75'000;
  int64_t request_timeout_ms = 30'000;
  int64_t write_timeout_ms = 30'000;
};

struct postgres_settings {
  std::string url;
  int64_t write_connections = 2;
  int64_t read_connections = 4;
  int64_t statement_timeout_ms = 10'000;
  int64_t waiting_mib_max = 256;
  int64_t start_wait_seconds = 30;
};

struct store_settings {
  std::string engine = "rocksdb";
  std::string directory = "data";
  int64_t shards = 16;
  int64_t cache_mib = 256;
  int64_t group_kib_max = 4096;
  int64_t commit_mib_max = 256;
  int64_t write_buffer_mib = 64;
  int64_t log_mib_max = 256;
  int64_t background_jobs = 2;
  int64_t reader_threads = 4;
  int64_t reads_waiting_max = 20'000;
  postgres_settings postgres;
};

struct node_settings {
  int64_t workers = 0;
  int64_t gateways = 0;
  int64_t drain_seconds = 10;
  int64_t aside_threads = 1;
  int64_t aside_waiting_max = 64;
  int64_t metric_series_max = 10'000;
  bool test_clock = false;
  int64_t failed_seconds = 30;
  std::string log_level = "info";
};

struct log_settings {
  std::string format = "text";
};

struct memory_settings {
  int64_t budget_mib = 0;
  int64_t heavy_mib = 0;
  int64_t document_mib_max = 256;
  int64_t wait_ms = 10'000;
  int64_t waiting_max = 10'000;
};

struct execution_settings {
  int64_t deferred_commit_ms = 200;
  int64_t idle_sleep_ms = 10'000;
  int64_t terminal_sleep_ms = 1'000;
  int64_t active_max = 50'000;
  int64_t crash_limit = 5;
  int64_t crash_window_ms = 60'000;
  int64_t snapshot_revisions_min = 64;
  int64_t timer_window = 10'000;
  int64_t outbox_credit = 32;
  int64_t outbox_credit_kib = 256;
  int64_t starts_in_flight_max = 20'000;
  int64_t input_kib_max = 10 * 1024;
  int64_t output_kib_max = 10 * 1024;
  int64_t task_input_kib_max = 10 * 1024;
  int64_t task_output_kib_max = 10 * 1024;
  int64_t task_payload_kib_warning = 3 * 1024;
  int64_t variables_kib_max = 256;
  int64_t execution_mib_max = 256;
  int64_t history_mib_max = 4 * 1024;
  int64_t reason_characters_max = 500;
  int64_t log_lines_max = 10'000;
  int64_t log_kib_max = 10 * 1024;
  int64_t tasks_max = 200'000;
  int64_t depth_max = 100;
  int64_t json_depth_max = 200;
  int64_t fork_branches_max = 100'000;
  int64_t decision_events_max = 2'000;
  int64_t decision_mib_max = 32;
  int64_t part_steps = 5'000'000;
  int64_t decision_steps_max = 100'000'000;
  int64_t expression_steps_max = 50'000'000;
  int64_t schema_steps_max = 50'000'000;
  int64_t family_executions_max = 1'000'000;
  int64_t family_mib_max = 16 * 1024;
  int64_t families_known_max = 100'000;
  int64_t for_each_parallel = 10;
  int64_t goto_jumps_max = 1'000;
  int64_t output_cache_entries_max = 100'000;
  int64_t output_cache_mib_max = 64;
  int64_t queue_repair_ms = 30'000;
};

struct queue_settings {
  int64_t window_rows_max = 10'000;
  int64_t poll_tasks_max = 1'000;
  int64_t poll_name_bytes_max = 1'000;
  int64_t poll_data_max = 20'000;
  int64_t active_worker_seconds = 10;
  int64_t hand_out_retry_ms = 1'000;
  int64_t hand_out_check_ms = 30'000;
  int64_t poll_data_write_ms = 5'000;
  int64_t idle_seconds = 600;
  int64_t tight_idle_ms = 5'000;
};

struct wait_settings {
  int64_t clients_max = 10'000;
  int64_t execution_clients_max = 100;
  int64_t executions_max = 100;
  int64_t references_max = 100;
  int64_t seconds_max = 3'600;
};

struct dry_run_settings {
  int64_t parallel = 2;
  int64_t waiting_max = 100;
  int64_t time_limit_ms = 10'000;
  int64_t virtual_days_max = 3'650;
  int64_t tasks_max = 20'000;
  int64_t decisions_max = 100'000;
  int64_t executions_max = 1'000;
  int64_t timeline_max = 20'000;
  int64_t mib_max = 64;
};

struct definition_settings {
  bool owner_email_mandatory = false;
  bool name_validation = false;
  int64_t tags_max = 100;
  int64_t memory_mib_max = 1'024;
};

struct script_settings {
  std::string evaluator;
  int64_t time_limit_ms = 4'000;
  int64_t memory_mib = 64;
  int64_t evaluators = 2;
  int64_t reserve_evaluators = 6;
  int64_t reserve_after_ms = 100;
  int64_t waiting_max = 10'000;
  int64_t source_kib_max = 256;
  int64_t input_kib_max = 64 * 1024;
  int64_t result_kib_max = 4 * 1024;
};

struct environment_settings {
  std::string variable_prefix = "CONDUCTOR_ENV_";
  std::string secret_prefix = "CONDUCTOR_SECRET_";
  std::string names = "NETFLIX_ENV,NETFLIX_STACK";
};

struct outbound_settings {
  std::string allowed_networks;
};

struct system_task_settings {
  int64_t concurrency = 256;
  bool isolated = true;
  int64_t isolated_concurrency = 32;
  std::string execution_namespace;
  int64_t lease_grace_ms = 10'000;
  int64_t timeout_ms_max = 3'600'000;
};

struct http_task_settings {
  int64_t connect_timeout_ms = 100;
  int64_t read_timeout_ms = 150;
  int64_t transfer_ms = 60'000;
  int64_t response_kib_max = 10 * 1024;
  int64_t redirects_max = 5;
  std::string ca_file;
};

struct kafka_task_settings {
  int64_t request_timeout_ms = 100;
  int64_t block_ms = 500;
  int64_t producers_max = 16;
  int64_t idle_close_ms = 120'000;
  std::string security_servers;
  std::string security_protocol = "plaintext";
  std::string sasl_mechanism = "PLAIN";
  std::string sasl_username;
  std::string sasl_password_secret;
  std::string ssl_ca_file, ssl_certificate_file, ssl_key_file;
  std::string ssl_key_password_secret;
};

struct message_settings {
  bool enabled = true;
  int64_t queue_max = 1'000;
  int64_t inbox_kib_max = 32 * 1024;
  int64_t ttl_seconds = 86'400;
  int64_t batch_max = 100;
};

struct event_settings {
  int64_t queue_messages_max = 100'000;
  int64_t message_hours_max = 7 * 24;
};

struct schedule_settings {
  int64_t count_max = 10'000;
  int64_t definition_kib_max = 256;
  int64_t starts_in_flight_max = 500;
  int64_t firings_max = 1'000;
  int64_t firing_days_max = 30;
  int64_t backfill_max = 1'000;
  int64_t search_rows_max = 100'000;
  int64_t grace_ms = 10'000;
  int64_t catchup_window_s = 365 * 86'400;
  int64_t catchup_max = 1'000;
};

struct feed_settings {
  int64_t lag_entries_max = 1'000'000;
};

struct job_settings {
  int64_t active_max = 16;
  int64_t ids_max = 1'000'000;
  int64_t errors_max = 1'000;
  int64_t rate = 200;
  int64_t rate_max = 10'000;
  int64_t parallel = 16;
  int64_t parallel_max = 256;
  int64_t answer_seconds = 30;
  int64_t keep_hours = 168;
  int64_t ended_max = 1'000;
};

struct retention_settings {
  std::string completed;
  std::string failed;
  std::string timed_out;
  std::string terminated;
  bool archive = true;
  int64_t archive_days = 0;
  int64_t every_minutes = 60;
  int64_t rate = 500;
  int64_t parallel = 8;
  int64_t latency_ms_max = 250;
  bool compact = true;
};

struct index_settings {
  bool enabled = true;
  std::string directory;
  std::string tasks = "terminal";
  int64_t pause_ms = 500;
  int64_t wait_ms_max = 1'000;
  int64_t query_ms_max = 5'000;
  int64_t query_threads = 2;
  int64_t searches_waiting_max = 1'000;
  int64_t query_bytes_max = 16 * 1024;
  int64_t query_depth_max = 32;
  int64_t query_terms_max = 500;
  int64_t page_hits_max = 5'000;
  int64_t facet_values_max = 50;
  int64_t rollup_lines_max = 10'000;
  int64_t cache_mib = 8;
};

struct cluster_settings {
  std::string node;
  std::string id;
  std::string listen;
  std::string peers;
  std::string ca_file, certificate_file, key_file;
  int64_t message_mib_max = 80;
  int64_t requests_max = 50'000;
  int64_t in_flight_mib_max = 256;
  int64_t request_ms = 30'000;
  int64_t handshake_ms = 5'000;
  int64_t handshakes_max = 64;
  int64_t heartbeat_ms = 1'000;
  int64_t silence_ms = 5'000;
  int64_t connect_pause_ms_max = 5'000;
};

struct settings {
  http_settings http;
  store_settings store;
  node_settings node;
  log_settings log;
  memory_settings memory;
  execution_settings executions;
  queue_settings queues;
  dry_run_settings dry_runs;
  definition_settings definitions;
  script_settings scripts;
  environment_settings environment;
  outbound_settings outbound;
  system_task_settings system_tasks;
  http_task_settings http_tasks;
  kafka_task_settings kafka_tasks;
  message_settings messages;
  wait_settings waits;
  event_settings events;
  feed_settings feed;
  job_settings jobs;
  retention_settings retention;
  schedule_settings schedules;
  index_settings index;
  cluster_settings cluster;
};

} // namespace tutti::config
