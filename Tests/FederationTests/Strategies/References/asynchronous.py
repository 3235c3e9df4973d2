#!/usr/bin/env python3
"""The papers of clients that do not wait for each other, in NumPy and Float64, on the small problem of strategies.py: what
AsynchronousReferenceTests holds the program to.

20 models, each of the updates that arrivals(t) names: the client, and by how many models the one is behind that it began with.
Run it to write asynchronous.json beside it (needs NumPy).
"""

import json
import pathlib

from strategies import ROUNDS, W0, local


def arrivals(t, k):
    """K of them for model t; a client can be among them twice, from different models."""
    some = [(0, 0), (2, t % 4), (0, 1 + t % 2), (1, t % 3), (2, 4 + t % 2)]
    return [(client, min(age, t - 1)) for client, age in some if age < t or client == 1][:k]


def constant(age):
    return 1.0


def polynomial(a):
    return lambda age: (1 + age) ** -a


def hinge(a, b):
    return lambda age: 1.0 if age <= b else 1 / (a * (age - b) + 1)


def fedbuff(k, rate, s, by_weights=False):
    """Nguyen et al. 2022, Algorithm 1."""
    models = [W0]
    for t in range(1, ROUNDS + 1):
        buffer, weights = 0, 0
        came = arrivals(t, k)
        for client, age in came:
            start = models[t - 1 - age]
            buffer = buffer + s(age) * (local(client, start) - start)
            weights += s(age)
        models.append(models[-1] + rate * buffer / (weights if by_weights else len(came)))
    return models[1:]


def fedasync(alpha, rho, s):
    """Xie et al. 2019, Algorithm 1, Option II."""
    models = [W0]
    for t in range(1, ROUNDS + 1):
        client, age = (t % 3, min(t % 5, t - 1))
        start = models[t - 1 - age]
        new = local(client, start, extra=lambda y: rho * (y - start))
        mix = alpha * s(age)
        models.append((1 - mix) * models[-1] + mix * new)
    return models[1:]


CASES = [
    ("fedbuff", {"buffer": "3"}, fedbuff(3, 1, polynomial(0.5))),
    ("fedbuff", {"buffer": "5", "server_learning_rate": "0.7", "staleness": "constant"}, fedbuff(5, 0.7, constant)),
    ("fedbuff", {"buffer": "4", "staleness": "polynomial", "polynomial_a": "0.8", "divide_by": "weights"},
     fedbuff(4, 1, polynomial(0.8), True)),
    ("fedbuff", {"buffer": "5", "staleness": "hinge", "hinge_a": "2", "hinge_b": "1"}, fedbuff(5, 1, hinge(2, 1))),
    ("fedasync", {}, fedasync(0.6, 0, polynomial(0.5))),
    ("fedasync", {"alpha": "0.9", "rho": "0.3", "staleness": "hinge"}, fedasync(0.9, 0.3, hinge(10, 4))),
]

if __name__ == "__main__":
    text = {
        "cases": [
            {
                "strategy": name,
                "settings": settings,
                "arrivals": [
                    arrivals(t, int(settings["buffer"])) if name == "fedbuff" else [(t % 3, min(t % 5, t - 1))]
                    for t in range(1, ROUNDS + 1)
                ],
                "models": [list(w) for w in models],
            }
            for name, settings, models in CASES
        ]
    }
    pathlib.Path(__file__).with_name("asynchronous.json").write_text(json.dumps(text) + "\n")
