// A real tuttid as a child: its own data folder, its own port.

import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const tuttid = process.env.TUTTID ?? path.join(repository, "build/dev/bin/tuttid");

export const mediaPipeline = path.join(repository, "tools/examples/media-pipeline");

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a node and answers when it is healthy; `stop` ends it and its data. */
export async function startNode() {
  const folder = await mkdtemp(path.join(tmpdir(), "tutti-javascript-"));
  const data = path.join(folder, "data");
  await mkdir(data);
  const port = await freePort();
  const logFile = path.join(folder, "node.log");
  const log = createWriteStream(logFile);
  await once(log, "open");
  const child = spawn(tuttid, ["--data", data, "--port", String(port)], {
    stdio: ["ignore", log, log],
  });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  for (let look = 0; ; look += 1) {
    const healthy = await fetch(`${url}/health`).then((r) => r.ok, () => false);
    if (healthy) break;
    if (child.exitCode !== null || child.signalCode !== null || look > 600) {
      child.kill("SIGKILL");
      throw new Error(`${tuttid} did not start:\n${await readFile(logFile, "utf8")}`);
    }
    await pause(50); // between two looks at /health
  }
  return {
    url,
    folder,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}
