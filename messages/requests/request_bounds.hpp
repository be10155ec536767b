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

inline constexpr const bound* of_requests[]
    = {&bodies, &unread, &answer, &log, &log_lines, &poll_name};

} // namespace tutti::bounds
