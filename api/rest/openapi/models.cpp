#include "api/rest/openapi/models.hpp"

#include <algorithm>
#include <iterator>

namespace tutti::rest {

namespace models_detail {

#define TUTTI_AUDIT                                                            \
  " ownerApp:text createdBy:text updatedBy:text createTime:int updateTime:int"
#define TUTTI_WORKFLOW_STATUS                                                  \
  "RUNNING|PAUSED|COMPLETED|FAILED|TIMED_OUT|TERMINATED"
#define TUTTI_TASK_STATUS                                                      \
  "SCHEDULED|IN_PROGRESS|COMPLETED|COMPLETED_WITH_ERRORS|FAILED|"              \
  "FAILED_WITH_TERMINAL_ERROR|TIMED_OUT|CANCELED|SKIPPED"
#define TUTTI_RESULT_STATUS                                                    \
  "IN_PROGRESS|FAILED|FAILED_WITH_TERMINAL_ERROR|COMPLETED|CANCELED"
#define TUTTI_STRATEGY "FAIL|RETURN_EXISTING|FAIL_ON_RUNNING"

constexpr model list[] = {
    {"WorkflowDef",
     "name:text description:text version:int tasks:[WorkflowTask] "
     "inputParameters:[text] outputParameters:map failureWorkflow:text "
     "failureWorkflowVersion:int schemaVersion:int restartable:flag "
     "workflowStatusListenerEnabled:flag workflowStatusListenerSink:text "
     "ownerEmail:text timeoutPolicy:TIME_OUT_WF|ALERT_ONLY timeoutSeconds:int "
     "variables:map inputTemplate:map rateLimitConfig:RateLimitConfig "
     "inputSchema:SchemaDef outputSchema:SchemaDef enforceSchema:flag "
     "metadata:map cacheConfig:CacheConfig maskedFields:[text] "
     "searchAttributes:[SearchAttribute]" TUTTI_AUDIT},
    {"WorkflowTask",
     "name:text taskReferenceName:text description:text type:text "
     "inputParameters:map startDelay:int optional:flag permissive:flag "
     "retryCount:int asyncComplete:flag rateLimited:flag "
     "taskDefinition:TaskDef metadata:map cacheConfig:CacheConfig "
     "onStateChange:{[StateChangeEvent]} decisionCases:{[WorkflowTask]} "
     "defaultCase:[WorkflowTask] caseValueParam:text caseExpression:text "
     "evaluatorType:text expression:text scriptExpression:text "
     "forkTasks:[[WorkflowTask]] joinOn:[text] joinStatus:text "
     "joinMode:SYNC|ASYNC defaultExclusiveJoinTask:[text] "
     "dynamicForkTasksParam:text dynamicForkTasksInputParamName:text "
     "dynamicForkJoinTasksParam:text dynamicTaskNameParam:text "
     "subWorkflowParam:SubWorkflowParams sink:text loopCondition:text "
     "loopOver:[WorkflowTask] items:any onError:[ErrorHandler] "
     "compensate:[WorkflowTask]"},
    {"ErrorHandler",
     "statuses:[text] reason:text tasks:[text] then:CONTINUE|COMPENSATE|FAIL "
     "thenFail:flag run:[WorkflowTask]"},
    {"StateChangeEvent", "type:text payload:map"},
    {"SubWorkflowParams",
     "name:text version:int taskToDomain:{text} workflowDefinition:any "
     "idempotencyKey:text idempotencyStrategy:" TUTTI_STRATEGY " priority:any"},
    {"RateLimitConfig",
     "rateLimitKey:text concurrentExecLimit:int policy:QUEUE|REJECT"},
    {"CacheConfig", "key:text ttlInSecond:int"},
    {"SearchAttribute", "path:text type:TEXT|NUMBER|BOOLEAN|TIME"},
    {"SchemaDef", "name:text version:int type:JSON|AVRO|PROTOBUF data:map "
                  "externalRef:text" TUTTI_AUDIT},
    {"WorkflowDefSummary",
     "name:text version:int createTime:int updateTime:int"},
    {"TaskDef",
     "name:text description:text retryCount:int "
     "retryLogic:FIXED|EXPONENTIAL_BACKOFF|LINEAR_BACKOFF "
     "retryDelaySeconds:int backoffScaleFactor:int maxRetryDelaySeconds:int "
     "backoffJitterMs:int timeoutSeconds:int "
     "timeoutPolicy:RETRY|TIME_OUT_WF|ALERT_ONLY responseTimeoutSeconds:int "
     "pollTimeoutSeconds:int totalTimeoutSeconds:int inputKeys:[text] "
     "outputKeys:[text] inputTemplate:map concurrentExecLimit:int "
     "rateLimitPerFrequency:int rateLimitFrequencyInSeconds:int "
     "isolationGroupId:text executionNameSpace:text ownerEmail:text "
     "baseType:text runtimeMetadata:[text] taskStatusListenerEnabled:flag "
     "inputSchema:SchemaDef outputSchema:SchemaDef "
     "enforceSchema:flag" TUTTI_AUDIT},
    {"StartWorkflowRequest",
     "name:text version:int correlationId:text input:map taskToDomain:{text} "
     "workflowDef:WorkflowDef externalInputPayloadStoragePath:text "
     "priority:int createdBy:text idempotencyKey:text "
     "idempotencyStrategy:" TUTTI_STRATEGY},
    {"WorkflowTestRequest",
     "name:text version:int correlationId:text input:map taskToDomain:{text} "
     "workflowDef:WorkflowDef externalInputPayloadStoragePath:text "
     "priority:int createdBy:text idempotencyKey:text "
     "idempotencyStrategy:" TUTTI_STRATEGY " taskRefToMockOutput:{[TaskMock]} "
     "subWorkflowTestRequest:{WorkflowTestRequest}"},
    {"TaskMock", "status:" TUTTI_RESULT_STATUS
                 " output:map executionTime:int queueWaitTime:int"},
    {"RerunWorkflowRequest",
     "reRunFromWorkflowId:text workflowInput:map reRunFromTaskId:text "
     "taskInput:map correlationId:text"},
    {"SkipTaskRequest", "taskInput:map taskOutput:map"},
    {"Workflow",
     "workflowId:text workflowName:text workflowVersion:int "
     "status:" TUTTI_WORKFLOW_STATUS
     " createTime:int startTime:int updateTime:int endTime:int "
     "lastRetriedTime:int tasks:[Task] input:map output:map "
     "externalInputPayloadStoragePath:text "
     "externalOutputPayloadStoragePath:text workflowDefinition:WorkflowDef "
     "variables:map taskToDomain:{text} priority:int correlationId:text "
     "event:text reasonForIncompletion:text reRunFromWorkflowId:text "
     "parentWorkflowId:text parentWorkflowTaskId:text "
     "failedReferenceTaskNames:[text] failedTaskNames:[text] history:[map] "
     "idempotencyKey:text rateLimitKey:text rateLimited:flag ownerApp:text "
     "createdBy:text updatedBy:text"},
    {"WorkflowStatus",
     "workflowId:text correlationId:text "
     "status:" TUTTI_WORKFLOW_STATUS " output:map variables:map"},
    {"Task",
     "taskId:text taskType:text taskDefName:text referenceTaskName:text "
     "status:" TUTTI_TASK_STATUS
     " workflowInstanceId:text workflowType:text inputData:map outputData:map "
     "externalInputPayloadStoragePath:text "
     "externalOutputPayloadStoragePath:text scheduledTime:int startTime:int "
     "endTime:int updateTime:int firstStartTime:int queueWaitTime:int "
     "retryCount:int seq:int pollCount:int iteration:int retried:flag "
     "executed:flag retriedTaskId:text callbackAfterSeconds:int "
     "callbackFromWorker:flag responseTimeoutSeconds:int "
     "startDelayInSeconds:int workerId:text domain:text correlationId:text "
     "reasonForIncompletion:text workflowTask:WorkflowTask taskDefinition:any "
     "rateLimitPerFrequency:int rateLimitFrequencyInSeconds:int "
     "workflowPriority:int executionNameSpace:text isolationGroupId:text "
     "subWorkflowId:text subworkflowChanged:flag loopOverTask:flag "
     "parentTaskId:text runtimeMetadata:{text} executionMetadata:map"},
    {"TaskResult",
     "workflowInstanceId:text taskId:text status:" TUTTI_RESULT_STATUS
     " outputData:map reasonForIncompletion:text callbackAfterSeconds:int "
     "workerId:text logs:[TaskExecLog] externalOutputPayloadStoragePath:text "
     "subWorkflowId:text extendLease:flag"},
    {"TaskExecLog", "log:text taskId:text createdTime:int"},
    {"PollData", "queueName:text domain:text workerId:text lastPollTime:int"},
    {"SearchResult", "totalHits:int results:[any]"},
    {"BulkResponse", "bulkSuccessfulResults:[any] bulkErrorResults:{text}"},
    {"ExternalStorageLocation", "uri:text path:text"},
    {"HealthCheckStatus", "healthy:flag healthResults:[map] "
                          "suppressedHealthResults:[map]"},
    {"EnvironmentVariable", "name:text value:text"},
    {"Tag", "key:text value:text type:text"},
    {"EventHandler", "name:text event:text condition:text evaluatorType:text "
                     "active:flag actions:[Action]"},
    {"Action",
     "action:start_workflow|complete_task|fail_task|terminate_workflow|"
     "update_workflow_variables|start_agent expandInlineJSON:flag "
     "start_workflow:map complete_task:map fail_task:map "
     "terminate_workflow:map update_workflow_variables:map start_agent:map"},
    {"SignalResponse",
     "responseType:TARGET_WORKFLOW|BLOCKING_WORKFLOW|BLOCKING_TASK|"
     "BLOCKING_TASK_INPUT targetWorkflowId:text "
     "targetWorkflowStatus:" TUTTI_WORKFLOW_STATUS
     " requestId:text workflowId:text correlationId:text input:map output:map "
     "signalTimeout:flag priority:int variables:map tasks:[Task] "
     "createdBy:text createTime:int updateTime:int status:text taskType:text "
     "taskId:text referenceTaskName:text retryCount:int taskDefName:text "
     "retriedTaskId:text workflowType:text reasonForIncompletion:text"},
    {"WorkflowStateUpdate",
     "taskReferenceName:text taskResult:TaskResult variables:map"},
    {"WorkflowSchedule",
     "name:text cronExpression:text cronSchedules:[CronSchedule] zoneId:text "
     "runCatchupScheduleInstances:flag paused:flag pausedReason:text "
     "startWorkflowRequest:StartWorkflowRequest scheduleStartTime:int "
     "scheduleEndTime:int createTime:int updatedTime:int createdBy:text "
     "updatedBy:text description:text nextRunTime:int nextRunTimes:[int] "
     "tags:[Tag] lastRun:map overlapPolicy:text catchupPolicy:text "
     "catchupWindowSeconds:int jitterSeconds:int backfillPending:int "
     "runningWorkflowIds:[text] firedCount:int failedCount:int "
     "missedCount:int skippedCount:int"},
    {"CronSchedule", "cronExpression:text zoneId:text"},
    {"Error", "status:int message:text instance:text retryable:flag "
              "validationErrors:[ValidationError]"},
    {"ValidationError", "path:text message:text invalidValue:text"},
};

#undef TUTTI_AUDIT
#undef TUTTI_WORKFLOW_STATUS
#undef TUTTI_TASK_STATUS
#undef TUTTI_RESULT_STATUS
#undef TUTTI_STRATEGY

std::string quoted(std::string_view x) {
  return '"' + std::string(x) + '"'; // names: nothing to escape
}

bool is_model(std::string_view name) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](auto& x) { return x.name == name; });
}

std::string one_of(std::string_view names) {
  std::string out = R"({"type":"string","enum":[)";
  while (!names.empty()) {
    auto end = std::min(names.find('|'), names.size());
    out += (out.back() == '[' ? "" : ",") + quoted(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return out + "]}";
}

} // namespace models_detail

std::span<const model> all_models() { return models_detail::list; }

std::string schema_of(std::string_view type) {
  using namespace models_detail;
  if (type.starts_with('['))
    return R"({"type":"array","items":)"
           + schema_of(type.substr(1, type.size() - 2)) + '}';
  if (type.starts_with('{'))
    return R"({"type":"object","additionalProperties":)"
           + schema_of(type.substr(1, type.size() - 2)) + '}';
  if (type == "text")
    return R"({"type":"string"})";
  if (type == "int")
    return R"({"type":"integer","format":"int64"})";
  if (type == "number")
    return R"({"type":"number"})";
  if (type == "flag")
    return R"({"type":"boolean"})";
  if (type == "map")
    return R"({"type":"object"})";
  if (type.find('|') != type.npos)
    return one_of(type);
  if (is_model(type))
    return R"({"$ref":"#/components/schemas/)" + std::string(type) + "\"}";
  return "{}";
}

std::string schema_of(const model& x) {
  using namespace models_detail;
  std::string out = R"({"type":"object","properties":{)";
  auto rest = x.fields;
  while (!rest.empty()) {
    auto field = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    auto colon = field.find(':');
    if (out.back() != '{')
      out += ',';
    out += quoted(field.substr(0, colon)) + ':'
           + schema_of(field.substr(colon + 1));
  }
  return out + "}}";
}

} // namespace tutti::rest
