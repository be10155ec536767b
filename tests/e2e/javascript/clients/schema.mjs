import assert from "node:assert/strict";
import { test } from "node:test";

const order = (version, required) => ({
  name: "order",
  version,
  type: "JSON",
  data: {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { id: { type: "string" }, amount: { type: "number" } },
    required,
  },
});

export function schemaTests(world) {
  test("schema: registered, read by version and by name, listed", async () => {
    const { schemas } = world;
    await schemas.registerSchema([order(1, ["id"]), order(2, ["id", "amount"])]);
    const first = await schemas.getSchema("order", 1);
    assert.equal(first.type, "JSON");
    assert.deepEqual(first.data, order(1, ["id"]).data);
    assert.ok(first.createTime > 0);
    assert.deepEqual((await schemas.getSchemaByName("order")).data.required, ["id", "amount"]);
    const all = await schemas.getAllSchemas();
    assert.deepEqual(all.map((x) => [x.name, x.version]), [["order", 1], ["order", 2]]);
  });

  test("schema: registered again it is replaced, with newVersion it gets the next one", async () => {
    const { schemas } = world;
    await schemas.registerSchema([order(2, ["amount"])]);
    assert.deepEqual((await schemas.getSchema("order", 2)).data.required, ["amount"]);
    await schemas.registerSchema([order(1, [])], true);
    const latest = await schemas.getSchemaByName("order");
    assert.equal(latest.version, 3);
    assert.deepEqual(latest.data.required, []);
  });

  test("schema: what a definition names is held against what is sent", async () => {
    const { schemas, executor, define } = world;
    await define("takes_orders", [{ name: "n", taskReferenceName: "n", type: "NOOP" }], {
      inputSchema: { name: "order", version: 2, type: "JSON" },
      enforceSchema: true,
    });
    await executor.startWorkflow({ name: "takes_orders", input: { amount: 3 } });
    await assert.rejects(
      executor.startWorkflow({ name: "takes_orders", input: { amount: "three" } }),
      /amount|schema/,
    );
    await schemas.registerSchema([order(2, ["id", "amount"])]);
    await assert.rejects(
      executor.startWorkflow({ name: "takes_orders", input: { amount: 3 } }),
      /id|schema/,
    );
  });

  test("schema: one version is deleted, then all", async () => {
    const { schemas } = world;
    await schemas.deleteSchema("order", 2);
    await assert.rejects(schemas.getSchema("order", 2), /No such schema: order/);
    assert.equal((await schemas.getSchema("order", 1)).version, 1);
    await schemas.deleteSchemaByName("order");
    await assert.rejects(schemas.getSchemaByName("order"), /No such schema: order/);
    assert.deepEqual(await schemas.getAllSchemas(), []);
  });

  test("schema: what is wrong is said, and nothing is stored", async () => {
    const { schemas } = world;
    await assert.rejects(schemas.deleteSchema("order", 7), /No such schema: order version: 7/);
    await assert.rejects(schemas.deleteSchemaByName("order"), /No such schema: order/);
    const { name, ...nameless } = order(1, []);
    for (const broken of [
      nameless,
      { ...order(1, []), type: "XSD" },
      { ...order(1, []), version: "one" },
      { ...order(1, []), data: { type: 7 } },
      { ...order(1, []), data: { $ref: "https://elsewhere.example.com/x.json" } },
    ])
      await assert.rejects(
        // The good one goes with the broken one: all or nothing.
        schemas.registerSchema([{ ...order(1, []), name: "good" }, broken]),
        /Failed to register schema/,
        JSON.stringify(broken),
      );
    assert.deepEqual(await schemas.getAllSchemas(), []);
  });
}
