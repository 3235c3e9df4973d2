#!/usr/bin/env python3
"""Measures whole rounds beside other systems: the same clients, models, batches and rate, evaluation in every round.

    Tests/Benchmarks/run rounds [--models NAMES] [--rounds N] [--repeats N] [--peers NAMES] [--data FOLDER] [--json]

A round's time is that from the end of a run's first round to the end of its last, evaluations included, divided by the
rounds between: where rounds overlap, single ones say little. What counts is the median of the repeats. The systems are
measured in turn.
"""

import argparse
import ctypes
import importlib.metadata
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import mnist

HERE = pathlib.Path(__file__).resolve().parent
CORES = len(os.sched_getaffinity(0))
MODELS = ["cnn", "mcmahan-cnn"]
# What takes longer, for its start or for a round, is taken to hang.
SECONDS = 120

# How each is called, before MODEL ROUNDS DATA RECORD; into RECORD it writes a line at the end of every round.
PYTHON = [sys.executable]
TORCHRUN = [*PYTHON, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={CORES}"]
SYSTEMS = {
    "fed": [*PYTHON, HERE / "systems/fed.py"],
    "flower-simulation": [*PYTHON, HERE / "systems/flower.py", "simulation"],
    "flower-networked": [*PYTHON, HERE / "systems/flower.py", "networked"],
    "pfl-research": [*TORCHRUN, HERE / "systems/pfl_research.py"],
    "pytorch": [*PYTHON, HERE / "systems/pytorch.py"],
}
PACKAGES = {
    "flower-simulation": ["torch", "flwr", "ray"],
    "flower-networked": ["torch", "flwr"],
    "pfl-research": ["torch", "pfl"],
    "pytorch": ["torch"],
}


class Failure(Exception):
    """Why a system was not measured."""


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        raise Failure(f"{package} is not installed") from None


def own_version():
    command = ["git", "-C", HERE, "describe", "--always", "--dirty"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.strip() or "unknown"


def adopt_orphans():
    """Makes this process the parent of whatever its children leave behind, however they detached it."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def children():
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may contain spaces.
            parent = status.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid():
            yield int(status.parent.name)


def end_children():
    """Ends all that a system has left running: the children of one that ends come here in their turn."""
    while found := list(children()):
        for child in found:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def measure(system, model, rounds, data):
    """The mean seconds of a round after the first, and the accuracy after the last."""
    with tempfile.TemporaryDirectory(prefix="fed-rounds-") as name:
        folder = pathlib.Path(name)
        record = folder / "record"
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            # Flower's programs start one another by name.
            "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
            "TMPDIR": name,
            "FLWR_HOME": name,
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        try:
            with open(folder / "log", "wb") as log:
                code = subprocess.call(
                    [*SYSTEMS[system], model, str(rounds), data, record],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    timeout=SECONDS * (1 + rounds),
                    start_new_session=True,  # so that Ctrl-C comes to this process alone
                )
            problem = f"exit code {code}"
        except subprocess.TimeoutExpired:
            problem = "it took too long"
        finally:
            end_children()
        ended = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
        if len(ended) != rounds:
            last = (folder / "log").read_text(errors="replace").strip().splitlines()[-5:]
            raise Failure(f"{len(ended)} of {rounds} rounds, {problem}: {' | '.join(last)}")
    times = [end["time"] for end in ended]
    return (times[-1] - times[0]) / (rounds - 1), ended[-1]["accuracy"]


def measure_all(options, systems, data):
    """The seconds and accuracies of each repeat, by model and system; and why others have none."""
    found, failures = {}, {}
    for repeat in range(options.repeats):
        for model in options.models:
            for system in systems:
                if (model, system) in failures:
                    continue
                print(f"repeat {repeat + 1} of {options.repeats}, {model}, {system}", file=sys.stderr)
                try:
                    seconds, accuracy = measure(system, model, options.rounds, data)
                    found.setdefault((model, system), []).append((seconds, accuracy))
                except Failure as failure:
                    failures[model, system] = str(failure)
                    found.pop((model, system), None)
                    print(f"{system} is not measured with {model}: {failure}", file=sys.stderr)
    return found, failures


def names(allowed):
    def parse(text):
        chosen = text.split(",") if text else []
        if unknown := set(chosen) - set(allowed):
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: unknown; there are {', '.join(allowed)}")
        return chosen

    return parse


def at_least(minimum):
    def parse(text):
        if (number := int(text)) < minimum:
            raise argparse.ArgumentTypeError(f"it has to be {minimum} or more")
        return number

    return parse


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/run rounds")
    parser.add_argument("--models", type=names(MODELS), default=MODELS, help=",".join(MODELS))
    parser.add_argument("--rounds", type=at_least(2), default=11)
    parser.add_argument("--repeats", type=at_least(1), default=3)
    parser.add_argument("--peers", type=names(PACKAGES), default=list(PACKAGES), help=",".join(PACKAGES))
    parser.add_argument("--data", default=os.environ.get("FED_DATA_DIR", os.path.expanduser("~/.cache/fed/mnist")))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    versions, systems, missing = {"python": platform.python_version(), "fed": own_version()}, ["fed"], {}
    for peer in options.peers:
        try:
            versions.update({package: version(package) for package in PACKAGES[peer]})
            systems.append(peer)
        except Failure as failure:
            missing[peer] = str(failure)
            print(f"{peer} is not measured: {failure}", file=sys.stderr)

    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="fed-mnist-") as data:
        for name in mnist.FILES:
            (pathlib.Path(data) / name).write_bytes(mnist.content(pathlib.Path(options.data), name))
        found, failures = measure_all(options, systems, data)

    results = []
    for (model, system), repeats in sorted(found.items(), key=lambda item: options.models.index(item[0][0])):
        seconds = statistics.median(seconds for seconds, _ in repeats)
        own = statistics.median(seconds for seconds, _ in found[model, "fed"]) if (model, "fed") in found else None
        results.append({
            "model": model,
            "system": system,
            "seconds": seconds,
            "ratio": seconds / own if own else None,
            "accuracy": statistics.median(accuracy for _, accuracy in repeats),
            "repeats": [seconds for seconds, _ in repeats],
        })
    if options.json:
        setting = {"cpu": cpu, "cores": CORES, "load": load, "rounds": options.rounds, "repeats": options.repeats}
        print(json.dumps({
            **setting,
            "versions": versions,
            "results": results,
            "not_measured": [{"system": peer, "reason": reason} for peer, reason in missing.items()]
            + [{"model": m, "system": s, "reason": reason} for (m, s), reason in failures.items()],
        }, indent=2))  # fmt: skip
        return
    print(f"{cpu}, {CORES} cores, load {load:.2f}; medians of {options.repeats} runs of {options.rounds} rounds;")
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print()
    print("| model | system | s/round | × fed | accuracy after the last round |")
    print("| --- | --- | --- | --- | --- |")
    for item in results:
        ratio = f"{item['ratio']:.1f}" if item["ratio"] else ""
        row = [item["model"], item["system"], f"{item['seconds']:.3f}", ratio, f"{item['accuracy']:.1%}"]
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
