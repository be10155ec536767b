#pragma once

#include "messages/model/bounds.hpp"

// Bounds of what comes in and goes out; those of executions are in bounds.hpp.

namespace tutti::bounds {

inline constexpr bound bodies{"http.bodies_mib_max",
                              "the data of all requests under way", "bytes",
                              "Send the request again a little later."};
inline constexpr bound unread{"http.output_mib_max",
                              "what clients have not read", "bytes",
                              "Read faster, or ask for less."};
inline constexpr bound answer{
    "http.answer_kib_max", "the answer", "bytes",
    "Ask for less at a time: a page of tasks, or without tasks."};
inline constexpr bound log{
    "executions.log_kib_max", "the log of the task", "bytes",
    "Log less, or keep the log elsewhere and log where it is."};
inline constexpr bound log_lines{"executions.log_lines_max",
                                 "the log of the task", "lines",
                                 "Log less, or several lines as one."};

inline constexpr bound poll_name{
    "queues.poll_name_bytes_max", "a name in the poll", "bytes",
    "Use a shorter task type, domain or worker id."};

inline constexpr bound tags{"definitions.tags_max", "the definition", "tags",
                            "Remove tags that nobody needs."};

inline constexpr bound jobs_active{"jobs.active_max",
                                   "the jobs that have not ended", "jobs",
                                   "Wait for one to end, or cancel one."};
inline constexpr bound job_ids{
    "jobs.ids_max", "the executions of one job", "executions",
    "Narrow the query, and run several jobs one after another."};

inline constexpr bound waits{"waits.clients_max",
                             "the clients that wait for executions", "clients",
                             "Wait for fewer at a time, or start and read."};
inline constexpr bound execution_waits{
    "waits.execution_clients_max", "the clients that wait for the execution",
    "clients", "Wait for it less often, or read it."};
inline constexpr bound wait_time{"waits.seconds_max", "the time to wait",
                                 "seconds", "Wait for less, and ask again."};
inline constexpr bound wait_references{"waits.references_max",
                                       "waitUntilTaskRef", "references",
                                       "Name fewer tasks."};

inline constexpr bound schedules{
    "schedules.count_max", "the node", "schedules",
    "Remove schedules that are not needed, or give one several cron "
    "expressions."};
inline constexpr bound schedule{
    "schedules.definition_kib_max", "the schedule", "bytes",
    "Let the workflow read its data from where they are."};
inline constexpr bound backfill{
    "schedules.backfill_max", "the backfill", "instants",
    "Fill a shorter range at a time, or wait for the one under way."};

inline constexpr const bound* of_requests[]
    = {&bodies,    &unread,   &answer,          &log,       &log_lines,
       &poll_name, &waits,    &execution_waits, &wait_time, &wait_references,
       &schedules, &schedule, &backfill,        &tags,      &jobs_active,
       &job_ids};

} // namespace tutti::bounds
