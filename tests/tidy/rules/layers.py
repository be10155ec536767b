"""Code includes only what its layer may know.

The layers are the CMake targets (CMakeLists.txt); the linker cannot see a
header that needs no object file, so the includes are held here.
"""

import re

from tree import CPP, Finding

# A folder and the folders of ours that its code may include, beside its own.
# The longest folder that holds a file decides. Tools and tests include all.
LAYERS = {
    "messages/model/": [],
    "messages/": [],
    "storage/": ["messages/model/", "messages/proto/", "messages/wire/"],
    "storage/memory/": ["storage/", "messages/model/"],
    "storage/rocksdb/": ["storage/", "messages/model/"],
    "storage/postgres/": ["storage/", "messages/model/"],
    "storage/index/": ["storage/index/", "messages/model/"],
    "actors/engine/": ["messages/model/"],
    "actors/evaluators/": ["actors/engine/", "messages/model/"],
    "actors/system_tasks/outbound/": ["actors/engine/", "messages/model/"],
    "actors/cluster/": ["messages/", "actors/metrics/metric.hpp"],
    "actors/": ["messages/", "storage/"],
    "api/": ["messages/"],
    "config/": ["messages/model/"],
}

# Inside a layer, a part that only some others may include: the actors do not
# know a store's engine, the pure parts of a layer do not know its rest.
CLOSED = {
    "storage/memory/": ["storage/memory/"],
    "storage/rocksdb/": ["storage/rocksdb/"],
    "storage/postgres/": ["storage/postgres/"],
    "storage/index/sqlite/": ["storage/index/sqlite/"],
    "messages/proto/": ["storage/", "messages/wire/", "actors/cluster/"],
}

# A library's headers and the only folders that may include them.
LIBRARIES = {
    "caf/": ["messages/", "actors/", "api/gateway/gateway_link.cpp"],
    "rocksdb/": ["storage/rocksdb/"],
    "libpq-fe.h": ["storage/postgres/"],
    "sqlite3.h": ["storage/index/sqlite/sqlite.cpp"],
    "google/protobuf/": ["storage/", "messages/"],
    "spdlog/": ["actors/", "api/", "tools/"],
    "prometheus/": ["actors/metrics"],
    "curl/": ["actors/system_tasks/outbound/", "tools/tutti/"],
    "librdkafka/": ["actors/system_tasks/outbound/"],
    "toml++/": ["config/"],
    "CLI/": ["tools/tutti/", "tools/tuttid/"],
    "js/": ["tools/evaluator/"],
    "jsapi.h": ["tools/evaluator/"],
    "jq.h": ["tools/evaluator/"],
}

# Layers that know no actors and no log, although their parent may.
WITHOUT = {
    "messages/model/": ["caf/"],
    "messages/requests/": ["caf/"],
    "messages/wire/": ["caf/"],
    "actors/engine/": ["caf/", "spdlog/", "sys/"],
    "actors/evaluators/": ["caf/", "spdlog/"],
    "actors/system_tasks/outbound/": ["caf/"],
}

# The engine is pure: no thread, no clock, no random number of its own.
PURE = "actors/engine/"
IMPURE = ["atomic", "chrono", "condition_variable", "fstream", "future",
          "iostream", "mutex", "random", "shared_mutex", "thread", "unistd.h"]
# What is compiled from a definition is shared by the shards that decide with
# it, and parts of it are compiled when they are first used.
GUARDED = {"compiled_definition.cpp": ["mutex"],
           "json_schema_compile.cpp": ["mutex"]}

INCLUDE = re.compile(r'\s*#\s*include\s*["<]([^">]+)[">]')
OURS = ("messages/", "storage/", "actors/", "api/", "config/", "tools/",
        "tests/")


def layer_of(path):
    return max((folder for folder in LAYERS if path.startswith(folder)),
               key=len, default=None)


def starts(name, prefixes):
    return any(name.startswith(prefix) for prefix in prefixes)


def wrong_own(path, header):
    """A header of ours: the sentence when the file may not include it."""
    layer = layer_of(path)
    if layer is None:
        return None
    if not starts(header, [layer] + LAYERS[layer]):
        return f"{layer} may not include {header}"
    for closed, openers in CLOSED.items():
        if header.startswith(closed) and not starts(path, openers):
            return f"{header} is for {' '.join(openers)} alone"
    return None


def wrong_foreign(path, header):
    """A library's header, or the system's."""
    if path.startswith("tests/"):
        return None
    for library, users in LIBRARIES.items():
        if header.startswith(library) and not starts(path, users):
            return f"<{header}> is for {' '.join(users)} alone"
    for folder, unwanted in WITHOUT.items():
        if path.startswith(folder) and starts(header, unwanted):
            return f"{folder} may not include <{header}>"
    if path.startswith(PURE) and header in IMPURE:
        if header not in GUARDED.get(path.rsplit("/", 1)[1], []):
            return f"{PURE} is pure: it may not include <{header}>"
    return None


def check(tree):
    for path in tree.paths(*CPP):
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match.group(1)
            wrong = (wrong_own if header.startswith(OURS)
                     else wrong_foreign)(path, header)
            if wrong:
                yield Finding(path, number, wrong)


BAD = [
    ({"api/rest/a.cpp": '#include "actors/engine/decider.hpp"\n'},
     "api/ may not include actors/engine/decider.hpp"),
    ({"actors/queue/a.cpp": '#include "api/rest/server/router.hpp"\n'},
     "actors/ may not include api/"),
    ({"actors/engine/a.cpp": '#include "storage/store.hpp"\n'},
     "actors/engine/ may not include storage/"),
    ({"actors/engine/a.cpp": '#include "actors/queue/ready_list.hpp"\n'},
     "actors/engine/ may not include actors/queue/"),
    ({"actors/engine/a.cpp": "#include <caf/all.hpp>\n"},
     "may not include <caf/all.hpp>"),
    ({"actors/engine/a.cpp": "#include <mutex>\n"}, "it may not include <mutex>"),
    ({"actors/engine/a.cpp": "#include <chrono>\n"},
     "it may not include <chrono>"),
    ({"actors/workflow/a.cpp": "#include <rocksdb/db.h>\n"},
     "<rocksdb/db.h> is for storage/rocksdb/ alone"),
    ({"actors/workflow/a.cpp": '#include "storage/rocksdb/options.hpp"\n'},
     "is for storage/rocksdb/ alone"),
    ({"api/rest/a.cpp": "#include <caf/actor.hpp>\n"},
     "<caf/actor.hpp> is for"),
    ({"messages/model/a.hpp": '#include "messages/interfaces.hpp"\n'},
     "messages/model/ may not include messages/interfaces.hpp"),
    ({"storage/a.cpp": '#include "tests/support/a.hpp"\n'},
     "storage/ may not include tests/support/a.hpp"),
]

GOOD = [
    {"actors/engine/definition/compiled_definition.cpp":
     '#include "messages/model/task.hpp"\n#include <mutex>\n',
     "actors/workflow/a.cpp": '#include "storage/store.hpp"\n#include <caf/a>\n',
     "tools/tuttid/a.cpp": '#include "storage/rocksdb/options.hpp"\n',
     "tests/unit/storage/a.cpp": "#include <rocksdb/db.h>\n"},
]
