#!/usr/bin/env python3
"""Makes losses.json: the losses of the first 20 steps of each model and optimiser, as PyTorch computes them.

    pip install torch numpy
    python3 make_golden.py > losses.json

Weights and examples come from a small integer hash that the Swift test computes too, so only the losses are kept.
PyTorch computes in double precision here: the reference's own rounding is then far below the tolerance.
"""

import json

import numpy as np
import torch
from torch import nn

EXAMPLES = 24
STEPS = 20
IMAGES, LABELS = 1002, 1003


def hashed(stream, count):
    """`count` 32-bit numbers: "lowbias32" of Wellons' hash-prospector, over consecutive numbers."""
    x = np.arange(count, dtype=np.uint32) + np.uint32((stream + 1) * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def weights(stream, shape):
    """Uniform in ± 2 / 2^s, where s is the largest with 4^s <= fan-in; for a bias, in ± 1/16."""
    scale = 1 / 16
    if len(shape) > 1:
        fan_in = int(np.prod(shape[1:]))
        s = 0
        while 4 ** (s + 1) <= fan_in:
            s += 1
        scale = 2 / 2**s
    count = int(np.prod(shape))
    uniform = (hashed(stream, count) >> np.uint32(8)).astype(np.float64) / 2**23 - 1
    return torch.from_numpy((uniform * scale).reshape(shape))


def examples():
    """Images of which about a quarter of the pixels are not 0, and labels."""
    x = hashed(IMAGES, EXAMPLES * 784)
    pixels = np.where(x & np.uint32(3) == 0, x >> np.uint32(24), 0).astype(np.float64) / 255
    labels = (hashed(LABELS, EXAMPLES) >> np.uint32(8)) % np.uint32(10)
    return (
        torch.from_numpy(pixels.reshape(EXAMPLES, 1, 28, 28)),
        torch.from_numpy(labels.astype(np.int64)),
    )


def model(name):
    if name == "cnn":
        layers = [
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10),
        ]  # fmt: skip
    elif name == "mcmahan-cnn":
        layers = [
            nn.Conv2d(1, 32, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10),
        ]  # fmt: skip
    elif name == "mlp-2nn":
        layers = [
            nn.Flatten(), nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 10),
        ]  # fmt: skip
    else:
        layers = [nn.Flatten(), nn.Linear(784, 10)]
    result = nn.Sequential(*layers).double()
    with torch.no_grad():
        for stream, parameter in enumerate(result.parameters()):
            parameter.copy_(weights(stream, tuple(parameter.shape)))
    return result


def losses(name, make_optimizer):
    network = model(name)
    optimizer = make_optimizer(network.parameters())
    images, labels = examples()
    result = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


def main():
    runs = []

    def sgd(name, rate, momentum=0.0, decay=0.0):
        make = lambda p: torch.optim.SGD(p, lr=rate, momentum=momentum, weight_decay=decay)
        runs.append(
            {"model": name, "optimizer": "sgd", "learning_rate": rate, "momentum": momentum, "weight_decay": decay}
            | {"losses": losses(name, make)}
        )

    def adam(name, rate, decay=0.0):
        make = lambda p: torch.optim.Adam(p, lr=rate, weight_decay=decay)
        runs.append(
            {"model": name, "optimizer": "adam", "learning_rate": rate, "momentum": 0.0, "weight_decay": decay}
            | {"losses": losses(name, make)}
        )

    # Small rates for the convolutional models: where two values of a pooling window are all but equal, rounding
    # decides which gets the gradient, and large steps make much of it.
    sgd("cnn", 2**-7)
    adam("cnn", 2**-12)
    sgd("cnn", 2**-10, momentum=0.875, decay=2**-6)
    sgd("mcmahan-cnn", 2**-7)
    adam("mcmahan-cnn", 2**-12)
    sgd("mlp-2nn", 2**-5)
    sgd("mlp-2nn", 2**-5, decay=2**-6)
    adam("mlp-2nn", 2**-10)
    adam("mlp-2nn", 2**-10, decay=2**-6)
    sgd("logistic", 2**-5)
    adam("logistic", 2**-10)
    print(json.dumps({"examples": EXAMPLES, "runs": runs}, indent=1))


main()
