#!/usr/bin/env python3
"""What clients that misbehave make of honest updates, by their papers' equations in NumPy and Float64, for
BehaviourReferenceTests. γ of min-max and min-sum is searched by halving, as in
the paper's own program.
Run it to write behaviours.json beside it (needs NumPy).
"""

import json
import pathlib
import statistics

import numpy as np

rng = np.random.default_rng(20210221)
VALUES = 60
HONEST = 9
start = rng.normal(0, 0.3, VALUES).astype(np.float32).astype(np.float64)
centre = rng.normal(0, 0.05, VALUES)
models = (start + centre + rng.normal(0, 0.03, (HONEST, VALUES))).astype(np.float32).astype(np.float64)
differences = models - start
mean = differences.mean(axis=0)
deviation = differences.std(axis=0)


def alie(n, m, z=None):
    if z is None:
        s = n // 2 + 1 - m
        z = statistics.NormalDist().inv_cdf((n - m - s) / (n - m))
    return mean - z * deviation


def directions():
    return {
        "deviation": -differences.std(axis=0, ddof=1),
        "unit": -mean / np.linalg.norm(mean),
        "sign": -np.sign(mean),
    }


def searched(is_allowed):
    """The largest γ that is allowed: doubled while it is, then halved, as Shejwalkar and Houmansadr's Algorithm 1 does."""
    gamma, step, best = 50.0, 50.0, 0.0
    while step > 1e-12:
        if is_allowed(gamma):
            best = gamma
            gamma += step / 2
        else:
            gamma -= step / 2
        step /= 2
    return best


def min_max(direction):
    limit = max(np.linalg.norm(a - b) for a in differences for b in differences)
    gamma = searched(lambda g: max(np.linalg.norm(mean + g * direction - a) for a in differences) <= limit)
    return mean + gamma * direction


def min_sum(direction):
    limit = max(sum(np.linalg.norm(a - b) ** 2 for b in differences) for a in differences)
    gamma = searched(lambda g: sum(np.linalg.norm(mean + g * direction - a) ** 2 for a in differences) <= limit)
    return mean + gamma * direction


cases = []


def case(behaviour, settings, result, cohort=12, attackers=3, of=None):
    cases.append(
        {
            "behaviour": behaviour,
            "settings": settings,
            "cohort": cohort,
            "attackers": attackers,
            # The honest model that a client distorts which knows nobody else's.
            "model": of,
            "result": (start + result).tolist(),
        }
    )


case("alie", {}, alie(12, 3))
case("alie", {}, alie(50, 12), cohort=50, attackers=12)
case("alie", {"z": "1.5"}, alie(12, 3, 1.5))
case("ipm", {}, -0.5 * mean)
case("ipm", {"epsilon": "10"}, -10 * mean)
for name, direction in directions().items():
    case("min-max", {"perturbation": name}, min_max(direction))
    case("min-sum", {"perturbation": name}, min_sum(direction))
case("sign-flip", {}, -differences[2], of=2)
case("sign-flip", {"strength": "4"}, -4 * differences[0], of=0)
case("scaling", {"factor": "7.5"}, 7.5 * differences[1], of=1)
case("model-replacement", {}, 12 / 3 * differences[1], of=1)
case("model-replacement", {"boost": "0.5"}, 0.5 * 30 / 4 * differences[4], cohort=30, attackers=4, of=4)

file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps({"start": start.tolist(), "models": models.tolist(), "cases": cases}) + "\n")
