"""HTTP to a node, from threads: each has a connection of its own."""

import http.client
import json
import threading

TIMEOUT_S = 60


class Client:
    def __init__(self, port):
        self.port = port
        self.local = threading.local()

    def raw(self, method, path, body=None, timeout=TIMEOUT_S):
        """Status and bytes. `body`: text that is JSON, or a document."""
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=timeout)
            self.local.connection = connection
        try:
            connection.request(method, "/api" + path, body,
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as trouble:
            connection.close()
            self.local.connection = None
            raise OSError(str(trouble)) from trouble

    def ask(self, method, path, body=None):
        """The document; OSError when nobody answers or the answer is no 2xx."""
        status, text = self.raw(method, path, body)
        if not 200 <= status < 300:
            raise Refused(status, text[:300].decode(errors="replace"))
        try:
            return json.loads(text)
        except ValueError:
            return text.decode()


class Refused(OSError):
    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status


def simple(name, reference=None, **more):
    return {"name": name, "taskReferenceName": reference or name,
            "type": "SIMPLE", **more}


def workflow(name, tasks, **more):
    return {"name": name, "version": 1, "ownerEmail": "hog@example.com",
            "tasks": tasks, **more}


def define(client, definition, task_names=()):
    client.ask("PUT", "/metadata/workflow", [definition])
    for name in task_names:
        client.ask("POST", "/metadata/taskdefs", [{
            "name": name, "ownerEmail": "hog@example.com", "retryCount": 0,
            "timeoutSeconds": 0, "responseTimeoutSeconds": 600}])
