import assert from "node:assert/strict";
import { test } from "node:test";

const nobody = "00000000-0000-4000-8000-000000000000";

export function taskTests(world) {
  let workflowId;
  let taskId;

  test("task: read, logged, counted", async () => {
    const { tasks, executor } = world;
    await world.define("one_task", [
      { name: "solo", taskReferenceName: "solo", type: "SIMPLE", inputParameters: { n: "${workflow.input.n}" } },
      { name: "after", taskReferenceName: "after", type: "SIMPLE", inputParameters: {} },
    ]);
    workflowId = await executor.startWorkflow({ name: "one_task", input: { n: 7 } });
    ({ taskId } = (await executor.getWorkflow(workflowId, true)).tasks[0]);
    const task = await tasks.getTask(taskId);
    assert.equal(task.status, "SCHEDULED");
    assert.deepEqual(task.inputData, { n: 7 });
    await tasks.addTaskLog(taskId, "begun");
    await tasks.addTaskLog(taskId, "going on");
    const lines = await tasks.getTaskLogs(taskId);
    // The SDK sends JSON; the server takes the bytes as they come.
    assert.deepEqual(lines.map((x) => x.log), ['"begun"', '"going on"']);
    assert.ok(lines.every((x) => x.taskId === taskId && x.createdTime > 0));
    assert.equal((await tasks.getQueueSizeForTask(["solo"])).solo, 1);
    assert.deepEqual(await tasks.getTaskPollData("solo"), [], "no worker has polled");
    await assert.rejects(tasks.getTask(nobody), new RegExp(nobody));
  });

  test("task: updated by its reference, with and without an answer", async () => {
    const { tasks, executor } = world;
    assert.equal(await tasks.updateTaskResult(workflowId, "solo", "COMPLETED", { by: "name" }), taskId);
    assert.equal((await tasks.getTask(taskId)).status, "COMPLETED");
    const run = await tasks.updateTaskSync(workflowId, "after", "COMPLETED", { done: true }, "me");
    assert.equal(run.workflowId, workflowId);
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(run.tasks.at(-1).outputData, { done: true });
    assert.equal(run.tasks.at(-1).workerId, "me");
    assert.equal((await executor.getWorkflowStatus(workflowId, false, false)).status, "COMPLETED");
    assert.ok(!(await tasks.updateTaskResult(workflowId, "solo", "COMPLETED", {})), "nothing waits");
    await assert.rejects(tasks.updateTaskSync(nobody, "solo", "COMPLETED", {}), new RegExp(nobody));
  });

  test("task: found by a query", async () => {
    const { tasks } = world;
    const found = await tasks.search(0, 10, "updateTime:DESC", "*", `workflowId = '${workflowId}'`);
    assert.deepEqual(found.results.map((x) => x.taskDefName).sort(), ["after", "solo"]);
    assert.equal(found.totalHits, 2);
    assert.equal((await tasks.search(0, 10, undefined, "*", "taskType IN (nobody)")).totalHits, 0);
    await assert.rejects(tasks.search(0, 10, "", "*", "status = ("), /column|query/);
  });
}
