import assert from "node:assert/strict";
import { test } from "node:test";

import { setVariableTask, simpleTask } from "@io-orkes/conductor-javascript";

export function builderTests(world) {
  test("builder: a definition is built, registered and read back as it was built", async () => {
    const flow = world
      .build("built")
      .version(2)
      .description("made by the builder")
      .ownerEmail("sdk@example.com")
      .timeoutPolicy("TIME_OUT_WF")
      .timeoutSeconds(600)
      .failureWorkflow("built_failure")
      .restartable(false)
      .inputParameters(["name", "size"])
      .inputTemplate({ size: 1 })
      .variables({ color: "blue" })
      .outputParameters({ a: "${a_ref.output.x}" })
      .enableStatusListener("log");
    flow
      .add(setVariableTask("set_ref", { color: flow.input("name") }))
      .fork([[simpleTask("a_ref", "built_task", {})], [simpleTask("b_ref", "built_task", {})]])
      .outputParameter("all", flow.output())
      .outputParameter("size", flow.output("size"));
    assert.equal(flow.getName(), "built");
    assert.equal(flow.getVersion(), 2);
    await flow.register(true);
    const stored = await world.metadata.getWorkflowDef("built", 2);
    const wanted = flow.toWorkflowDef();
    for (const field of [
      "description",
      "ownerEmail",
      "timeoutPolicy",
      "timeoutSeconds",
      "failureWorkflow",
      "restartable",
      "inputParameters",
      "inputTemplate",
      "variables",
      "outputParameters",
      "workflowStatusListenerEnabled",
      "workflowStatusListenerSink",
    ])
      assert.deepEqual(stored[field], wanted[field], field);
    assert.deepEqual(
      stored.tasks.map((x) => [x.taskReferenceName, x.type]),
      wanted.tasks.map((x) => [x.taskReferenceName, x.type]),
    );
    await assert.rejects(flow.register(false), /exist/);
    flow.disableStatusListener();
    await flow.register();
    assert.equal((await world.metadata.getWorkflowDef("built", 2)).workflowStatusListenerEnabled, false);
  });

  test("builder: workflowInput gives defaults, execute and startWorkflow start", async () => {
    const flow = world
      .build("built_quick")
      .workflowInput({ greeting: "hello" })
      .timeoutSeconds(0)
      .add(setVariableTask("set_ref", { said: "${workflow.input.greeting}" }))
      .outputParameter("said", "${workflow.variables.said}");
    await flow.register();
    const run = await flow.execute({});
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(run.output, { said: "hello" });
    const again = await flow.execute({ greeting: "bye" }, undefined, "request-9");
    assert.equal(again.requestId, "request-9");
    assert.deepEqual(again.output, { said: "bye" });
    const workflowId = await flow.startWorkflow({}, "built-1", 5, "key-1", "RETURN_EXISTING");
    assert.equal((await world.executor.getWorkflow(workflowId, false)).correlationId, "built-1");
    // The key names the execution that there is.
    assert.equal(await flow.startWorkflow({}, "built-2", 5, "key-1", "RETURN_EXISTING"), workflowId);
    await assert.rejects(flow.startWorkflow({}, "built-3", 5, "key-1", "FAIL"), /key-1|idempotency/i);
    await assert.rejects(world.build("never_registered").startWorkflow({}), /never_registered/);
    await assert.rejects(world.build("never_registered").execute({}), /never_registered/);
  });

  test("builder: a workflow as a task of another one, never registered itself", async () => {
    const child = world
      .build("built_child")
      .timeoutSeconds(0)
      .add(setVariableTask("set_ref", { x: 42 }))
      .outputParameters({ x: "${workflow.variables.x}" });
    const parent = world
      .build("built_parent")
      .timeoutSeconds(0)
      .add(child.toSubWorkflowTask("child_ref"))
      .outputParameters({ x: "${child_ref.output.x}" });
    await parent.register();
    const run = await parent.execute({});
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(run.output, { x: 42 });
    await assert.rejects(world.metadata.getWorkflowDef("built_child"), /built_child/);
  });
}
