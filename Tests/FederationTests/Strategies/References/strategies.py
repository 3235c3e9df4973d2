#!/usr/bin/env python3
"""The strategies' papers in NumPy and Float64, on a small problem: what StrategyReferenceTests holds the program to.

Three clients of unequal sizes and steps minimise F_k(w) = 1/(2 n_k) |A_k w - b_k|^2 with gradients over all their examples,
20 rounds, clients 0 and 2 alone in every odd one. Run it to write strategies.json beside it (needs NumPy).
"""

import json
import pathlib

import numpy as np

SIZES, STEPS, RATE, ROUNDS, D = [3, 7, 12], [2, 3, 5], 0.05, 20, 6
A = [np.array([[((7 * i + 3 * j + 5 * k) % 11 - 5) / 5 for j in range(D)] for i in range(n)]) for k, n in enumerate(SIZES)]
B = [np.array([((4 * i + 9 * k) % 13 - 6) / 3 for i in range(n)]) for k, n in enumerate(SIZES)]
W0 = np.array([0.5, -0.25, 1.0, 0.125, -0.75, 0.375])
N = len(SIZES)


def cohort(t):
    return [0, 2] if t % 2 else [0, 1, 2]


def loss(k, w):
    return np.sum((A[k] @ w - B[k]) ** 2) / (2 * SIZES[k])


def gradient(k, w):
    return A[k].T @ (A[k] @ w - B[k]) / SIZES[k]


def local(k, w, momentum=0.0, steps=None, extra=lambda w: 0):
    """SGD from w; the trained parameters."""
    y, v = w.copy(), np.zeros(D)
    for _ in range(STEPS[k] if steps is None else steps):
        v = momentum * v + gradient(k, y) + extra(y)
        y = y - RATE * v
    return y


def shares(clients, uniform):
    weights = np.array([1.0 if uniform else SIZES[k] for k in clients])
    return weights / weights.sum()


def mean(values, p):
    return sum(a * b for a, b in zip(p, values))


def fedavg(rate=1.0, uniform=False, mu=0.0, steps=None):
    """McMahan et al. 2017, Algorithm 1; with mu FedProx (Li et al. 2020, Algorithm 2)."""
    w, models = W0, []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        ys = [local(k, w, steps=steps, extra=lambda y: mu * (y - w)) for k in s]
        w = w + rate * (mean(ys, shares(s, uniform)) - w)
        models.append(w)
    return models


def fedavgm(rate, beta):
    """Hsu et al. 2019."""
    w, v, models = W0, np.zeros(D), []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        delta = mean([local(k, w) - w for k in s], shares(s, False))
        v = beta * v + delta
        w = w + rate * v
        models.append(w)
    return models


def adaptive(kind, rate, beta1, beta2, tau):
    """Reddi et al. 2021, Algorithm 2."""
    w, m, v, models = W0, np.zeros(D), np.full(D, tau**2), []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        delta = mean([local(k, w) - w for k in s], shares(s, False))
        m = beta1 * m + (1 - beta1) * delta
        if kind == "adagrad":
            v = v + delta**2
        elif kind == "adam":
            v = beta2 * v + (1 - beta2) * delta**2
        else:
            v = v - (1 - beta2) * delta**2 * np.sign(v - delta**2)
        w = w + rate * m / (np.sqrt(v) + tau)
        models.append(w)
    return models


def effective_steps(steps, r):
    """What each gradient counts in the whole difference, summed, with momentum r."""
    return float(steps) if r == 0 else (steps - r * (1 - r**steps) / (1 - r)) / (1 - r)


def scaffold(rate, momentum=0):
    """Karimireddy et al. 2020, Algorithm 1, option II; with momentum K is the effective number of steps."""
    x, c, ci, models = W0, np.zeros(D), [np.zeros(D) for _ in SIZES], []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        dy, dc = [], []
        for k in s:
            y = local(k, x, momentum, extra=lambda _: c - ci[k])
            plus = ci[k] - c + (x - y) / (effective_steps(STEPS[k], momentum) * RATE)
            dy.append(y - x)
            dc.append(plus - ci[k])
            ci[k] = plus
        x = x + rate * sum(dy) / len(s)
        c = c + sum(dc) / N
        models.append(x)
    return models


def fednova(momentum):
    """Wang et al. 2020; a_i is what each gradient counts in the whole difference."""
    x, models = W0, []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        p = shares(s, False)
        norms = [effective_steps(STEPS[k], momentum) for k in s]
        d = [(x - local(k, x, momentum)) / a for k, a in zip(s, norms)]
        x = x - mean(norms, p) * mean(d, p)
        models.append(x)
    return models


def feddyn(alpha):
    """Acar et al. 2021, Algorithm 1, with gradient steps for the local minimisation."""
    theta, h, lam, models = W0, np.zeros(D), [np.zeros(D) for _ in SIZES], []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        ys = []
        for k in s:
            y = local(k, theta, extra=lambda w: alpha * (w - theta) - lam[k])
            lam[k] = lam[k] - alpha * (y - theta)
            ys.append(y)
        h = h - alpha * sum(y - theta for y in ys) / N
        theta = sum(ys) / len(s) - h / alpha
        models.append(theta)
    return models


def qffl(q):
    """Li et al. 2020, Algorithm 2 (q-FedAvg)."""
    w, lipschitz, models = W0, 1 / RATE, []
    for t in range(1, ROUNDS + 1):
        deltas, hs = [], []
        for k in cohort(t):
            f = loss(k, w)
            dw = lipschitz * (w - local(k, w))
            deltas.append(f**q * dw)
            hs.append(q * f ** (q - 1) * np.sum(dw**2) + lipschitz * f**q)
        w = w - sum(deltas) / sum(hs)
        models.append(w)
    return models


def moved(w, places):
    """Which of the parameters a step changes."""
    mask = np.zeros(D)
    mask[places] = 1
    return mask * w


# The last layer of the problem's model, its bias, is the head; what comes before it the base.
BASE, HEAD = slice(0, 4), slice(4, 6)


def part(k, w, places, steps):
    """Gradient steps of some of the parameters; the others stand still."""
    y = w.copy()
    for _ in range(steps):
        y = y - RATE * moved(gradient(k, y), places)
    return y


def joined(base, head):
    return np.concatenate([base[BASE], head[HEAD]])


def ditto(lam, epochs):
    """Li et al. 2021, Algorithm 1; the models that stay with the clients beside the global one."""
    w, v, models, own = W0, [W0 for _ in SIZES], [], []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        ys = [local(k, w) for k in s]
        for k in s:
            for _ in range(epochs * STEPS[k]):
                v[k] = v[k] - RATE * (gradient(k, v[k]) + lam * (v[k] - w))
        w = mean(ys, shares(s, False))
        models.append(w)
        own.append(list(v))
    return models, own


def fedper():
    """Arivazhagan et al. 2019, Algorithms 1 and 2; what stays with the clients are the heads."""
    w, h, models, own = W0, [W0 for _ in SIZES], [], []
    for t in range(1, ROUNDS + 1):
        s = cohort(t)
        ys = [local(k, joined(w, h[k])) for k in s]
        for k, y in zip(s, ys):
            h[k] = y
        w = joined(mean(ys, shares(s, False)), W0)
        models.append(w)
        own.append([head[HEAD] for head in h])
    return models, own


def fedrep(epochs):
    """Collins et al. 2021, Algorithm 1."""
    w, h, models, own = W0, [W0 for _ in SIZES], [], []
    for t in range(1, ROUNDS + 1):
        s, ys = cohort(t), []
        for k in s:
            y = part(k, joined(w, h[k]), HEAD, epochs * STEPS[k])
            y = part(k, y, BASE, STEPS[k])
            h[k] = y
            ys.append(y)
        w = joined(mean(ys, shares(s, True)), W0)
        models.append(w)
        own.append([head[HEAD] for head in h])
    return models, own


CASES = [
    ("fedavg", {}, {}, fedavg()),
    ("fedavg", {"server_learning_rate": "0.7"}, {}, fedavg(rate=0.7)),
    ("fedavg", {"weighting": "uniform"}, {}, fedavg(uniform=True)),
    ("fedprox", {"mu": "0.3"}, {}, fedavg(mu=0.3)),
    ("fedsgd", {}, {"steps": 1}, fedavg(steps=1)),
    ("fedavgm", {"beta": "0.9", "server_learning_rate": "0.5"}, {}, fedavgm(0.5, 0.9)),
    ("fedadagrad", {}, {}, adaptive("adagrad", 0.1, 0, 0, 0.001)),
    ("fedadam", {}, {}, adaptive("adam", 0.1, 0.9, 0.99, 0.001)),
    ("fedyogi", {"tau": "0.01"}, {}, adaptive("yogi", 0.1, 0.9, 0.99, 0.01)),
    ("scaffold", {}, {}, scaffold(1)),
    ("scaffold", {"server_learning_rate": "0.5"}, {}, scaffold(0.5)),
    ("scaffold", {}, {"momentum": 0.9}, scaffold(1, 0.9)),
    ("fednova", {}, {}, fednova(0)),
    ("fednova", {}, {"momentum": 0.9}, fednova(0.9)),
    ("feddyn", {"alpha": "0.1"}, {}, feddyn(0.1)),
    ("qffl", {"q": "0"}, {}, qffl(0)),
    ("qffl", {"q": "1"}, {}, qffl(1)),
    ("qffl", {"q": "2.5"}, {}, qffl(2.5)),
    ("ditto", {"lambda": "0.5", "personal_epochs": "2"}, {}, ditto(0.5, 2)),
    ("ditto", {"lambda": "0"}, {}, ditto(0, 1)),
    ("fedper", {}, {}, fedper()),
    ("fedrep", {"head_epochs": "3"}, {}, fedrep(3)),
]


def parts(result):
    """The models, and what stays with the clients where anything does."""
    models, own = result if isinstance(result, tuple) else (result, None)
    return {
        "models": [model.tolist() for model in models],
        "own": None if own is None else [[one.tolist() for one in clients] for clients in own],
    }


if __name__ == "__main__":
    text = {
        "sizes": SIZES,
        "steps": STEPS,
        "rate": RATE,
        "a": [a.tolist() for a in A],
        "b": [b.tolist() for b in B],
        "initial": W0.tolist(),
        "cases": [
            {
                "strategy": name,
                "settings": settings,
                "steps": options.get("steps"),
                "momentum": options.get("momentum", 0.0),
                **parts(result),
            }
            for name, settings, options, result in CASES
        ],
    }
    pathlib.Path(__file__).with_name("strategies.json").write_text(json.dumps(text) + "\n")
