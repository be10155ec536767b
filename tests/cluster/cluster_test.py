"""Three nodes with shards pinned to them are one Tutti.

cluster_test.py TUTTID
"""

import collections
import subprocess
import sys
import threading
import time
import unittest

from nodes import Cluster, Refused, in_time

TUTTID = sys.argv.pop(1)


def simple(name):
    return {"name": name, "taskReferenceName": name, "type": "SIMPLE"}


def definition(name, tasks, **more):
    return {"name": name, "version": 1, "ownerEmail": "a@b.c",
            "schemaVersion": 2, "tasks": tasks, **more}


CHILD = definition("child", [simple("in_child")],
                   outputParameters={"got": "${in_child.output.n}"})
PARENT = definition("parent", [
    {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN",
     "forkTasks": [
         [simple("left")],
         [{"name": "pause", "taskReferenceName": "pause", "type": "WAIT",
           "inputParameters": {"duration": "1s"}}, simple("right")],
         [{"name": "child", "taskReferenceName": "child",
           "type": "SUB_WORKFLOW",
           "subWorkflowParam": {"name": "child", "version": 1}}]]},
    {"name": "join", "taskReferenceName": "join", "type": "JOIN",
     "joinOn": ["left", "right", "child"]},
    simple("last")],
    outputParameters={"child": "${child.output.got}"})


def slot_group(name, key):
    """As slot_group_id (actors/engine/features/slots.cpp)."""
    value, prime = 14695981039346656037, 1099511628211
    for text in (name, key):
        for byte in (*text.encode(), 0x100):
            value = (value ^ byte) * prime % 2**64
    return f"slots-{value:016x}"


class ClusterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(TUTTID, "--set", "cluster.silence_ms=2000",
                              "--set", "cluster.heartbeat_ms=200")
        cls.cluster.__enter__()
        cls.a, cls.b, cls.c = cls.cluster.nodes

    @classmethod
    def tearDownClass(cls):
        cls.cluster.__exit__(None)

    def register(self, node, *definitions):
        node.ask("PUT", "/metadata/workflow", list(definitions))

    def test_a_workflow_runs_over_all_nodes_whichever_is_asked(self):
        self.register(self.b, CHILD, PARENT)
        count = 24
        ids = [self.a.start_workflow("parent") for _ in range(count)]
        # All shards are as likely: with so many ids every node has some.
        owners = {self.cluster.owner(x).name for x in ids}
        self.assertEqual(owners, {"a", "b", "c"})
        work = {"left": count, "right": count, "in_child": count,
                "last": count}
        given = collections.Counter()
        for kind in ("left", "in_child", "right", "last"):
            while work[kind]:
                task = self.c.take(kind)
                given[task["taskId"]] += 1
                self.a.update(task, output={"n": work[kind]})
                work[kind] -= 1
        self.assertEqual(set(given.values()), {1})
        crossed = 0
        for workflow in ids:
            got = in_time(
                lambda: (x := self.b.execution(workflow))["status"] !=
                "RUNNING" and x, f"{workflow} ends")
            self.assertEqual(got["status"], "COMPLETED")
            child = next(x for x in got["tasks"]
                         if x["referenceTaskName"] == "child")
            crossed += (self.cluster.owner(child["subWorkflowId"])
                        is not self.cluster.owner(workflow))
            self.assertIsNotNone(got["output"]["child"])
        self.assertGreater(crossed, 0)
        for node in self.cluster.nodes:
            found = node.get("/workflow/search?query=workflowType%3Dparent"
                             "&sort=startTime:ASC&size=1000")
            self.assertEqual(found["totalHits"], count)
            self.assertEqual({x["workflowId"] for x in found["results"]},
                             set(ids))
            starts = [x["startTime"] for x in found["results"]]
            self.assertEqual(starts, sorted(starts))
            listed = node.get("/tutti/executions?name=child&running=false")
            self.assertEqual(len(listed), count)

    def test_pages_of_a_search_over_all_nodes_have_each_execution_once(self):
        self.register(self.a, definition("paged", [simple("paged")]))
        ids = {self.cluster.any().start_workflow("paged") for _ in range(25)}
        seen, cursor, pages = [], "", 0
        while True:
            page = self.cluster.any().get(
                "/tutti/search?query=workflowType%3Dpaged&sort=workflowId:ASC"
                f"&size=4&as=ids&cursor={cursor}")
            self.assertEqual(page["totalHits"], 25)
            seen += page["results"]
            pages += 1
            cursor = page.get("cursor", "")
            if not cursor:
                break
        self.assertEqual(seen, sorted(ids))
        self.assertGreaterEqual(pages, 7)

    def test_a_start_finds_what_was_registered_at_another_node_before(self):
        for version in range(1, 21):
            at, elsewhere = self.cluster.dice.sample(self.cluster.nodes, 2)
            self.register(at, definition("fresh", [simple("fresh")])
                          | {"version": version})
            workflow = elsewhere.start_workflow("fresh")
            self.assertEqual(
                elsewhere.execution(workflow)["workflowVersion"], version)

    def test_a_key_is_used_once_whichever_node_is_asked(self):
        self.register(self.a, definition("keyed", [simple("keyed")]))
        for key in range(12):
            request = {"idempotencyKey": f"key {key}",
                       "idempotencyStrategy": "RETURN_EXISTING"}
            ids = {x.start_workflow("keyed", **request)
                   for x in self.cluster.nodes}
            self.assertEqual(len(ids), 1)

    def test_a_task_is_at_one_worker_however_many_poll_everywhere(self):
        self.register(self.c, definition("busy", [simple("busy")]))
        count, taken = 120, collections.Counter()
        lock, done = threading.Lock(), threading.Event()

        def work(number):
            # A connection of its own.
            node = self.cluster.nodes[number % 3]
            mine = type(node)(self.cluster, node.name, node.port)
            while not done.is_set():
                task = mine.poll("busy", timeout_ms=500)
                if task is None:
                    continue
                with lock:
                    taken[task["taskId"]] += 1
                    if len(taken) == count:
                        done.set()
                mine.update(task)

        workers = [threading.Thread(target=work, args=(i,)) for i in range(6)]
        for x in workers:
            x.start()
        ids = [self.cluster.any().start_workflow("busy")
               for _ in range(count)]
        self.assertTrue(done.wait(60), f"{len(taken)} of {count} were taken")
        for x in workers:
            x.join()
        self.assertEqual(set(taken.values()), {1})
        for workflow in ids:
            in_time(lambda: self.a.execution(workflow)["status"] ==
                    "COMPLETED", f"{workflow} ends")

    def test_a_parked_poll_gets_a_task_of_another_node_at_once(self):
        self.register(self.a, definition("parked", [simple("parked")]))
        self.a.poll("parked", timeout_ms=0)
        waits = []
        for _ in range(20):
            got = []
            mine = type(self.b)(self.cluster, "b", self.b.port)
            poll = threading.Thread(
                target=lambda: got.append(mine.poll("parked", 5_000)))
            poll.start()
            begin = time.monotonic()
            self.c.start_workflow("parked")
            poll.join()
            waits.append(time.monotonic() - begin)
            self.assertIsNotNone(got[0])
            self.b.update(got[0])
        waits.sort()
        print(f"a start and its task at a parked poll: median "
              f"{waits[10] * 1e3:.1f} ms, longest {waits[-1] * 1e3:.1f} ms")
        self.assertLess(waits[10], 2)

    def test_idle_polls_send_no_messages_between_nodes(self):
        self.register(self.a, definition("idle", [simple("idle")]))
        name = "tutti_peer_poll_messages_total"
        for node in self.cluster.nodes:
            self.assertIsNone(node.poll("idle", timeout_ms=50))
        before = [x.metric(name) for x in self.cluster.nodes]
        for _ in range(30):
            for node in self.cluster.nodes:
                self.assertIsNone(node.poll("idle", timeout_ms=20))
        self.assertEqual([x.metric(name) for x in self.cluster.nodes], before)

    def test_a_client_waits_at_one_node_for_an_execution_of_another(self):
        self.register(self.b, definition("waited", [simple("waited")]))
        for _ in range(6):
            answers = []
            mine = type(self.a)(self.cluster, "a", self.a.port)
            wait = threading.Thread(target=lambda: answers.append(mine.ask(
                "POST", "/workflow/execute/waited/1?waitForSeconds=30",
                {"name": "waited", "version": 1})))
            wait.start()
            self.c.update(self.c.take("waited"))
            wait.join()
            self.assertEqual(answers[0]["status"], "COMPLETED")

    def test_queues_and_schedules_are_counted_over_all_nodes(self):
        self.register(self.a, definition("queued", [simple("queued")]))
        for _ in range(15):
            self.cluster.any().start_workflow("queued")
        for node in self.cluster.nodes:
            self.assertEqual(
                in_time(lambda: (n := node.get(
                    "/tasks/queue/sizes?taskType=queued")["queued"]) == 15
                    and n, "all tasks wait"), 15)
            self.assertEqual(node.get("/tasks/queue/all")["queued"], 15)
        for name in ("s1", "s2", "s3", "s4"):
            self.cluster.any().ask("POST", "/scheduler/schedules", {
                "name": name, "cronExpression": "0 0 0 1 1 *",
                "startWorkflowRequest": {"name": "queued", "version": 1}})
        for node in self.cluster.nodes:
            self.assertEqual({x["name"] for x in node.get(
                "/scheduler/schedules")}, {"s1", "s2", "s3", "s4"})

    def test_a_node_that_dies_takes_along_nothing_of_the_others(self):
        self.register(self.a, definition("lossy", [simple("lossy")]))
        ids = [self.a.start_workflow("lossy") for _ in range(30)]
        lost = [x for x in ids if self.cluster.owner(x) is self.c]
        kept = [x for x in ids if self.cluster.owner(x) is not self.c]
        self.assertTrue(lost and kept)
        self.c.kill()
        in_time(lambda: not self.cluster.sees_all(self.a), "a has noticed")
        for workflow in kept:
            self.assertEqual(self.a.execution(workflow)["status"], "RUNNING")
        with self.assertRaises(Refused) as refused:
            self.a.execution(lost[0])
        self.assertEqual(refused.exception.status, 500)
        self.assertIn("node 'c'", refused.exception.text)
        self.assertIn('"retryable":true', refused.exception.text)
        with self.assertRaises(Refused) as refused:
            self.b.get("/workflow/search?query=workflowType%3Dlossy")
        self.assertEqual(refused.exception.status, 500)
        self.assertIn("node 'c'", refused.exception.text)
        self.assertIn('"retryable":true', refused.exception.text)
        # Workers go on with the tasks of the nodes that are there.
        for _ in kept:
            self.b.update(self.b.take("lossy"))
        self.c.start()
        self.c.wait()
        self.cluster.connected()
        for _ in lost:
            self.a.update(self.a.take("lossy"))
        for workflow in ids:
            in_time(lambda: self.b.execution(workflow)["status"] ==
                    "COMPLETED", f"{workflow} ends")
        self.assertGreaterEqual(
            self.a.metric("tutti_peer_connects_total", peer="c"), 2)

    def test_slots_are_kept_when_the_node_that_grants_them_comes_back(self):
        self.register(self.b, definition(
            "limited", [simple("limited")],
            rateLimitConfig={"rateLimitKey": "${workflow.input.k}",
                             "concurrentExecLimit": 1}))
        pairs = []
        for number in range(24):
            key = f"key {number}"
            start = {"input": {"k": key}}
            holder = self.cluster.any().start_workflow("limited", **start)
            in_time(lambda: self.a.execution(holder)["tasks"],
                    f"{holder} has its slot")
            waiting = self.cluster.any().start_workflow("limited", **start)
            pairs.append((key, holder, waiting))
        # Granted by the node that goes, to executions of the others.
        self.assertTrue([x for key, *x in pairs if self.c not in (
            self.cluster.owner(y) for y in x) and self.cluster.owner(
                slot_group("limited", key)) is self.c])
        self.c.kill()
        self.c.start()
        self.c.wait()
        self.cluster.connected()

        for _, holder, waiting in pairs:
            # Answered by the node that grants, which has read its slots then.
            slot = in_time(lambda: self.explained(waiting), "it says why")
            self.assertEqual(slot["holders"], [holder])
            self.assertEqual(slot["position"], 0)
            self.assertEqual(self.a.execution(waiting)["tasks"], [])
        for _ in range(2 * len(pairs)):
            self.b.update(self.b.take("limited"))
        for _, *both in pairs:
            for workflow in both:
                in_time(lambda: self.a.execution(workflow)["status"] ==
                        "COMPLETED", f"{workflow} ends")

    def test_a_policy_of_reject_counts_executions_of_all_nodes(self):
        self.register(self.a, definition(
            "strict", [simple("strict")],
            rateLimitConfig={"rateLimitKey": "all", "concurrentExecLimit": 1,
                             "policy": "REJECT"}))

        def started():
            try:
                return self.cluster.any().start_workflow("strict")
            except Refused as refused:
                self.assertEqual(refused.status, 429)
                return None

        for _ in range(8):
            workflow = in_time(started, "the slot is free again")
            for node in self.cluster.nodes:
                with self.assertRaises(Refused) as refused:
                    node.start_workflow("strict")
                self.assertEqual(refused.exception.status, 429)
            self.b.update(self.b.take("strict"))
            in_time(lambda: self.a.execution(workflow)["status"] ==
                    "COMPLETED", f"{workflow} ends")

    def explained(self, workflow):
        return self.a.get(f"/workflow/{workflow}/explain").get("slot")

    def test_wrong_settings_are_refused_with_the_setting_and_the_rule(self):
        good = {"node": "a", "id": "x", "ca_file": "ca", "key_file": "key",
                "certificate_file": "cert", "peers": "a=127.0.0.1:1/0-15"}
        for changed, says in (
                ({"node": ""}, "cluster.node: cluster.peers lists nodes"),
                ({"id": ""}, "cluster.id: a node of a cluster"),
                ({"id": "a b"}, "cluster.id: letters"),
                ({"key_file": ""}, "cluster.key_file: a node of a cluster"),
                ({"node": "z"}, "cluster.node: 'z' is not listed"),
                ({"peers": "a=127.0.0.1/0-15"}, "name=host:port/shards"),
                ({"peers": "a=127.0.0.1:1/0-14"}, "shard 15 is pinned to no"),
                ({"listen": "here"}, "cluster.listen: 'here' is no address"),
                ({"silence_ms": "1000"}, "cluster.silence_ms: at least")):
            settings = [x for key, value in (good | changed).items()
                        for x in ("--set", f"cluster.{key}={value}")]
            got = subprocess.run([TUTTID, "--check-config", *settings],
                                 capture_output=True, text=True, check=False)
            self.assertEqual(got.returncode, 2, got)
            self.assertIn(says, got.stderr)

    def test_a_certificate_of_another_node_is_refused_at_the_start(self):
        files = f"{self.cluster.folder}/certificates"
        command = self.cluster.command(self.a)
        command[command.index("--data") + 1] = f"{self.cluster.folder}/other"
        command += ["--set", f"cluster.certificate_file={files}/b.pem",
                    "--set", f"cluster.key_file={files}/b.key"]
        got = subprocess.run(command, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual(got.returncode, 1, got)
        self.assertIn("cluster.certificate_file", got.stderr)
        self.assertIn("DNS:a", got.stderr)

    def test_nodes_with_other_lists_of_shards_do_not_meet(self):
        other = Cluster(TUTTID)
        # The third node believes that the second has one shard less.
        other.nodes[2].cluster = Cluster.__new__(Cluster)
        other.nodes[2].cluster.__dict__ = dict(
            other.__dict__, peers=other.peers.replace("6-10", "6-9").replace(
                "11-15", "10-15"))
        for node in other.nodes:
            node.start()
        for node in other.nodes:
            node.wait()
        try:
            link = in_time(lambda: next(
                (x for x in other.nodes[0].get("/tutti/cluster")["nodes"]
                 if x["name"] == "c" and "cluster.peers" in
                 x.get("lastError", "")), None), "the list is compared")
            self.assertFalse(link["connected"])
        finally:
            other.__exit__(None)


if __name__ == "__main__":
    unittest.main()
