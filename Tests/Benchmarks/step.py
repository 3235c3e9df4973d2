#!/usr/bin/env python3
"""Measures training and inference on one thread beside PyTorch: the same data, models, batch sizes and rate.

    Tests/Benchmarks/run step [--repeats N] [--data FOLDER]

Both sides are measured in turn, as often as --repeats says; what counts are the medians and their ratio.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import mnist

TOP = pathlib.Path(__file__).resolve().parents[2]
FED = TOP / ".build/release/fed"
MODELS = ["cnn", "mcmahan-cnn"]
SIZES = [10, 32, 50]
EXAMPLES = 2000


def images(folder):
    """The first training images and labels, as bytes."""
    return mnist.content(folder, mnist.FILES[0])[16:], mnist.content(folder, mnist.FILES[1])[8:]


def torch_speed(data, name, size):
    """Examples a second of an epoch in batches of `size`, or of inference in batches of 100 where it is 0."""
    import torch
    import workload

    torch.set_num_threads(1)
    torch.manual_seed(1)
    x = torch.frombuffer(bytearray(data[0][: EXAMPLES * 784]), dtype=torch.uint8).float().div(255)
    x = x.reshape(EXAMPLES, 1, 28, 28)
    y = torch.frombuffer(bytearray(data[1][:EXAMPLES]), dtype=torch.uint8).long()
    model = workload.network(name)
    optimizer = torch.optim.SGD(model.parameters(), lr=workload.RATE)
    loss = torch.nn.CrossEntropyLoss()

    def work(count):
        if size == 0:
            with torch.inference_mode():
                for first in range(0, count, 100):
                    loss(model(x[first : first + 100]), y[first : first + 100]).item()
            return
        order = torch.randperm(count)
        for first in range(0, count, size):
            batch = order[first : first + size]
            optimizer.zero_grad()
            loss(model(x[batch]), y[batch]).backward()
            optimizer.step()

    work(200)
    start = time.perf_counter()
    work(EXAMPLES)
    return EXAMPLES / (time.perf_counter() - start)


def fed_speeds(folder, name, size):
    """The same for each kind of kernels."""
    command = [str(FED), "bench", "step" if size else "inference", "--model", name, "--repeats", "1", "--json"]
    command += ["--examples", str(EXAMPLES), "--data", str(folder)] + (["--batch-size", str(size)] if size else [])
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return {item["kernels"]: item["examples_per_second"] for item in json.loads(output)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", default=os.environ.get("FED_DATA_DIR", os.path.expanduser("~/.cache/fed/mnist")))
    options = parser.parse_args()
    folder = pathlib.Path(options.data)
    data = images(folder)
    try:
        import torch

        peer = f"PyTorch {torch.__version__}"
    except ImportError:
        peer = None
        print("PyTorch is not measured: it is not installed.", file=sys.stderr)

    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    print(f"{cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; one thread, {EXAMPLES} examples,")
    print(f"medians of {options.repeats}; {peer or 'no peer'}, OPENBLAS_CORETYPE={os.environ.get('OPENBLAS_CORETYPE')}")
    print()
    print("| model | B | what | examples/s | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for name in MODELS:
        for size in SIZES + [0]:
            speeds = {}
            for _ in range(options.repeats):
                if peer:
                    speeds.setdefault(peer, []).append(torch_speed(data, name, size))
                for kernels, speed in fed_speeds(folder, name, size).items():
                    speeds.setdefault(kernels, []).append(speed)
            medians = {what: statistics.median(values) for what, values in speeds.items()}
            for what, median in medians.items():
                ratio = f"{median / medians[peer]:.2f}" if peer else ""
                print(f"| {name} | {size or 'inference'} | {what} | {median:,.0f} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
