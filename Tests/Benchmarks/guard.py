#!/usr/bin/env python3
"""Counts the instructions of what must stay fast, and compares them with the figures of guard.json.

    Tests/Benchmarks/run guard [--quick] [--write]

Cachegrind counts (valgrind has to be installed), on the AVX2 kernels and one thread, so that neither the machine's load nor
its processor has a say. Each count is the difference of two runs that differ in how much they do, so that starting has no part
in it. A count that is more than 3 % off, to either side, fails; --write replaces the figures, in a commit that says why.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
FED = TOP / ".build/release/fed"
FIGURES = pathlib.Path(__file__).with_name("guard.json")
TOLERANCE = 0.03
EXAMPLES = 400


def write_data(folder):
    """A small data set: random pixels by a linear congruential generator, and labels in turn."""
    state, pixels = 1, bytearray()
    for _ in range(EXAMPLES * 784):
        state = (state * 1103515245 + 12345) % (1 << 31)
        # Four of five are background, as in a digit.
        pixels.append(state >> 16 & 255 if state >> 24 < 26 else 0)
    labels = bytes(i % 10 for i in range(EXAMPLES))
    for part in ["train", "t10k"]:
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 2051, EXAMPLES, 28, 28) + pixels)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, EXAMPLES) + labels)


def instructions(arguments, folder):
    """What a run of fed takes from its start to its end."""
    environment = dict(
        os.environ, SWIFT_DETERMINISTIC_HASHING="1", OPENBLAS_NUM_THREADS="1", FED_DATA_DIR=str(folder), NO_COLOR="1",
        LD_PRELOAD=str(folder / "guard.so"))
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", FED, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"error: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return int(found.group(1).replace(",", ""))


def compile_preload(folder):
    """Of the Swift toolchain, like the build's."""
    clang = pathlib.Path(os.path.realpath(shutil.which("swift") or "clang")).with_name("clang")
    source = pathlib.Path(__file__).with_name("guard.c")
    compiler = clang if clang.exists() else "clang"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", source, "-o", folder / "guard.so"], check=True)


def scenario(folder, rounds):
    file = folder / f"rounds-{rounds}.yaml"
    file.write_text(
        f"rounds: {rounds}\nclients: 10\nmodel: logistic\npartition: iid\ntrain: {{batch_size: 10, learning_rate: 0.1}}\n"
    )
    return file


def run_arguments(folder, rounds):
    database = folder / f"{rounds}.sqlite"
    return ["run", scenario(folder, rounds), "--in-process", "--threads", "1", "--database", database, "--json"]


def measure(folder, quick):
    """Instructions of one of each."""

    def speed(command, *more):
        """Of an example: a run goes through its examples twice, first to warm up."""
        arguments = ["bench", command, "--model", "cnn", "--kernels", "avx2", "--repeats", "1", *more, "--examples"]
        return (instructions([*arguments, "200"], folder) - instructions([*arguments, "100"], folder)) / 200

    def repeated(command):
        """Of one measurement."""
        arguments = ["bench", command, "--model", "cnn", "--repeats"]
        return instructions([*arguments, "2"], folder) - instructions([*arguments, "1"], folder)

    yield "training step of cnn, batches of 10, an example", speed("step", "--batch-size", "10")
    yield "evaluation of cnn, an example", speed("inference")
    if not quick:
        yield "encoding and decoding cnn, a measurement", repeated("codec")
    yield "exact sum of cnn, a measurement", repeated("aggregation")
    few, many = (instructions(run_arguments(folder, rounds), folder) for rounds in [2, 6])
    yield "round of logistic in one process, ten clients", (many - few) / 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="replace the figures")
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("Instructions not counted: there is no valgrind here.")
        return
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    found, failed = {}, False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_data(folder)
        compile_preload(folder)
        for what, count in measure(folder, options.quick):
            found[what] = round(count)
            known = figures.get(what)
            change = "" if known is None else f"{count / known - 1:+8.2%}"
            print(f"{what:50}{round(count):>14,}{change}", flush=True)
            failed |= known is None or abs(count / known - 1) > TOLERANCE
    if options.write:
        FIGURES.write_text(json.dumps(figures | found, indent=2) + "\n")
    elif failed:
        sys.exit(f"error: more than {TOLERANCE:.0%} off {FIGURES.name}; if that is meant, replace it: Tests/Benchmarks/run guard --write")


if __name__ == "__main__":
    main()
