"""What every system with PyTorch is given to do: the clients' data, the models, one epoch, the evaluation."""

import json
import time

import numpy
import torch
from torch import nn

CLIENTS = 100
COHORT = 10
BATCH = 10
RATE = 0.05
# Larger batches are slower: their buffers are given back to the system and cleared anew for each batch.
TEST_BATCH = 100
SEED = 1


def network(name):
    if name == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10))  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10))  # fmt: skip


class Examples:
    """The images and labels of `train` or `t10k`, mapped from the plain files, so that a process reads what it uses."""

    def __init__(self, folder, part):
        self.images = numpy.memmap(f"{folder}/{part}-images-idx3-ubyte", offset=16, mode="r").reshape(-1, 1, 28, 28)
        self.labels = numpy.memmap(f"{folder}/{part}-labels-idx1-ubyte", offset=8, mode="r")

    def tensors(self, indices=slice(None)):
        return (
            torch.from_numpy(numpy.array(self.images[indices])).float().div_(255),
            torch.from_numpy(numpy.array(self.labels[indices])).long(),
        )

    def client(self, number):
        """A client's two shards of the examples sorted by label (McMahan et al. 2017)."""
        shards = numpy.argsort(self.labels, kind="stable").reshape(2 * CLIENTS, -1)
        dealt = numpy.random.default_rng(SEED).permutation(2 * CLIENTS).reshape(CLIENTS, 2)
        return self.tensors(shards[dealt[number]].ravel())


def train(model, images, labels):
    """One epoch of SGD in shuffled batches."""
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    for batch in torch.randperm(len(labels)).split(BATCH):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()


@torch.inference_mode()
def accuracy(model, images, labels):
    batches = zip(images.split(TEST_BATCH), labels.split(TEST_BATCH))
    return sum((model(x).argmax(1) == y).sum().item() for x, y in batches) / len(labels)


def round_ended(record, accuracy):
    """Tells the benchmark, through the file `record`, that a round is over, its evaluation included."""
    with open(record, "a") as file:
        print(json.dumps({"time": time.monotonic(), "accuracy": accuracy}), file=file)
