// The media pipeline's tasks as workers of the SDK. The work itself is done by
// the example's own script, one process per task.

import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";

import { mediaPipeline } from "./node.mjs";

const taskTypes = [
  "media_probe",
  "media_plan",
  "media_encode",
  "media_verify",
  "media_measure",
  "media_publish",
  "media_discard",
];

async function execute(task) {
  const child = spawn(path.join(mediaPipeline, "worker.py"), [], {
    env: { ...process.env, TUTTI_TASK_TYPE: task.taskDefName },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(JSON.stringify(task.inputData));
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  if (code !== 0) throw new Error(err.trim().split("\n").at(-1));
  return { status: "COMPLETED", outputData: JSON.parse(out) };
}

export const mediaWorkers = taskTypes.map((taskDefName) => ({
  taskDefName,
  execute,
  concurrency: taskDefName === "media_encode" ? 3 : 1,
  pollInterval: 100,
}));
