#!/usr/bin/env python3
"""Measures rules that combine the updates of a round beside Flower's and NumPy's: the same number of updates of one model.

    Tests/Benchmarks/run methods [--repeats N] [--clients N] [--model NAME]

All sides are measured in turn, as often as --repeats says; what counts are the medians and their ratio. Each may use all cores.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
FED = TOP / ".build/release/fed"
SHAPES = {
    "cnn": [(32, 1, 3, 3), (32,), (64, 32, 3, 3), (64,), (64, 1600), (64,), (10, 64), (10,)],
    "mcmahan-cnn": [(32, 1, 5, 5), (32,), (64, 32, 5, 5), (64,), (512, 3136), (512,), (10, 512), (10,)],
    "logistic": [(10, 784), (10,)],
}
TOLERATED = 1


def fed_seconds(names, model, clients):
    """Seconds from the first update to the next model, by strategy."""
    command = [FED, "bench", "methods", "--json", "--repeats", "1", "--model", model, "--clients", str(clients)]
    for name in names:
        command += ["--strategy", name]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {row["strategy"]: row["take_seconds"] + row["step_seconds"] for row in rows}


def numpy_rules(updates):
    """The rules in plain NumPy, on an array [updates, parameters]."""
    import numpy as np

    def krum(x):
        square = (x * x).sum(axis=1)
        distances = np.sort(square[:, None] + square[None, :] - 2 * x @ x.T, axis=1)
        return x[np.argmin(distances[:, 1 : len(x) - TOLERATED - 1].sum(axis=1))]

    def trimmed_mean(x):
        cut = len(x) // 5
        return np.sort(x, axis=0)[cut : len(x) - cut].mean(axis=0)

    flat = np.stack([np.concatenate([part.ravel() for part in update]) for update in updates])
    return {
        "fedavg": lambda: flat.mean(axis=0),
        "median": lambda: np.median(flat, axis=0),
        "trimmed-mean": lambda: trimmed_mean(flat),
        "krum": lambda: krum(flat),
    }


def flower_rules(updates):
    """Flower's own functions; empty where it is not there."""
    try:
        from flwr.server.strategy import aggregate
    except ImportError as error:
        print(f"Flower is left out: {error}")
        return {}
    results = [(update, 600) for update in updates]
    return {
        "fedavg": lambda: aggregate.aggregate(results),
        "median": lambda: aggregate.aggregate_median(results),
        "trimmed-mean": lambda: aggregate.aggregate_trimmed_avg(results, 0.2),
        "krum": lambda: aggregate.aggregate_krum(results, TOLERATED, 0),
    }


def timed(rule):
    start = time.perf_counter()
    rule()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--model", choices=SHAPES, default="cnn")
    options = parser.parse_args()
    names = ["fedavg", "median", "trimmed-mean", "krum"]
    sides = {}
    try:
        import numpy as np

        stream = np.random.default_rng(1)
        updates = [
            [stream.standard_normal(shape, dtype=np.float32) * 0.01 for shape in SHAPES[options.model]]
            for _ in range(options.clients)
        ]
        sides = {"NumPy": numpy_rules(updates), "Flower": flower_rules(updates)}
    except ImportError as error:
        print(f"NumPy and Flower are left out: {error}")
    times = {(side, name): [] for side in ["fed", *sides] for name in names}
    for _ in range(options.repeats):
        for name, seconds in fed_seconds(names, options.model, options.clients).items():
            times["fed", name].append(seconds)
        for side, rules in sides.items():
            for name, rule in rules.items():
                times[side, name].append(timed(rule))
    print(f"{options.clients} updates of {options.model}, medians of {options.repeats}\n")
    print(f"{'':14}{'fed':>10}" + "".join(f"{side:>10}{'ratio':>8}" for side in sides))
    for name in names:
        own = statistics.median(times["fed", name])
        line = f"{name:14}{own * 1000:>7.0f} ms"
        for side in sides:
            if not times[side, name]:
                line += f"{'–':>10}{'':>8}"
                continue
            other = statistics.median(times[side, name])
            line += f"{other * 1000:>7.0f} ms{other / own:>6.1f} ×"
        print(line)


if __name__ == "__main__":
    main()
