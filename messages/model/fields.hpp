#pragma once

#include "messages/model/events.hpp"

// Every field of what is stored of an execution, once. The fold of the events
// (actors/engine), their records (storage) and the history (actors/workflow) go
// through these lists: a new field is its member, its number in
// messages/proto/records.proto under the same name, and its line here.
//
// A line is `field(kind, name)`; the kind says how it is recorded:
//
//   NUMBER   int32_t, int64_t, bool     TEXT    std::string
//   PAYLOAD  payload                    STATUS  an enumeration (uint32)
//   TEXTS    std::vector<std::string>   PAIRS   pairs of texts, in order
//   OPTIONAL an enumeration that may be absent in the head itself
//
// A line of a change is `field(kind, name, told, "wireName")`; `told` says what
// the history shows of it:
//
//   VALUE  the value, under that name
//   NAMED  only its name, in `changed`, in the order of this list
//   SAID   nothing: the event's sentence contains it, or it is internal

/// task_changed, without its task's id.
#define TUTTI_TASK_CHANGE_FIELDS(field)                                        \
  field(STATUS, status, SAID, "status") field(PAYLOAD, input, NAMED,           \
                                              "inputData")                     \
      field(PAYLOAD, output, NAMED,                                            \
            "outputData") field(TEXT, external_output_path, SAID,              \
                                "externalOutputPayloadStoragePath")            \
          field(NUMBER, scheduled_time, SAID, "scheduledTime") field(          \
              NUMBER, start_time, SAID, "startTime") field(NUMBER, end_time,   \
                                                           SAID, "endTime")    \
              field(NUMBER, first_start_time, SAID, "firstStartTime") field(   \
                  NUMBER, first_scheduled_time, SAID, "firstScheduledTime")    \
                  field(NUMBER, retry_count, VALUE, "retryCount") field(       \
                      NUMBER, poll_count, VALUE,                               \
                      "pollCount") field(NUMBER, iteration, SAID, "iteration") \
                      field(NUMBER, compensated, SAID,                         \
                            "undone") field(NUMBER, retried, NAMED, "retried") \
                          field(NUMBER, executed, NAMED, "executed") field(    \
                              NUMBER, update_time, NAMED,                      \
                              "updateTime") field(NUMBER, subworkflow_changed, \
                                                  SAID, "subworkflowChanged")  \
                              field(NUMBER, callback_after_seconds, VALUE,     \
                                    "callbackAfterSeconds")                    \
                                  field(NUMBER, start_delay_seconds, SAID,     \
                                        "startDelayInSeconds")                 \
                                      field(TEXT, worker_id, SAID, "workerId") \
                                          field(TEXT, reason, SAID, "reason")  \
                                              field(TEXT, sub_workflow_id,     \
                                                    VALUE, "subWorkflowId")    \
                                                  field(TEXT, domain, VALUE,   \
                                                        "domain")              \
                                                      field(NUMBER, queued_at, \
                                                            VALUE,             \
                                                            "visibleTime")     \
                                                          field(NUMBER,        \
                                                                due_at, VALUE, \
                                                                "dueTime")

/// workflow_changed, without the definition, which is recorded by its hash.
#define TUTTI_WORKFLOW_CHANGE_FIELDS(field)                                    \
  field(STATUS, status, SAID, "status") field(STATUS, previous_status, SAID,   \
                                              "previousStatus")                \
      field(NUMBER, update_time, SAID, "updateTime") field(                    \
          NUMBER, end_time, SAID,                                              \
          "endTime") field(PAYLOAD, input, NAMED,                              \
                           "input") field(PAYLOAD, output, NAMED, "output")    \
          field(PAYLOAD, variables, NAMED,                                     \
                "variables") field(TEXT, external_output_path, SAID,           \
                                   "externalOutputPayloadStoragePath")         \
              field(TEXT, correlation_id, NAMED, "correlationId")              \
                  field(NUMBER, create_time, NAMED, "createTime") field(       \
                      NUMBER, last_retried_time, NAMED,                        \
                      "lastRetriedTime") field(TEXT, reason, SAID, "reason")   \
                      field(TEXT, failed_task_id, VALUE, "failedTaskId")       \
                          field(TEXT, rerun_from_workflow_id, SAID,            \
                                "reRunFromWorkflowId")                         \
                              field(TEXTS, failed_reference_names, SAID,       \
                                    "failedReferenceTaskNames")                \
                                  field(TEXTS, failed_task_names, SAID,        \
                                        "failedTaskNames")                     \
                                      field(TEXT, rate_limit_key, SAID,        \
                                            "rateLimitKey")                    \
                                          field(STATUS, slot, SAID, "slot")    \
                                              field(NUMBER, slot_generation,   \
                                                    SAID, "slotRound")         \
                                                  field(PAIRS, attached_tasks, \
                                                        SAID, "followers")

/// A task's row, without its definition.
#define TUTTI_TASK_FIELDS(field)                                               \
  field(TEXT, task_id) field(TEXT, reference_name) field(                      \
      TEXT, task_type) field(TEXT, task_def_name) field(STATUS,                \
                                                        status) field(PAYLOAD, \
                                                                      input)   \
      field(PAYLOAD, output) field(TEXT, external_input_path) field(           \
          TEXT, external_output_path) field(NUMBER,                            \
                                            scheduled_time) field(NUMBER,      \
                                                                  start_time)  \
          field(NUMBER, end_time) field(NUMBER, update_time) field(            \
              NUMBER, first_scheduled_time) field(NUMBER, first_start_time)    \
              field(NUMBER, retry_count) field(NUMBER, seq) field(             \
                  NUMBER, poll_count) field(NUMBER, iteration)                 \
                  field(NUMBER, forked_by) field(NUMBER, compensated) field(   \
                      NUMBER, retried) field(NUMBER, executed)                 \
                      field(NUMBER, subworkflow_changed) field(                \
                          TEXT, retried_task_id) field(NUMBER,                 \
                                                       callback_after_seconds) \
                          field(NUMBER, start_delay_seconds) field(            \
                              NUMBER, response_timeout_seconds)                \
                              field(NUMBER, rate_limit_per_frequency) field(   \
                                  NUMBER, rate_limit_frequency_in_seconds)     \
                                  field(NUMBER, workflow_priority) field(      \
                                      TEXT, worker_id) field(TEXT, domain)     \
                                      field(TEXT, reason) field(               \
                                          TEXT, execution_name_space)          \
                                          field(TEXT, isolation_group_id)      \
                                              field(TEXT, sub_workflow_id)     \
                                                  field(TEXT, parent_task_id)  \
                                                      field(NUMBER, queued_at) \
                                                          field(NUMBER,        \
                                                                due_at)

/// The head of an execution, without its definition and its inbox.
#define TUTTI_WORKFLOW_FIELDS(field)                                           \
  field(TEXT, workflow_id) field(STATUS, status) field(                        \
      OPTIONAL, previous_status) field(NUMBER, create_time) field(NUMBER,      \
                                                                  update_time) \
      field(NUMBER, end_time) field(NUMBER, last_retried_time) field(          \
          PAYLOAD, input) field(PAYLOAD, output) field(PAYLOAD, variables)     \
          field(TEXT, external_input_path) field(TEXT, external_output_path)   \
              field(PAIRS, task_to_domain) field(NUMBER, priority) field(      \
                  TEXT, correlation_id) field(TEXT, event) field(TEXT, reason) \
                  field(TEXT, rerun_from_workflow_id) field(                   \
                      TEXT, parent_workflow_id) field(TEXT, parent_task_id)    \
                      field(TEXT, failed_task_id)                              \
                          field(TEXTS, failed_reference_names) field(          \
                              TEXTS, failed_task_names) field(TEXT,            \
                                                              idempotency_key) \
                              field(TEXT, rate_limit_key) field(               \
                                  TEXT, owner_app) field(TEXT, created_by)     \
                                  field(TEXT, updated_by) field(STATUS, slot)  \
                                      field(NUMBER, slot_generation)           \
                                          field(PAIRS, attached_tasks)         \
                                              field(TEXT, asked_by)            \
                                                  field(NUMBER, depth)         \
                                                      field(TEXT, family)
