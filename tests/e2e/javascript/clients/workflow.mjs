import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "../support/waiting.mjs";

const simple = (name, inputParameters = {}) => ({
  name,
  taskReferenceName: name,
  type: "SIMPLE",
  inputParameters,
});

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const nobody = "00000000-0000-4000-8000-000000000000";

export function workflowTests(world) {
  const statusOf = async (workflowId) =>
    (await world.executor.getWorkflowStatus(workflowId, false, false)).status;
  const start = (more = {}) => world.executor.startWorkflow({ name: "two", version: 1, ...more });

  test("workflow: registered and started, one, many and by name", async () => {
    const { executor } = world;
    const two = {
      name: "two",
      version: 1,
      ownerEmail: "sdk@example.com",
      timeoutSeconds: 0,
      tasks: [simple("first", { n: "${workflow.input.n}" }), simple("second")],
      outputParameters: { from: "${first.output.n}" },
    };
    await executor.registerWorkflow(true, two);
    await assert.rejects(executor.registerWorkflow(false, two), /exist/);
    const one = await start({ correlationId: "c-1", input: { n: 1 }, priority: 3 });
    assert.match(one, id);
    const many = await Promise.all(
      executor.startWorkflows([
        { name: "two", correlationId: "c-2" },
        { name: "two", correlationId: "c-2" },
      ]),
    );
    assert.equal(new Set(many).size, 2);
    const named = await executor.startWorkflowByName("two", { n: 4 }, 1, "c-3", 7);
    const run = await executor.getWorkflow(named, false);
    assert.equal(run.correlationId, "c-3");
    assert.equal(run.priority, 7);
    assert.deepEqual(run.input, { n: 4 });
    assert.deepEqual(run.tasks, []);
    const found = await executor.getByCorrelationIds(
      { workflowNames: ["two"], correlationIds: ["c-1", "c-2", "c-9"] },
      false,
      true,
    );
    assert.deepEqual(found["c-1"].map((x) => x.workflowId), [one]);
    assert.equal(found["c-1"][0].tasks.length, 1);
    assert.deepEqual(found["c-2"].map((x) => x.workflowId).sort(), many.sort());
    await assert.rejects(executor.startWorkflow({ name: "nobody" }), /nobody/);
    await assert.rejects(Promise.all(executor.startWorkflows([{ name: "nobody" }])), /nobody/);
    await assert.rejects(executor.startWorkflowByName("nobody", {}), /nobody/);
  });

  test("workflow: read whole, as a status, and not at all", async () => {
    const { executor } = world;
    const workflowId = await start({ input: { n: 1 } });
    const run = await executor.getExecution(workflowId);
    assert.equal(run.workflowName, "two");
    assert.deepEqual(run.tasks.map((x) => x.referenceTaskName), ["first"]);
    assert.deepEqual((await executor.getExecution(workflowId, false)).tasks, []);
    const status = await executor.getWorkflowStatus(workflowId, true, true);
    assert.equal(status.status, "RUNNING");
    assert.deepEqual(status.variables, {});
    const task = await executor.getTask(run.tasks[0].taskId);
    assert.deepEqual(task.inputData, { n: 1 });
    await assert.rejects(executor.getWorkflow(nobody, true), new RegExp(nobody));
    await assert.rejects(executor.getExecution(nobody), new RegExp(nobody));
    await assert.rejects(executor.getWorkflowStatus(nobody, false, false), new RegExp(nobody));
    await assert.rejects(executor.getTask(nobody), new RegExp(nobody));
  });

  test("workflow: paused, resumed, terminated, restarted, deleted", async () => {
    const { executor } = world;
    const workflowId = await start();
    await executor.pause(workflowId);
    assert.equal(await statusOf(workflowId), "PAUSED");
    await executor.resume(workflowId);
    await assert.rejects(executor.resume(workflowId), /PAUSED|paused/);
    await executor.terminate(workflowId, "enough");
    assert.equal((await executor.getWorkflow(workflowId, false)).reasonForIncompletion, "enough");
    await executor.terminate(workflowId, "again"); // as in Conductor: no error, nothing new
    assert.equal((await executor.getWorkflow(workflowId, false)).reasonForIncompletion, "enough");
    await executor.restart(workflowId, true);
    assert.equal(await statusOf(workflowId), "RUNNING");
    await assert.rejects(executor.restart(nobody, false), new RegExp(nobody));
    await executor.terminate(workflowId, "done with it");
    await executor.deleteWorkflow(workflowId, false);
    await assert.rejects(executor.getWorkflow(workflowId, false), new RegExp(workflowId));
    await assert.rejects(executor.deleteWorkflow(workflowId), new RegExp(workflowId));
  });

  test("workflow: failed, retried, skipped over, run again from a task", async () => {
    const { executor } = world;
    const workflowId = await start();
    await executor.updateTaskByRefName("first", workflowId, "FAILED_WITH_TERMINAL_ERROR", { n: 0 });
    assert.equal(await statusOf(workflowId), "FAILED");
    await executor.retry(workflowId, false);
    assert.equal(await statusOf(workflowId), "RUNNING");
    await assert.rejects(executor.retry(workflowId, false), /RUNNING|terminal|failed/i);
    // The next task is not there yet.
    await executor.skipTasksFromWorkflow(workflowId, "second", { taskOutput: { skipped: true } });
    await assert.rejects(executor.skipTasksFromWorkflow(workflowId, "nowhere", {}), /nowhere/);
    const open = (await executor.getWorkflow(workflowId, true)).tasks.find((x) => x.status === "SCHEDULED");
    await executor.updateTask(open.taskId, workflowId, "COMPLETED", { n: 5 });
    const done = await executor.getWorkflow(workflowId, true);
    assert.equal(done.status, "COMPLETED");
    assert.deepEqual(done.output, { from: 5 });
    await assert.rejects(executor.terminate(workflowId, "too late"), /COMPLETED|complete/i);
    assert.equal(done.tasks.find((x) => x.referenceTaskName === "second").status, "SKIPPED");

    const first = done.tasks.find((x) => x.taskId === open.taskId);
    assert.equal(await executor.reRun(workflowId, { reRunFromTaskId: first.taskId }), workflowId);
    assert.equal(await statusOf(workflowId), "RUNNING");
    await executor.terminate(workflowId, "enough");
    await assert.rejects(executor.reRun(nobody), new RegExp(nobody));
  });

  test("workflow: back to a task that is found by a predicate, or by its type", async () => {
    const { executor } = world;
    await world.define("back", [
      simple("work"),
      { name: "set", taskReferenceName: "set", type: "SET_VARIABLE", inputParameters: { x: 1 } },
    ]);
    const workflowId = await executor.startWorkflow({ name: "back" });
    await executor.updateTaskByRefName("work", workflowId, "COMPLETED", {});
    assert.equal(await statusOf(workflowId), "COMPLETED");
    await executor.goBackToTask(workflowId, (task) => task.referenceTaskName === "work");
    assert.equal(await statusOf(workflowId), "RUNNING");
    await executor.updateTaskByRefName("work", workflowId, "COMPLETED", {});
    // The type of a worker's task is the name of its definition.
    await assert.rejects(executor.goBackToFirstTaskMatchingType(workflowId, "SIMPLE"), /Task not found/);
    await executor.goBackToFirstTaskMatchingType(workflowId, "work");
    assert.equal(await statusOf(workflowId), "RUNNING");
    await assert.rejects(
      executor.goBackToTask(workflowId, () => false),
      /Task not found/,
    );
    await executor.terminate(workflowId, "enough");
  });

  test("workflow: found by a query and by words", async () => {
    const { executor } = world;
    const workflowId = await start({ correlationId: "find-me", input: { note: "blue heron" } });
    const byQuery = await executor.search(0, 10, "workflowType IN (two) AND correlationId = 'find-me'", "*");
    assert.deepEqual(byQuery.results.map((x) => x.workflowId), [workflowId]);
    assert.equal(byQuery.totalHits, 1);
    const byWords = await executor.search(0, 10, "", '"blue heron"', "startTime:DESC", true);
    assert.deepEqual(byWords.results.map((x) => x.workflowId), [workflowId]);
    assert.equal((await executor.search(0, 10, "workflowType IN (nobody)", "*")).totalHits, 0);
    await assert.rejects(executor.search(0, 10, "workflowType IN (", "*"), /column|query/);
  });

  test("workflow: tasks updated with an answer, variables and state changed", async () => {
    const { executor } = world;
    const workflowId = await start();
    const updated = await executor.updateTaskSync("first", workflowId, "COMPLETED", { n: 2 }, "me");
    assert.equal(updated.workflowId, workflowId);
    assert.deepEqual(updated.tasks.map((x) => x.referenceTaskName), ["first", "second"]);
    assert.equal(updated.tasks[0].workerId, "me");
    const changed = await executor.updateVariables(workflowId, { color: "blue" });
    assert.deepEqual(changed.variables, { color: "blue" });
    const run = await executor.updateState(
      workflowId,
      {
        taskReferenceName: "second",
        taskResult: { status: "COMPLETED", outputData: {} },
        variables: { size: 3 },
      },
      "request-7",
      undefined,
      5,
    );
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(run.variables, { color: "blue", size: 3 });
    await assert.rejects(executor.updateVariables(nobody, {}), new RegExp(nobody));
    await assert.rejects(executor.updateState(nobody, {}, "r"), new RegExp(nobody));
    await assert.rejects(executor.updateTaskSync("first", workflowId, "COMPLETED", {}), /COMPLETED|not|no /);
    // Nothing waits under that name: Conductor answers no task id, and no error.
    assert.ok(!(await executor.updateTaskByRefName("nowhere", workflowId, "COMPLETED", {})));
    await assert.rejects(executor.updateTask(nobody, workflowId, "COMPLETED", {}), new RegExp(nobody));
  });

  test("workflow: executed, and signalled with and without an answer", async () => {
    const { executor } = world;
    const yields = (name) => ({ name, taskReferenceName: name, type: "YIELD", inputParameters: {} });
    await world.define("asks_twice", [yields("one"), yields("two")]);
    const begun = await executor.executeWorkflow(
      { name: "asks_twice", version: 1 },
      "asks_twice",
      1,
      "request-8",
      "",
      10,
      "DURABLE",
      "BLOCKING_TASK",
    );
    assert.equal(begun.getBlockingTask().referenceTaskName, "one");
    const next = await executor.signal(begun.targetWorkflowId, "COMPLETED", { a: 1 }, "BLOCKING_TASK");
    assert.equal(next.getBlockingTask().referenceTaskName, "two");
    await executor.signalAsync(begun.targetWorkflowId, "COMPLETED", { b: 2 });
    await until(async () => (await statusOf(begun.targetWorkflowId)) === "COMPLETED");
    await assert.rejects(executor.signal(begun.targetWorkflowId, "COMPLETED", {}));
    await assert.rejects(executor.signalAsync(nobody, "COMPLETED", {}), new RegExp(nobody));
    await assert.rejects(executor.executeWorkflow({ name: "nobody" }, "nobody", 1, "r"), /nobody/);
  });

  test("workflow: tested with mocked tasks, without being registered", async () => {
    const { executor } = world;
    const run = await executor.testWorkflow({
      name: "mocked",
      version: 1,
      workflowDef: {
        name: "mocked",
        version: 1,
        ownerEmail: "sdk@example.com",
        timeoutSeconds: 0,
        tasks: [simple("ask", { q: "${workflow.input.q}" })],
        outputParameters: { a: "${ask.output.a}" },
      },
      input: { q: "why?" },
      taskRefToMockOutput: { ask: [{ status: "COMPLETED", output: { a: "because" } }] },
    });
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(run.output, { a: "because" });
    await assert.rejects(world.metadata.getWorkflowDef("mocked"), /mocked/);
    await assert.rejects(executor.testWorkflow({ name: "mocked", version: 1 }), /mocked/);
  });
}
