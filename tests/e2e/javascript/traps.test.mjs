// What the SDK takes badly when a server answers it loosely.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { OrkesClients } from "@io-orkes/conductor-javascript";

import { startNode } from "./support/node.mjs";

let node;
let clients;

before(async () => {
  node = await startNode();
  clients = await OrkesClients.from({ serverUrl: node.url });
  await clients.getMetadataClient().registerWorkflowDef(
    {
      name: "one_step",
      version: 1,
      ownerEmail: "sdk@example.com",
      timeoutSeconds: 0,
      tasks: [{ name: "step", taskReferenceName: "step", type: "SIMPLE", inputParameters: { n: "${workflow.input.n}" } }],
    },
    true,
  );
});

after(async () => {
  await node?.stop();
});

const raw = (method, path, body) =>
  fetch(node.url + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

test("credentials against an open server make the SDK run without a token", async () => {
  const answer = await raw("POST", "/api/token", { keyId: "k", keySecret: "s" });
  assert.equal(answer.status, 404);
  assert.equal((await answer.json()).status, 404);
  const open = await OrkesClients.from({ serverUrl: node.url, keyId: "k", keySecret: "s" });
  const definition = await open.getMetadataClient().getWorkflowDef("one_step");
  assert.equal(definition.name, "one_step");
});

test("an id is bare text, also when started by name", async () => {
  const executor = clients.getWorkflowClient();
  const id = await executor.startWorkflowByName("one_step", { n: 1 });
  assert.match(id, /^[0-9a-f-]{36}$/);
  const answer = await raw("POST", "/api/workflow", { name: "one_step" });
  assert.equal(answer.headers.get("content-type"), "text/plain;charset=UTF-8");
  assert.match(await answer.text(), /^[0-9a-f-]{36}$/);
});

test("an unknown execution is an error with a message", async () => {
  await assert.rejects(
    clients.getWorkflowClient().getWorkflow("00000000-0000-4000-8000-000000000000", true),
    (error) => {
      assert.match(String(error.message), /00000000-0000-4000-8000-000000000000/);
      return true;
    },
  );
});

test("an empty poll is 204, an empty batch a list, and never an empty JSON body", async () => {
  const single = await raw("GET", "/api/tasks/poll/nobody_offers_this");
  assert.equal(single.status, 204);
  assert.equal(await single.text(), "");
  const batch = await raw("GET", "/api/tasks/poll/batch/nobody_offers_this?count=5&timeout=1");
  assert.equal(batch.status, 200);
  assert.deepEqual(await batch.json(), []);
});

test("update-v2 answers 204 without a next task, 200 with it, 404 for an unknown one", async () => {
  const executor = clients.getWorkflowClient();
  await executor.startWorkflow({ name: "one_step", input: { n: 2 } });
  await executor.startWorkflow({ name: "one_step", input: { n: 3 } });
  const waiting = (await clients.getTaskClient().getQueueSizeForTask(["step"])).step;
  let task = (await (await raw("GET", "/api/tasks/poll/batch/step?count=1&timeout=1000&workerid=w")).json())[0];
  const finish = (t) =>
    raw("POST", "/api/tasks/update-v2", {
      taskId: t.taskId,
      workflowInstanceId: t.workflowInstanceId,
      status: "COMPLETED",
      outputData: { n: t.inputData.n },
      workerId: "w",
    });
  for (let left = waiting; left > 1; left -= 1) {
    const answer = await finish(task);
    assert.equal(answer.status, 200);
    task = await answer.json();
    assert.equal(task.taskDefName, "step");
  }
  const last = await finish(task);
  assert.equal(last.status, 204);
  assert.equal(await last.text(), "");
  const unknown = await finish({ ...task, taskId: "00000000-0000-4000-8000-000000000000" });
  assert.equal(unknown.status, 404);
});

test("operations without a body answer 200 or 204 without one", async () => {
  const executor = clients.getWorkflowClient();
  const id = await executor.startWorkflow({ name: "one_step", input: { n: 4 } });
  await executor.pause(id);
  assert.equal((await executor.getWorkflowStatus(id, false, false)).status, "PAUSED");
  await executor.resume(id);
  await executor.terminate(id, "enough");
  const run = await executor.getWorkflow(id, true);
  assert.equal(run.status, "TERMINATED");
  assert.equal(run.reasonForIncompletion, "enough");
  assert.equal(run.tasks[0].status, "CANCELED");
  await executor.restart(id, false);
  assert.equal((await executor.getWorkflowStatus(id, false, false)).status, "RUNNING");
  await clients.getTaskClient().updateTaskResult(id, "step", "COMPLETED", { by: "reference" });
  const done = await executor.getWorkflow(id, true);
  assert.equal(done.status, "COMPLETED");
  // This method of the SDK wraps what it is given; the server takes it as it is.
  assert.deepEqual(done.output, { outputData: { by: "reference" } });
});

test("a definition that is not valid is refused with the rule it breaks", async () => {
  await assert.rejects(
    clients.getMetadataClient().registerWorkflowDef(
      {
        name: "twice",
        version: 1,
        ownerEmail: "sdk@example.com",
        timeoutSeconds: 0,
        tasks: [
          { name: "a", taskReferenceName: "same", type: "SIMPLE", inputParameters: {} },
          { name: "b", taskReferenceName: "same", type: "SIMPLE", inputParameters: {} },
        ],
      },
      true,
    ),
  );
  const answer = await raw("GET", "/api/metadata/workflow/twice");
  assert.equal(answer.status, 404);
});
