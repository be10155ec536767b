// The media pipeline driven by the official SDK alone: it registers, starts,
// polls with its task manager, updates through update-v2 and reads back.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import {
  createConductorClient,
  MetadataClient,
  TaskClient,
  TaskManager,
  WorkflowExecutor,
} from "@io-orkes/conductor-javascript";

import { mediaWorkers } from "./support/media_workers.mjs";
import { mediaPipeline, startNode } from "./support/node.mjs";
import { quiet } from "./support/quiet.mjs";

let node;
let metadata;
let workflows;
let tasks;
let manager;
const requests = []; // what the SDK sent, and what it was answered

/** The SDK's own parameter for a fetch; this one only takes notes. */
async function notedFetch(input, init) {
  const answer = await fetch(input, init);
  const { pathname } = new URL(input.url ?? input);
  requests.push({ method: input.method ?? init?.method, pathname, status: answer.status });
  return answer;
}

const json = async (name) =>
  JSON.parse(await readFile(path.join(mediaPipeline, name), "utf8"));
const sha256 = async (file) =>
  createHash("sha256").update(await readFile(file)).digest("hex");

function input(file) {
  return {
    title: "From the SDK",
    file: path.join(node.folder, "in", file),
    workspace: path.join(node.folder, "work"),
    publishTo: path.join(node.folder, "published"),
  };
}

async function ended(workflowId) {
  for (let look = 0; look < 600; look += 1) {
    const { status } = await workflows.getWorkflowStatus(workflowId, false, false);
    if (!["RUNNING", "PAUSED"].includes(status)) {
      return workflows.getWorkflow(workflowId, true);
    }
    await pause(100); // between two looks at the status
  }
  throw new Error(`workflow ${workflowId} did not end`);
}

before(async () => {
  node = await startNode();
  execFileSync(path.join(mediaPipeline, "worker.py"), ["samples", path.join(node.folder, "in")]);
  const client = await createConductorClient({ serverUrl: `${node.url}/api` }, notedFetch);
  metadata = new MetadataClient(client);
  workflows = new WorkflowExecutor(client);
  tasks = new TaskClient(client);
  await metadata.registerTasks(await json("tasks.json"));
  for (const name of ["media_quality_check", "media_cleanup", "media_pipeline"]) {
    await metadata.registerWorkflowDef(await json(`${name}.json`), true);
  }
  manager = new TaskManager(client, mediaWorkers, {
    logger: quiet,
    options: { workerID: "javascript-sdk", batchPollingTimeout: 500 },
  });
  manager.startPolling();
});

after(async () => {
  await manager?.stopPolling();
  assert.equal(await node?.stop(), 0, "the node drains and exits with 0");
});

test("definitions read back as they were registered", async () => {
  const definition = await json("media_pipeline.json");
  const stored = await metadata.getWorkflowDef("media_pipeline", 1);
  assert.equal(stored.failureWorkflow, "media_cleanup");
  assert.deepEqual(stored.outputParameters, definition.outputParameters);
  assert.deepEqual(
    stored.tasks.map((t) => [t.taskReferenceName, t.type]),
    definition.tasks.map((t) => [t.taskReferenceName, t.type]),
  );
  assert.deepEqual(Object.keys(stored.tasks[1].decisionCases), ["video", "audio", "image"]);
  const probe = await metadata.getTask("media_probe");
  assert.equal(probe.retryLogic, "EXPONENTIAL_BACKOFF");
  assert.equal(probe.responseTimeoutSeconds, 30);
});

for (const [file, kind, renditions] of [
  ["testcard.y4m", "video", ["full", "half", "quarter"]],
  ["sweep.wav", "audio", ["full", "half"]],
  ["card.ppm", "image", ["full", "thumbnail"]],
]) {
  test(`${file} is published as ${kind} in ${renditions.length} renditions`, async () => {
    const id = await workflows.startWorkflow({
      name: "media_pipeline",
      version: 1,
      correlationId: `sdk-${kind}`,
      input: input(file),
    });
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const run = await ended(id);
    assert.equal(run.status, "COMPLETED", run.reasonForIncompletion);
    assert.equal(run.correlationId, `sdk-${kind}`);
    assert.equal(run.output.kind, kind);
    assert.deepEqual([...run.output.published].sort(), renditions);

    const row = (reference) => run.tasks.find((t) => t.referenceTaskName === reference);
    for (const name of renditions) {
      const encode = row(`encode_${name}`);
      assert.equal(encode.status, "COMPLETED");
      assert.equal(encode.workerId, "javascript-sdk");
      assert.deepEqual(row("encoded").outputData[`encode_${name}`], encode.outputData);
    }
    const child = await workflows.getWorkflow(row("quality_check").subWorkflowId, true);
    assert.equal(child.status, "COMPLETED");
    assert.equal(child.parentWorkflowId, id);
    assert.equal(child.output.checksums, renditions.length);

    const manifest = JSON.parse(await readFile(run.output.manifest, "utf8"));
    assert.equal(manifest.title, "From the SDK");
    for (const r of manifest.renditions) assert.equal(await sha256(r.path), r.sha256);
    assert.equal(
      run.output.bytesOut,
      manifest.renditions.reduce((sum, r) => sum + r.bytes, 0),
    );
  });
}

test("a file that is no medium fails the pipeline and is cleaned up after", async () => {
  const id = await workflows.startWorkflow({ name: "media_pipeline", input: input("notes.txt") });
  const run = await ended(id);
  assert.equal(run.status, "FAILED");
  assert.match(run.reasonForIncompletion, /notes\.txt is no video, audio or image/);
  const cleanup = await ended(run.output["conductor.failure_workflow"]);
  assert.equal(cleanup.workflowName, "media_cleanup");
  assert.equal(cleanup.status, "COMPLETED");
  assert.equal(cleanup.input.workflowId, id);
  assert.equal(cleanup.output.reason, run.reasonForIncompletion);
});

test("an encode that cannot succeed fails after its retries and leaves nothing behind", async () => {
  await metadata.registerTask({
    ...(await json("tasks.json")).find((t) => t.name === "media_encode"),
    retryCount: 1,
    retryDelaySeconds: 0,
  });
  const broken = input("testcard.y4m");
  // 4x4 pixels can be halved once, not twice.
  broken.file = path.join(node.folder, "in", "tiny.y4m");
  await writeFile(
    broken.file,
    Buffer.concat([Buffer.from("YUV4MPEG2 W4 H4 F24:1\nFRAME\n"), Buffer.alloc(24)]),
  );
  const id = await workflows.startWorkflow({ name: "media_pipeline", input: broken });
  const run = await ended(id);
  assert.equal(run.status, "FAILED");
  const tries = run.tasks.filter((t) => t.referenceTaskName === "encode_quarter");
  assert.deepEqual(tries.map((t) => [t.status, t.retryCount]), [["FAILED", 0], ["FAILED", 1]]);
  assert.match(tries[1].reasonForIncompletion, /4x4 cannot be divided by 4/);
  const cleanup = await ended(run.output["conductor.failure_workflow"]);
  assert.equal(cleanup.status, "COMPLETED");
  assert.equal(existsSync(path.join(broken.workspace, id)), false);
});

test("nothing is left in the queues or the workspace", async () => {
  const sizes = await tasks.getQueueSizeForTask(["media_probe", "media_encode"]);
  assert.deepEqual(sizes, { media_probe: 0, media_encode: 0 });
  assert.deepEqual(await readdir(path.join(node.folder, "work")), []);
  const [poll] = await tasks.getTaskPollData("media_probe");
  assert.equal(poll.workerId, "javascript-sdk");
});

test("the SDK never had to fall back from update-v2", () => {
  const updates = requests.filter((r) => r.pathname === "/api/tasks/update-v2");
  assert.ok(updates.length >= 20, `only ${updates.length} updates`);
  assert.deepEqual(updates.filter((r) => ![200, 204].includes(r.status)), []);
  assert.deepEqual(
    requests.filter((r) => r.method === "POST" && r.pathname === "/api/tasks"),
    [],
  );
});
