import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "../support/waiting.mjs";

const daily = {
  name: "daily",
  cronExpression: "0 0 3 * * *",
  zoneId: "Europe/Berlin",
  startWorkflowRequest: { name: "nightly", version: 1, input: { a: 1 } },
};

export function schedulerTests(world) {
  test("scheduler: what it starts is registered", () =>
    world.define("nightly", [{ name: "n", taskReferenceName: "n", type: "NOOP" }]));

  test("scheduler: a schedule is saved, read, listed and deleted", async () => {
    const { scheduler } = world;
    await scheduler.saveSchedule(daily);
    const saved = await scheduler.getSchedule("daily");
    assert.equal(saved.cronExpression, daily.cronExpression);
    assert.equal(saved.zoneId, "Europe/Berlin");
    assert.equal(saved.paused, false);
    assert.deepEqual(saved.startWorkflowRequest.input, { a: 1 });
    assert.ok(saved.nextRunTime > Date.now());
    const all = await scheduler.getAllSchedules("nightly");
    assert.deepEqual(all.map((x) => x.name), ["daily"]);
    assert.deepEqual(await scheduler.getAllSchedules("another"), []);
    await scheduler.deleteSchedule("daily");
    await assert.rejects(scheduler.getSchedule("daily"), /not found/);
    await scheduler.deleteSchedule("daily");
  });

  test("scheduler: pause and resume", async () => {
    const { scheduler } = world;
    await scheduler.saveSchedule(daily);
    await scheduler.pauseSchedule("daily", "holiday");
    let read = await scheduler.getSchedule("daily");
    assert.equal(read.paused, true);
    assert.equal(read.pausedReason, "holiday");
    await scheduler.resumeSchedule("daily");
    read = await scheduler.getSchedule("daily");
    assert.equal(read.paused, false);
    await assert.rejects(scheduler.resumeSchedule("daily"), /not found/);
    await scheduler.pauseAllSchedules();
    await scheduler.resumeAllSchedules();
    await scheduler.requeueAllExecutionRecords();
    await scheduler.deleteSchedule("daily");
  });

  test("scheduler: the next times of an expression", async () => {
    const { scheduler } = world;
    const times = await scheduler.getNextFewSchedules("0 0 * * * *", undefined, undefined, 5);
    assert.equal(times.length, 5);
    assert.ok(times.every((t) => t % 3_600_000 === 0));
    const start = Date.UTC(2090, 0, 1);
    const some = await scheduler.getNextFewSchedules("0 0 0 * * *", start, start + 86_400_000, 5);
    assert.deepEqual(some, [start, start + 86_400_000]);
    await assert.rejects(scheduler.getNextFewSchedules("0 0 25 * * *"), /hours/);
  });

  test("scheduler: tags", async () => {
    const { scheduler } = world;
    await scheduler.saveSchedule(daily);
    const tags = [{ key: "team", value: "a", type: "METADATA" }];
    await scheduler.setSchedulerTags(tags, "daily");
    assert.deepEqual(await scheduler.getSchedulerTags("daily"), tags);
    await scheduler.deleteSchedulerTags(tags, "daily");
    assert.deepEqual(await scheduler.getSchedulerTags("daily"), []);
    await scheduler.deleteSchedule("daily");
  });

  test("scheduler: firings are found, with their execution", async () => {
    const { scheduler } = world;
    await scheduler.saveSchedule({ ...daily, name: "often", cronExpression: "* * * * * *" });
    const found = await until(async () => {
      const page = await scheduler.search(0, 10, "scheduledTime:DESC", "*", "scheduleName=often AND state=EXECUTED");
      return page.totalHits > 0 && page;
    });
    const [first] = found.results;
    assert.equal(first.scheduleName, "often");
    assert.equal(first.workflowName, "nightly");
    assert.match(first.workflowId, /^[0-9a-f-]{36}$/);
    await scheduler.deleteSchedule("often");
  });

  test("scheduler: what is wrong is said", async () => {
    const { scheduler } = world;
    const broken = { ...daily, cronExpression: "0 0 3 * *" };
    await assert.rejects(scheduler.saveSchedule(broken), (error) => {
      const text = JSON.stringify(error.body ?? error) + String(error.message);
      assert.match(text, /cronExpression|validat|request/i);
      return true;
    });
    await assert.rejects(scheduler.saveSchedule({ ...daily, startWorkflowRequest: { name: "nobody" } }), /nobody/);
  });

  test("scheduler: schedules of an agent: its workflow's, under names of its own", async () => {
    const { scheduler } = world;
    await scheduler.save({ name: "a", cron: "0 0 3 * * *", timezone: "Asia/Tokyo", input: { q: 1 } }, "nightly");
    const info = await scheduler.get("nightly-a", "nightly");
    assert.equal(info.shortName, "a");
    assert.equal(info.timezone, "Asia/Tokyo");
    assert.ok(info.nextRun > Date.now());
    assert.deepEqual((await scheduler.listForAgent("nightly")).map((x) => x.name), ["nightly-a"]);
    await scheduler.pause("nightly-a", "later");
    assert.equal((await scheduler.get("nightly-a", "nightly")).paused, true);
    await scheduler.resume("nightly-a");
    assert.match(await scheduler.runNow(info), /^[0-9a-f-]{36}$/);
    assert.equal((await scheduler.previewNext("0 0 3 * * *", { n: 2 })).length, 2);
    await scheduler.save({ name: "c", cron: "0 0 5 * * *" }, "nightly");
    await scheduler.delete("nightly-c");
    await assert.rejects(scheduler.get("nightly-c", "nightly"), { name: "ScheduleNotFound" });
    await scheduler.reconcile("nightly", [{ name: "b", cron: "0 0 4 * * *" }]);
    assert.deepEqual((await scheduler.listForAgent("nightly")).map((x) => x.name), ["nightly-b"]);
    await scheduler.reconcile("nightly", []);
    assert.deepEqual(await scheduler.listForAgent("nightly"), []);
    await assert.rejects(scheduler.get("nightly-b", "nightly"), { name: "ScheduleNotFound" });
  });
}
