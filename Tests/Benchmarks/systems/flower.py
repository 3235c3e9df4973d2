"""Flower's two runtimes, simulation and deployment, with the app in flower_app.

    flower.py simulation|networked MODEL ROUNDS DATA RECORD

Whoever starts this sets FLWR_HOME, and ends the processes that it leaves behind.
"""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

APP = pathlib.Path(__file__).parent / "flower_app"
PROGRAMS = pathlib.Path(sys.executable).parent
NODES = 10
START_DEADLINE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(program, *arguments):
    return subprocess.Popen([PROGRAMS / program, "--insecure", *arguments])


def await_health(address, process):
    deadline = time.monotonic() + START_DEADLINE
    while True:
        try:
            urllib.request.urlopen(f"http://{address}/health", timeout=1).close()
            return
        except (urllib.error.URLError, TimeoutError):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("error: the SuperLink did not start")
            time.sleep(0.1)


runtime, name, rounds, data, record = sys.argv[1:]
port = str(free_port())
address = f"127.0.0.1:{port}"
connection = f'[superlink]\ndefault = "local"\n[superlink.local]\naddress = "{address}"\ninsecure = true\n'
pathlib.Path(os.environ["FLWR_HOME"], "config.toml").write_text(connection)

options = ["--disable-runtime-dependency-installation", "--host", "127.0.0.1", "--port", port]
superlink = start("flower-superlink", *options, *(["--simulation"] if runtime == "simulation" else []))
await_health(address, superlink)
command = [PROGRAMS / "flwr", "run", APP, "--stream"]
command += ["--run-config", f'model="{name}" rounds={rounds} data="{data}" record="{record}"']
if runtime == "simulation":
    command += ["--federation-config", "num-supernodes=100 client-resources-num-cpus=1"]
else:
    for node in range(NODES):
        config = f"partition-id={node} num-partitions={NODES}"
        start("flower-supernode", "--superlink", address, "--port", str(free_port()), "--node-config", config)
sys.exit(subprocess.run(command).returncode)
