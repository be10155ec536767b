"""What the workflows of the stores look like: a little of everything."""

FAR_S = 2_000_000_000  # 63 years: nothing is due when the store is opened
SOON_S = 3600  # a timer that is due when the store is opened


def task(name, **more):
    return {"name": name, "taskReferenceName": name, "type": "SIMPLE", **more}


def system(kind, ref, inputs=None, **more):
    return {"name": ref, "taskReferenceName": ref, "type": kind,
            "inputParameters": inputs or {}, **more}


def sub(ref, name):
    return system("SUB_WORKFLOW", ref,
                  {"from": "${workflow.workflowId}"},
                  subWorkflowParam={"name": name, "version": 1})


def workflow(name, *tasks, **more):
    return {"name": name, "version": 1, "schemaVersion": 2,
            "ownerEmail": "stores@example.org", "timeoutSeconds": 0,
            "tasks": list(tasks), **more}


def task_definition(name, **more):
    return {"name": name, "ownerEmail": "stores@example.org",
            "retryCount": 0, "retryDelaySeconds": 0, "timeoutSeconds": 0,
            "responseTimeoutSeconds": FAR_S, **more}


TASKS = [
    *(task_definition(f"t{i}") for i in range(1, 10)),
    task_definition("later", retryCount=3, retryLogic="FIXED",
                    retryDelaySeconds=FAR_S),
    task_definition("again", retryCount=3),
    task_definition("quick", responseTimeoutSeconds=1, timeoutSeconds=1),
    task_definition("one_at_a_time", concurrentExecLimit=1),
    task_definition("often", rateLimitPerFrequency=100,
                    rateLimitFrequencyInSeconds=60),
    task_definition("checked", inputTemplate={"from": "template"},
                    inputKeys=["n"], enforceSchema=True,
                    inputSchema={"name": "numbers", "version": 1,
                                 "type": "JSON"}),
]

SCHEMAS = [
    {"name": "numbers", "version": 1, "type": "JSON",
     "data": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    {"name": "numbers", "version": 2, "type": "JSON",
     "data": {"type": "object", "properties": {"n": {"minimum": 7}}}},
]

LINEAR = workflow(
    "linear", task("t1", inputParameters={"n": "${workflow.input.n}"}),
    task("t2", inputParameters={"was": "${t1.output.made}"}),
    outputParameters={"made": "${t2.output.made}"},
    maskedFields=["secret"])

WORKFLOWS = [
    LINEAR,
    workflow("linear_with_help", task("t1"), failureWorkflow="help"),
    workflow("help", task("t9", inputParameters={
        "of": "${workflow.input.workflowId}"})),
    workflow("retries", task("again"), task("later")),
    workflow("quick", task("quick")),
    workflow("gates", system("WAIT", "far", {"until": "2099-01-02 03:04"}),
             system("HUMAN", "human"), system("WAIT", "told")),
    workflow("timer", system("WAIT", "soon", {"duration": f"{SOON_S}s"}),
             task("t3")),
    workflow("parent", sub("child", "linear"), task("t3")),
    workflow("grandparent", sub("middle", "parent"), task("t4")),
    workflow("starter", system(
        "START_WORKFLOW", "other",
        {"startWorkflow": {"name": "linear", "version": 1,
                           "input": {"n": 5}}})),
    workflow("loop", system(
        "DO_WHILE", "loop", {"n": "${workflow.input.n}"},
        loopCondition="$.loop['iteration'] < $.n",
        loopOver=[task("t1"), task("t2")])),
    workflow("long_loop", system(
        "DO_WHILE", "loop", {"n": "${workflow.input.n}", "keepLastN": 3},
        loopCondition="$.loop['iteration'] < $.n",
        loopOver=[task("t5")])),
    workflow("each", system(
        "FOR_EACH", "each", {"maxParallel": 2},
        items="${workflow.input.list}",
        loopOver=[task("t1", inputParameters={"item": "${each.item}"}),
                  task("t2")])),
    workflow("fork", system(
        "FORK_JOIN", "fork", forkTasks=[[task("t1")], [task("t2")],
                                        [task("t3"), task("t4")]]),
        system("JOIN", "join", joinOn=["t1", "t2", "t4"]), task("t5")),
    workflow("exclusive", system(
        "SWITCH", "choice", {"go": "${workflow.input.go}"},
        evaluatorType="value-param", expression="go",
        decisionCases={"one": [task("t1")]}, defaultCase=[task("t2")]),
        system("EXCLUSIVE_JOIN", "join", joinOn=["t1", "t2"]), task("t3")),
    workflow("dynamic", task("t1"), system(
        "FORK_JOIN_DYNAMIC", "fork",
        {"tasks": "${t1.output.tasks}", "inputs": "${t1.output.inputs}"},
        dynamicForkTasksParam="tasks",
        dynamicForkTasksInputParamName="inputs"),
        system("JOIN", "join"), task("t5")),
    workflow("scope", system(
        "SCOPE", "scope", loopOver=[
            task("t1", compensate=[task("t6")]),
            task("t2", compensate=[task("t7")]), task("t3")],
        onError=[{"then": "COMPENSATE", "run": [task("t8")]}]), task("t5")),
    workflow("jump", task("t1"), task("t2"), system(
        "SWITCH", "choice", {"go": "${t2.output.go}"},
        evaluatorType="value-param", expression="go",
        decisionCases={"back": [system("GOTO", "back", {"target": "t1"})]},
        defaultCase=[]), task("t3")),
    workflow("computed", system("SET_VARIABLE", "set", {"v": [1, {"a": 2}]}),
             system("INLINE", "script", {
                 "evaluatorType": "javascript", "n": "${workflow.input.n}",
                 "expression": "$.n + 1"}),
             system("JSON_JQ_TRANSFORM", "jq", {
                 "list": [3, 1, 2], "queryExpression": ".list | sort"}),
             system("NOOP", "nothing"), task("t1"),
             outputParameters={"v": "${workflow.variables.v}",
                               "next": "${script.output.result}"}),
    workflow("inbox", task("t1"),
             system("PULL_WORKFLOW_MESSAGES", "pull", {"batchSize": 2}),
             task("t2")),
    workflow("event", system("EVENT", "event", {"n": "${workflow.input.n}"},
                             sink="conductor:news"),
             task("t1", onStateChange={"onScheduled": [
                 {"type": "changed", "payload": {"who": "t1"}}]})),
    workflow("cached", task("t1", inputParameters={"k": "${workflow.input.k}"},
                            cacheConfig={"key": "${k}",
                                         "ttlInSecond": FAR_S})),
    workflow("limited", task("one_at_a_time"), task("often")),
    workflow("slots", task("t1"), rateLimitConfig={
        "rateLimitKey": "${workflow.input.key}",
        "concurrentExecLimit": 1, "policy": "QUEUE"}),
    workflow("keyed", task("t1")),
    workflow("checked", task("checked", inputParameters={
        "n": "${workflow.input.n}"}),
        inputSchema={"name": "numbers", "version": 1, "type": "JSON"},
        enforceSchema=True),
    workflow("skipping", task("t1"), task("t2"), task("t3")),
    workflow("delayed", task("t1", startDelay=FAR_S), task("t2")),
    workflow("optional", task("t1", optional=True), task("t2"),
             system("TERMINATE", "end", {
                 "terminationStatus": "COMPLETED",
                 "workflowOutput": {"ended": "early"}})),
    workflow("call", system("HTTP", "http", {"http_request": {
        "uri": "${workflow.input.uri}", "method": "GET",
        "readTimeOut": 600_000}}, optional=True)),
]
