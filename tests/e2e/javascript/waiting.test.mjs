// The SDK's calls that wait: execute, signal, and what its tutorial begins with.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  ConductorWorkflow,
  OrkesClients,
  TaskHandler,
  simpleTask,
  worker,
} from "@io-orkes/conductor-javascript";

import { startNode } from "./support/node.mjs";
import { quiet } from "./support/quiet.mjs";

let node;
let clients;
let executor;

const define = (name, tasks, more = {}) =>
  clients.getMetadataClient().registerWorkflowDef(
    { name, version: 1, ownerEmail: "sdk@example.com", timeoutSeconds: 0, tasks, ...more },
    true,
  );
const yields = (reference, inputParameters = {}) => ({
  name: reference,
  taskReferenceName: reference,
  type: "YIELD",
  inputParameters,
});

before(async () => {
  node = await startNode();
  clients = await OrkesClients.from({ serverUrl: node.url, logger: quiet });
  executor = clients.getWorkflowClient();
  await define("asks", [yields("first", { q: "${workflow.input.q}" }), yields("second", { said: "${first.output.taskOutput.a}" })]);
  await define("asks_below", [
    {
      name: "below",
      taskReferenceName: "below",
      type: "SUB_WORKFLOW",
      inputParameters: { q: "below?" },
      subWorkflowParam: { name: "asks", version: 1 },
    },
  ]);
});

after(async () => {
  await node?.stop();
});

test("the quick start: a workflow is built, a worker runs, execute answers the result", async () => {
  worker({ taskDefName: "greet" })(async (task) => ({
    status: "COMPLETED",
    outputData: { result: `Hello ${task.inputData.name}` },
  }));
  const workflow = new ConductorWorkflow(executor, "greetings")
    .add(simpleTask("greet_ref", "greet", { name: "${workflow.input.name}" }))
    .outputParameters({ result: "${greet_ref.output.result}" });
  await workflow.register();
  const handler = new TaskHandler({ client: clients.getClient(), scanForDecorated: true, logger: quiet });
  await handler.startWorkers();
  try {
    const run = await workflow.execute({ name: "Conductor" });
    assert.equal(run.status, "COMPLETED");
    assert.equal(run.output?.result, "Hello Conductor");
    const again = await executor.executeWorkflow(
      { name: "greetings", version: 1, input: { name: "you" } },
      "greetings",
      1,
      "request-1",
    );
    assert.equal(again.output.result, "Hello you");
    assert.equal(again.requestId, "request-1");
  } finally {
    await handler.stopWorkers();
  }
});

const strategies = ["TARGET_WORKFLOW", "BLOCKING_WORKFLOW", "BLOCKING_TASK", "BLOCKING_TASK_INPUT"];

for (const strategy of strategies) {
  test(`execute and signal answer what ${strategy} means, here and in a sub-workflow`, async () => {
    for (const name of ["asks", "asks_below"]) {
      const begun = await executor.executeWorkflow(
        { name, version: 1, input: { q: "below?" } },
        name,
        1,
        "request-2",
        "",
        10,
        "DURABLE",
        strategy,
      );
      assert.equal(begun.responseType, strategy);
      assert.equal(begun.targetWorkflowStatus, "RUNNING");
      const below = name === "asks_below" && strategy !== "TARGET_WORKFLOW";
      assert.equal(begun.workflowId !== begun.targetWorkflowId, below);
      if (strategy === "TARGET_WORKFLOW") {
        assert.equal(begun.isTargetWorkflow(), true);
        assert.equal(begun.getWorkflow().status, "RUNNING");
      } else if (strategy === "BLOCKING_WORKFLOW") {
        assert.equal(begun.isBlockingWorkflow(), true);
        assert.equal(begun.getWorkflow().tasks[0].taskType, "YIELD");
      } else {
        assert.equal(begun.isBlockingTask() || begun.isBlockingTaskInput(), true);
        assert.equal(begun.getBlockingTask().referenceTaskName, "first");
        assert.deepEqual(begun.input, { q: "below?" });
      }
      const id = begun.targetWorkflowId;
      // The SDK wraps what it is given; the server takes it as it is.
      const next = await executor.signal(id, "COMPLETED", { a: 7 }, strategy);
      assert.equal(next.responseType, strategy);
      if (strategy.startsWith("BLOCKING_TASK")) {
        assert.equal(next.referenceTaskName, "second");
        assert.deepEqual(next.input, { said: 7 });
      }
      await executor.signalAsync(id, "COMPLETED", { done: true });
      for (let look = 0; (await executor.getWorkflowStatus(id, false, false)).status !== "COMPLETED"; look += 1)
        assert.ok(look < 1000, "the parent hears of its child's end");
      await assert.rejects(executor.signal(id, "COMPLETED", {}, strategy));
    }
  });
}

test("a wait ends at a task that was named, and at its time", async () => {
  await define("two_steps", [
    { name: "set", taskReferenceName: "set", type: "SET_VARIABLE", inputParameters: { x: 1 } },
    { name: "nobody", taskReferenceName: "nobody", type: "SIMPLE", inputParameters: {} },
  ]);
  const reached = await executor.executeWorkflow({ name: "two_steps" }, "two_steps", 1, "r", "set");
  assert.equal(reached.status, "RUNNING");
  assert.equal(reached.variables.x, 1);
  const late = await executor.executeWorkflow({ name: "two_steps" }, "two_steps", 1, "r", "nobody", 1, "DURABLE", "TARGET_WORKFLOW");
  assert.equal(late.status, "RUNNING");
  assert.equal(late.signalTimeout, true);
});
