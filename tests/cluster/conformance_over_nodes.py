"""The conformance cases, each request at any of three nodes.

conformance_over_nodes.py TUTTID CONFORMANCE_TESTS [ARGUMENT...]
"""

import os
import subprocess
import sys

from nodes import Cluster

# As tests/conformance/backend_rest.cpp starts its node.
SETTINGS = ["--test-clock",
            "--set", "executions.variables_kib_max=2",
            "--set", "executions.idle_sleep_ms=10",
            "--set", "scripts.time_limit_ms=1000",
            "--set", "outbound.allowed_networks=127.0.0.1"]
ENVIRONMENT = {"CONDUCTOR_SECRET_A": "the secret",
               "CONDUCTOR_ENV_R": "the region",
               "CONDUCTOR_SECRET_PW": "hidden",
               "CONDUCTOR_ENV_REGION": "north"}


def main():
    tuttid, tests, *arguments = sys.argv[1:]
    with Cluster(tuttid, *SETTINGS, environment=ENVIRONMENT) as cluster:
        urls = ",".join(f"http://127.0.0.1:{x.port}" for x in cluster.nodes)
        return subprocess.run([tests, "--over-nodes", *arguments],
                              env=os.environ | {"TUTTI_URL": urls},
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
