import assert from "node:assert/strict";
import { test } from "node:test";

const step = (name) => ({ name, taskReferenceName: name, type: "SIMPLE", inputParameters: {} });
const flow = (version, more = {}) => ({
  name: "meta_flow",
  version,
  ownerEmail: "sdk@example.com",
  timeoutSeconds: 0,
  tasks: [step("meta_task")],
  ...more,
});

const plain = (tags) => tags.map(({ key, value }) => `${key}=${value}`).sort();

/** Adds, reads, replaces and deletes, by the four methods of a kind. */
async function tagged(name, { add, remove, read, replace }) {
  await add({ key: "team", value: "a", type: "METADATA" }, name);
  await add({ key: "env", value: "test", type: "METADATA" }, name);
  assert.deepEqual(plain(await read(name)), ["env=test", "team=a"]);
  await replace([{ key: "team", value: "b", type: "METADATA" }], name);
  assert.deepEqual(plain(await read(name)), ["team=b"]);
  await remove({ key: "team", value: "b", type: "METADATA" }, name);
  assert.deepEqual(await read(name), []);
  for (const call of [
    () => add({ key: "k", value: "v" }, "nobody"),
    () => read("nobody"),
    () => replace([{ key: "k", value: "v" }], "nobody"),
  ])
    await assert.rejects(call(), /nobody/);
}

export function metadataTests(world) {
  test("metadata: task definitions are registered, read, changed, listed and deleted", async () => {
    const { metadata } = world;
    await metadata.registerTask({ name: "meta_task", ownerEmail: "sdk@example.com", retryCount: 2 });
    await metadata.registerTasks([
      { name: "meta_task_2", retryCount: 0 },
      { name: "meta_task_3", description: "third" },
    ]);
    const read = await metadata.getTask("meta_task");
    assert.equal(read.retryCount, 2);
    assert.equal(read.responseTimeoutSeconds, 3600);
    await metadata.updateTask({ ...read, retryCount: 5 });
    assert.equal((await metadata.getTask("meta_task")).retryCount, 5);
    const names = (await metadata.getAllTaskDefs()).map((x) => x.name);
    assert.deepEqual(names.sort(), ["meta_task", "meta_task_2", "meta_task_3"]);
    await metadata.unregisterTask("meta_task_3");
    await assert.rejects(metadata.getTask("meta_task_3"), /meta_task_3/);
    await assert.rejects(metadata.unregisterTask("meta_task_3"), /meta_task_3/);
    await assert.rejects(metadata.updateTask({ name: "meta_task_3" }), /meta_task_3/);
    await assert.rejects(metadata.registerTask({ name: "" }), /[Vv]alidation/);
  });

  test("metadata: workflow definitions are registered, read, replaced, listed and deleted", async () => {
    const { metadata } = world;
    await metadata.registerWorkflowDef(flow(1));
    await metadata.registerWorkflowDef(flow(2, { description: "second" }));
    assert.equal((await metadata.getWorkflowDef("meta_flow")).version, 2);
    assert.equal((await metadata.getWorkflowDef("meta_flow", 1)).description, undefined);
    // Without overwrite what exists is kept, and that is said.
    await assert.rejects(metadata.registerWorkflowDef(flow(1, { description: "new" })), /exist/);
    await metadata.registerWorkflowDef(flow(1, { description: "new" }), true);
    assert.equal((await metadata.getWorkflowDef("meta_flow", 1, true)).description, "new");
    const all = await metadata.getAllWorkflowDefs();
    assert.deepEqual(
      all.filter((x) => x.name === "meta_flow").map((x) => x.version).sort(),
      [1, 2],
    );
    await metadata.unregisterWorkflow("meta_flow", 2);
    assert.equal((await metadata.getWorkflowDef("meta_flow")).version, 1);
    await assert.rejects(metadata.unregisterWorkflow("meta_flow", 2), /meta_flow/);
    await assert.rejects(metadata.getWorkflowDef("meta_flow", 2), /meta_flow/);
    await assert.rejects(metadata.registerWorkflowDef(flow(3, { tasks: [] }), true), /[Vv]alidation/);
  });

  test("metadata: tags of workflows and of tasks", async () => {
    const { metadata } = world;
    await tagged("meta_flow", {
      add: (tag, name) => metadata.addWorkflowTag(tag, name),
      remove: (tag, name) => metadata.deleteWorkflowTag(tag, name),
      read: (name) => metadata.getWorkflowTags(name),
      replace: (tags, name) => metadata.setWorkflowTags(tags, name),
    });
    await tagged("meta_task", {
      add: (tag, name) => metadata.addTaskTag(tag, name),
      remove: (tag, name) => metadata.deleteTaskTag(tag, name),
      read: (name) => metadata.getTaskTags(name),
      replace: (tags, name) => metadata.setTaskTags(tags, name),
    });
  });

  test("metadata: a rate limit of a workflow is set, holds, and is removed", async () => {
    const { metadata, executor } = world;
    await metadata.setWorkflowRateLimit({ rateLimitKey: "one", concurrentExecLimit: 1 }, "meta_flow");
    const read = await metadata.getWorkflowRateLimit("meta_flow");
    assert.equal(read.rateLimitKey, "one");
    assert.equal(read.concurrentExecLimit, 1);
    const first = await executor.startWorkflow({ name: "meta_flow" });
    const second = await executor.startWorkflow({ name: "meta_flow" });
    assert.equal((await executor.getWorkflow(first, true)).tasks.length, 1);
    assert.equal((await executor.getWorkflow(second, true)).tasks.length, 0, "it waits for its turn");
    await executor.terminate(first, "the turn is over");
    await executor.terminate(second, "enough");
    await metadata.removeWorkflowRateLimit("meta_flow");
    assert.equal(await metadata.getWorkflowRateLimit("meta_flow"), undefined);
    await assert.rejects(
      metadata.setWorkflowRateLimit({ rateLimitKey: "k", concurrentExecLimit: 1 }, "nobody"),
      /nobody/,
    );
  });
}
