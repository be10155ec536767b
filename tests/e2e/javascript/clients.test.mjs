// The SDK's clients for everyday work: each of their public methods, against a
// node. A file of clients/ has the tests of one client.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  ConductorWorkflow,
  MetadataClient,
  OrkesClients,
  SchedulerClient,
  SchemaClient,
  TaskClient,
  WorkflowExecutor,
} from "@io-orkes/conductor-javascript";

import { builderTests } from "./clients/builder.mjs";
import { metadataTests } from "./clients/metadata.mjs";
import { schedulerTests } from "./clients/scheduler.mjs";
import { schemaTests } from "./clients/schema.mjs";
import { taskTests } from "./clients/task.mjs";
import { workflowTests } from "./clients/workflow.mjs";
import { Coverage } from "./support/coverage.mjs";
import { startNode } from "./support/node.mjs";
import { quiet } from "./support/quiet.mjs";

const coverage = new Coverage();
const world = {}; // filled before the first test
let node;

before(async () => {
  node = await startNode();
  const clients = await OrkesClients.from({ serverUrl: node.url, logger: quiet });
  world.metadata = coverage.watch(clients.getMetadataClient());
  world.schemas = coverage.watch(clients.getSchemaClient());
  world.tasks = coverage.watch(clients.getTaskClient());
  world.scheduler = coverage.watch(clients.getSchedulerClient());
  world.executor = coverage.watch(clients.getWorkflowClient());
  world.build = (name, ...more) =>
    coverage.watch(new ConductorWorkflow(clients.getWorkflowClient(), name, ...more));
  world.define = (name, tasks, more = {}) =>
    clients.getMetadataClient().registerWorkflowDef(
      { name, version: 1, ownerEmail: "sdk@example.com", timeoutSeconds: 0, tasks, ...more },
      true,
    );
});

after(async () => {
  await node?.stop();
});

metadataTests(world);
schemaTests(world);
workflowTests(world);
builderTests(world);
taskTests(world);
schedulerTests(world);

test("each public method of the six clients was called", async (t) => {
  let all = 0;
  let called = 0;
  const missed = [];
  for (const type of [
    WorkflowExecutor,
    ConductorWorkflow,
    MetadataClient,
    TaskClient,
    SchedulerClient,
    SchemaClient,
  ]) {
    const found = await coverage.of(type);
    all += found.methods.length;
    called += found.methods.length - found.missed.length;
    missed.push(...found.missed.map((method) => `${found.name}.${method}`));
  }
  t.diagnostic(`${called} of ${all} public methods called`);
  assert.deepEqual(missed, []);
  assert.ok(all >= 110, `only ${all} methods were found`);
});
