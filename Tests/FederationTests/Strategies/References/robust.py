#!/usr/bin/env python3
"""The robust rules' papers in NumPy and Float64: what RobustRuleTests holds the program to.

Eleven clients, of which the last two send something else, three rounds. Run it to write robust.json beside it (needs NumPy).
"""

import json
import pathlib

import numpy as np

N, D, ROUNDS = 11, 6, 3
SIZES = [5 + (7 * k) % 9 for k in range(N)]
W0 = np.array([0.5, -0.25, 1.0, 0.125, -0.75, 0.375])
TARGET = np.array([1.0, 0.5, -1.0, 0.25, 0.0, -0.5])


def updates(w, t):
    """What the clients of round t send: a step towards the target that differs from client to client; attackers the reverse."""
    result = []
    for k in range(N):
        noise = np.array([((7 * k + 3 * j + 5 * t) % 13 - 6) / 40 for j in range(D)])
        step = 0.3 * (TARGET - w) + noise
        result.append(w - 5 * step if k >= N - 2 else w + step)
    return np.array(result)


def root(w, t):
    """What the server of round t trains on its root set: a shorter step than the clients', and another one."""
    step = 0.1 * (TARGET - w) + np.array([((5 * j + t) % 7 - 3) / 90 for j in range(D)])
    return (w + step).astype(np.float32).astype(np.float64)


def fixed_point(x, alpha, start, weights, count):
    """`count` times z = sum b_k x_k / sum b_k with b = weights(distances)."""
    z = start
    for _ in range(count):
        b = alpha * weights(np.linalg.norm(x - z, axis=1))
        z = (b[:, None] * x).sum(axis=0) / b.sum()
    return z


def krum_scores(x, f, candidates):
    scores = []
    for i in candidates:
        d = sorted(np.sum((x[i] - x[j]) ** 2) for j in candidates if j != i)
        scores.append(sum(d[: max(1, len(candidates) - f - 2)]))
    return np.array(scores)


def multi_krum(x, f, m):
    order = np.argsort(krum_scores(x, f, range(len(x))), kind="stable")
    return x[order[:m]].mean(axis=0)


def bulyan(x, f):
    left, chosen = list(range(len(x))), []
    while len(chosen) < len(x) - 2 * f:
        chosen.append(left.pop(int(np.argmin(krum_scores(x, f, left)))))
    s = x[chosen]
    median = np.median(s, axis=0)
    result = []
    for j in range(x.shape[1]):
        near = sorted(s[:, j], key=lambda v: (abs(v - median[j]), v))[: len(chosen) - 2 * f]
        result.append(np.mean(near))
    return np.array(result)


def rule(name, settings, x, w, state):
    alpha = np.array(SIZES if settings.get("weighting", "examples") == "examples" else [1] * N, dtype=float)
    if name == "median":
        return np.median(x, axis=0)
    if name == "trimmed-mean":
        cut = int(np.ceil(float(settings["trim"]) * N))
        return np.sort(x, axis=0)[cut : N - cut].mean(axis=0)
    if name == "krum":
        return multi_krum(x, int(settings["f"]), 1)
    if name == "multi-krum":
        m = int(settings.get("m", 0)) or N - int(settings["f"])
        return multi_krum(x, int(settings["f"]), m)
    if name == "bulyan":
        return bulyan(x, int(settings["f"]))
    if name == "rfa":
        mean = (alpha[:, None] * x).sum(axis=0) / alpha.sum()
        return fixed_point(x, alpha, mean, lambda d: 1 / np.maximum(1e-6, d), int(settings.get("iterations", 3)))
    if name == "norm-clipping":
        scale = np.minimum(1, float(settings["max_norm"]) / np.linalg.norm(x - w, axis=1))
        return w + (alpha[:, None] * scale[:, None] * (x - w)).sum(axis=0) / alpha.sum()
    if name == "centered-clipping":
        v = state.get("v", np.zeros(D))
        for _ in range(int(settings.get("iterations", 1))):
            delta = (x - w) - v
            scale = np.minimum(1, float(settings["radius"]) / np.linalg.norm(delta, axis=1))
            v = v + (scale[:, None] * delta).mean(axis=0)
        state["v"] = v
        return w + v
    if name == "fltrust":
        g0, g = root(w, state["round"]) - w, x - w
        trust = np.maximum(0, g @ g0 / (np.linalg.norm(g, axis=1) * np.linalg.norm(g0)))
        scale = trust * np.linalg.norm(g0) / np.linalg.norm(g, axis=1)
        return w + (scale[:, None] * g).sum(axis=0) / trust.sum()
    if name == "foolsgold":
        # The output layer is the last two values.
        h = state["h"] = state.get("h", np.zeros((N, 2))) + (x - w)[:, 4:]
        norms = np.linalg.norm(h, axis=1)
        cs = h @ h.T / np.outer(norms, norms) - np.eye(N)
        v = cs.max(axis=1)
        for i in range(N):
            for j in range(N):
                if v[i] < v[j]:
                    cs[i, j] *= v[i] / v[j]
        alpha = np.minimum(1, 1 - cs.max(axis=1))
        alpha = alpha / alpha.max()
        with np.errstate(divide="ignore"):
            alpha = np.clip(float(settings.get("confidence", 1)) * (np.log(alpha / (1 - alpha)) + 0.5), 0, 1)
        return w + (alpha[:, None] * (x - w)).sum(axis=0) / N
    raise ValueError(name)


CASES = [
    ("median", {}), ("median", {"server_learning_rate": "0.5"}),
    ("trimmed-mean", {"trim": "0.2"}), ("trimmed-mean", {"trim": "0"}), ("trimmed-mean", {"trim": "0.45"}),
    ("krum", {"f": "2"}), ("krum", {"f": "4"}), ("multi-krum", {"f": "2"}), ("multi-krum", {"f": "2", "m": "5"}),
    ("bulyan", {"f": "2"}), ("bulyan", {"f": "1"}), ("rfa", {}), ("rfa", {"iterations": "20", "weighting": "uniform"}),
    ("norm-clipping", {"max_norm": "0.4"}), ("norm-clipping", {"max_norm": "0.4", "weighting": "uniform"}),
    ("fltrust", {}), ("fltrust", {"server_learning_rate": "0.5"}),
    ("foolsgold", {}), ("foolsgold", {"confidence": "0.3", "server_learning_rate": "0.5"}),
    ("centered-clipping", {"radius": "0.5"}), ("centered-clipping", {"radius": "0.3", "iterations": "3"}),
]


def main():
    cases = []
    for name, settings in CASES:
        w, state, models, sent, roots = W0.copy(), {}, [], [], []
        for t in range(1, ROUNDS + 1):
            x = updates(w, t).astype(np.float32).astype(np.float64)
            sent.append(x.tolist())
            state["round"] = t
            if name == "fltrust":
                roots.append(root(w, t).tolist())
            w = w + float(settings.get("server_learning_rate", 1)) * (rule(name, settings, x, w, state) - w)
            models.append(w.tolist())
        cases.append({"strategy": name, "settings": settings, "updates": sent, "models": models, "roots": roots})
    file = pathlib.Path(__file__).with_name("robust.json")
    file.write_text(json.dumps({"sizes": SIZES, "initial": W0.tolist(), "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
