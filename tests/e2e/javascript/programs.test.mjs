// The programs with which the SDK's README begins, as they stand in the
// installed package: only CONDUCTOR_SERVER_URL says where the node is.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { sdkFolder } from "./support/coverage.mjs";
import { startNode } from "./support/node.mjs";
import { compiled } from "./support/typescript.mjs";
import { until } from "./support/waiting.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const running = new Set();
let node;
let readme;

before(async () => {
  node = await startNode();
  readme = await readFile(path.join(sdkFolder, "README.md"), "utf8");
});

after(async () => {
  for (const program of running) program.kill("SIGKILL");
  await node?.stop();
});

/** The blocks of TypeScript between a heading and the next one of its rank. */
function blocksBelow(heading) {
  const rank = heading.match(/^#+/)[0];
  const from = readme.indexOf(`\n${heading}\n`);
  assert.ok(from >= 0, `the README has no '${heading}'`);
  const rest = readme.slice(from + heading.length + 1);
  const next = rest.search(new RegExp(`^#{1,${rank.length}} `, "m"));
  return [...rest.slice(0, next).matchAll(/^```typescript\n(.*?)^```/gms)].map((match) => match[1]);
}

/** The one block that has this line. */
function blockWith(blocks, line) {
  const found = blocks.filter((block) => block.includes(line));
  assert.equal(found.length, 1, `${found.length} blocks have '${line}'`);
  return found[0];
}

/** Runs a program; `first` is a module that is loaded before it. */
async function run(program, first) {
  const folder = await mkdtemp(path.join(node.folder, "program-"));
  await symlink(path.join(here, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, "program.ts"), program);
  await writeFile(path.join(folder, "program.mjs"), compiled(program));
  if (first) await writeFile(path.join(folder, "first.mjs"), first);
  const child = spawn(
    process.execPath,
    [...(first ? ["--import", "./first.mjs"] : []), "program.mjs"],
    {
      cwd: folder,
      env: { ...process.env, CONDUCTOR_SERVER_URL: node.url },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  running.add(child);
  const ended = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], out, errors]) => {
      running.delete(child);
      return { code, signal, out, errors };
    },
  );
  return { child, ended };
}

const call = (method, route, body) =>
  fetch(`${node.url}/api${route}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

async function executionsOf(name) {
  const query = encodeURIComponent(`workflowType = ${name}`);
  return (await (await call("GET", `/tutti/search?query=${query}`)).json()).results;
}

test("the quick start registers, works, executes and prints its result", { timeout: 60_000 }, async () => {
  const program = blockWith(blocksBelow("## 60-Second Quickstart"), "async function main()");
  const { ended } = await run(program);
  const { code, signal, out, errors } = await ended;
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, out + errors);
  assert.match(out, /^result: Hello Conductor$/m);
  const executions = await executionsOf("greetings");
  assert.deepEqual(executions.map((x) => [x.status, x.version]), [["COMPLETED", 1]]);
});

test("hello world: the README's worker greets until it is told to stop", { timeout: 60_000 }, async () => {
  const blocks = blocksBelow("## Workers");
  const worker = blockWith(
    blocks.filter((block) => block.includes("class Workers")),
    "await handler.startWorkers()",
  );
  const shutdown = blockWith(blocks, 'process.on("SIGTERM"');
  // What the README calls `client` is one of these.
  const first = `
    import { OrkesClients } from "@io-orkes/conductor-javascript";
    globalThis.client = (await OrkesClients.from()).getClient();`;
  const { child, ended } = await run(`${worker}\n${shutdown}`, first);
  const definition = {
    name: "hello_world",
    version: 1,
    ownerEmail: "sdk@example.com",
    timeoutSeconds: 0,
    tasks: [
      {
        name: "greet",
        taskReferenceName: "greet",
        type: "SIMPLE",
        inputParameters: { name: "${workflow.input.name}" },
      },
    ],
    outputParameters: { result: "${greet.output.result}" },
  };
  assert.ok((await call("PUT", "/metadata/workflow", [definition])).ok);
  for (const [input, result] of [[{}, "Hello World"], [{ name: "Ada" }, "Hello Ada"]]) {
    const answer = await call("POST", "/workflow/execute/hello_world/1?waitForSeconds=30", {
      name: "hello_world",
      input,
    });
    const execution = await answer.json();
    assert.equal(execution.status, "COMPLETED");
    assert.deepEqual(execution.output, { result });
  }
  // The second worker polls the queue of its domain.
  await until(async () =>
    (await (await call("GET", "/tasks/queue/polldata?taskType=process_payment")).json()).some(
      (x) => x.domain === "payments",
    ),
  );
  child.kill("SIGTERM");
  const { code, signal, out, errors } = await ended;
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, out + errors);
});

// The examples of the SDK's repository are not in its package. With a clone
// they run, too: CONDUCTOR_JAVASCRIPT_SDK=../javascript-sdk.
const clone = process.env.CONDUCTOR_JAVASCRIPT_SDK;
const examples = {
  helloworld: /"message": "Hello, TypeScript!"/,
  quickstart: /Hello, Conductor!/,
  "workers-e2e": /Confirmed: PASS/,
  "dynamic-workflow": /"notifyChannel": "email"/,
  "task-configure": /Done\./,
  "task-context": /Task completed successfully/,
  "worker-configuration": /"result": "default"/,
  "workflow-ops": /7\. After retry: RUNNING/,
  "advanced/fork-join": /Jane Doe/,
  "advanced/sub-workflows": /"validated": true/,
  "api-journeys/schedules": /Schedule tags: .*staging/,
  "api-journeys/schemas": /10\. Deleted user schema/,
};
if (clone)
  for (const [name, says] of Object.entries(examples))
    test(`the example ${name} runs to its end`, { timeout: 60_000 }, async () => {
      const program = await readFile(path.join(clone, "examples", `${name}.ts`), "utf8");
      // In the clone the SDK is a folder beside it.
      const { ended } = await run(
        program.replaceAll(/"(?:\.\.\/)+src\/(?:sdk|open-api)"/g, '"@io-orkes/conductor-javascript"'),
      );
      const { code, out, errors } = await ended;
      assert.equal(code, 0, out + errors);
      assert.match(out, says);
    });
