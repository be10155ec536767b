#!/usr/bin/env python3
"""The workers of the media pipeline, for `tutti worker run`:

    tutti worker run media_probe media_plan ... -- worker.py

One task: its input is JSON on stdin, its output JSON on stdout, its type in
TUTTI_TASK_TYPE. Every task may run twice, so each writes beside its target and
renames. `worker.py samples FOLDER` makes files to try it on.
"""

import json
import os
import shutil
import sys

sys.dont_write_bytecode = True  # a checkout stays clean

import media  # noqa: E402


def probe(task):
    file = task["file"]
    kind = media.kind_of(file)
    return {
        "kind": kind,
        "bytes": os.path.getsize(file),
        "sha256": media.sha256(file),
        "format": media.DESCRIBERS[kind](file) if kind in media.DESCRIBERS else {},
    }


def plan(task):
    """One media_encode per step of the ladder, in Conductor's dynamic fork form.

    The workspace is made here and nowhere else: an encode that is still running
    when the workspace is discarded must not bring it back.
    """
    os.makedirs(task["workspace"], exist_ok=True)
    steps = {f"encode_{step['name']}": step for step in task["ladder"]}
    return {
        "dynamicTasks": [
            {"name": "media_encode", "taskReferenceName": reference, "type": "SIMPLE"}
            for reference in steps
        ],
        "dynamicTasksInput": {
            reference: {
                "file": task["file"],
                "workspace": task["workspace"],
                "kind": task["kind"],
                "rendition": step,
            }
            for reference, step in steps.items()
        },
    }


def encode(task):
    run, ending = media.ENCODERS[task["kind"]]
    name, divide = task["rendition"]["name"], int(task["rendition"]["divide"])
    path = os.path.join(task["workspace"], name + ending)
    half_done = f"{path}.{os.getpid()}"
    try:
        run(task["file"], half_done, divide)
        os.replace(half_done, path)
    finally:
        if os.path.exists(half_done):
            os.remove(half_done)
    return {
        "rendition": name,
        "path": path,
        "bytes": os.path.getsize(path),
        "sha256": media.sha256(path),
    }


def verify(task):
    renditions = task["renditions"].values()
    for r in renditions:
        found = media.sha256(r["path"])
        if found != r["sha256"]:
            raise media.NotMedia(f"{r['path']} has checksum {found}, not {r['sha256']}")
    return {"checked": len(renditions), "bytes": sum(r["bytes"] for r in renditions)}


def measure(task):
    describe = media.DESCRIBERS[task["kind"]]
    return {
        "playable": {r["rendition"]: describe(r["path"]) for r in task["renditions"].values()}
    }


def publish(task):
    target = task["publishTo"]
    os.makedirs(target, exist_ok=True)
    published = []
    for r in sorted(task["renditions"].values(), key=lambda r: -r["bytes"]):
        place = os.path.join(target, os.path.basename(r["path"]))
        if os.path.exists(r["path"]):  # else an earlier try moved it already
            shutil.move(r["path"], place)
        if media.sha256(place) != r["sha256"]:
            raise media.NotMedia(f"{place} was damaged on its way")
        published.append(
            {"name": r["rendition"], "path": place, "bytes": r["bytes"], "sha256": r["sha256"]}
        )
    manifest = os.path.join(target, "manifest.json")
    content = {"title": task["title"], "source": task["source"], "renditions": published}
    with open(manifest + ".new", "w", encoding="utf-8") as f:
        json.dump(content, f, indent=2)
    os.replace(manifest + ".new", manifest)
    shutil.rmtree(task["workspace"], ignore_errors=True)
    return {"manifest": manifest, "published": [p["name"] for p in published]}


def discard(task):
    there = os.path.isdir(task["workspace"])
    if there:
        shutil.rmtree(task["workspace"])
    print(f"{task['workflowId']} failed: {task['reason']}", file=sys.stderr)
    return {"removed": there}


TASKS = {
    "media_probe": probe,
    "media_plan": plan,
    "media_encode": encode,
    "media_verify": verify,
    "media_measure": measure,
    "media_publish": publish,
    "media_discard": discard,
}


def main():
    if sys.argv[1:2] == ["samples"] and len(sys.argv) == 3:
        media.make_samples(sys.argv[2])
        return 0
    task_type = os.environ.get("TUTTI_TASK_TYPE", "")
    if task_type not in TASKS:
        known = ", ".join(TASKS)
        print(f"no worker for task type '{task_type}'; known: {known}", file=sys.stderr)
        return 2
    try:
        json.dump(TASKS[task_type](json.load(sys.stdin)), sys.stdout)
        return 0
    except (OSError, EOFError, KeyError, ValueError, media.NotMedia) as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
