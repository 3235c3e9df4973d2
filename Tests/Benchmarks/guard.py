#!/usr/bin/env python3
"""Counts the instructions of what must stay fast, and compares them with the committed figures of guard.json.

    Tests/Benchmarks/run guard [--write] [--profiles FOLDER]

Callgrind counts, on the AVX2 kernels and one thread, so that neither the machine's load nor its processor has a say (Debian:
apt-get install valgrind). A count that is more than 3 % off its figure, to either side, fails: one that fell unnoticed could
rise again unnoticed. --write replaces the figures, in a commit that says why they change. They hold for the versions of Swift,
valgrind and glibc that guard.json names; with others the differences are told and nothing fails.

Callgrind's processor has no instructions for SHA-256, which a real one has. What digesting takes there would hide all that
surrounds it, and is a line of its own: it grows when something is digested once more.
"""

import argparse
import collections
import json
import os
import pathlib
import platform
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

# Functions by their names in the program, as callgrind's patterns; they end so that closures in them do not fit.
ENCODE = "$s4Wire12EncodedModelV_5round5codec*fC"
DECODE = "$s3fed16CodecMeasurementV7receive*KF"
CHECK = "$s10Federation11WeightedSumV5check_*KF"
ADD = "$s10Federation11WeightedSumV3add7checked*F"
MEAN = "$s10Federation11WeightedSumV4mean*F"


class NotCounted(Exception):
    """Something that is no longer there to be counted."""


class Count(collections.namedtuple("Count", "own digesting")):
    """Instructions: all but those of SHA-256, and those."""

    def __sub__(self, other):
        return Count(self.own - other.own, self.digesting - other.digesting)

    def __truediv__(self, number):
        return Count(self.own / number, self.digesting / number)


class Profile:
    """What callgrind wrote of a run (https://valgrind.org/docs/manual/cl-format.html)."""

    def __init__(self, file):
        names, self.calls = {}, collections.Counter()
        costs, function, called, is_call = collections.Counter(), None, None, False
        for line in file.read_text(errors="replace").splitlines():
            if match := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
                is_called, number, name = match.groups()
                # A name is written once; the suffix tells levels of recursion apart.
                name = names.setdefault(number, re.sub(r"'\d+$", "", name or ""))
                if is_called:
                    called = name
                else:
                    function = name
            elif match := re.match(r"calls=(\d+)", line):
                self.calls[called] += int(match.group(1))
                is_call = True
            elif re.match(r"[-+*\d]\S* \d+$", line):
                # The line after a call is what the called function took.
                if not is_call:
                    costs[function] += int(line.split()[1])
                is_call = False
        digesting = sum(cost for name, cost in costs.items() if "sha256_block_data_order" in name)
        self.count = Count(sum(costs.values()) - digesting, digesting)

    def calls_of(self, pattern):
        fitting = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        calls = sum(calls for name, calls in self.calls.items() if fitting.fullmatch(name))
        if calls == 0:
            raise NotCounted(f"no function {pattern} was called: it has another name, or became part of its caller (see guard.py)")
        return calls


class Counter:
    """Runs fed under callgrind."""

    def __init__(self, folder, profiles):
        self.folder, self.profiles, self.runs = folder, profiles, 0
        write_data(folder)
        compile_preload(folder)

    def profile(self, arguments, within=None):
        """What fed takes from its start to its end, or in one function and what that calls."""
        environment = dict(
            os.environ, SWIFT_DETERMINISTIC_HASHING="1", OPENBLAS_NUM_THREADS="1", FED_DATA_DIR=str(self.folder), NO_COLOR="1",
            LD_PRELOAD=str(self.folder / "guard.so"))
        self.runs += 1
        output = self.profiles / f"callgrind.out.{self.runs:02}"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
        command += [f"--toggle-collect={within}"] if within else []
        command += [FED, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        if done.returncode != 0 or not output.exists():
            sys.exit(f"error: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return Profile(output)

    def call(self, function, arguments):
        """What a call of a function takes."""
        profile = self.profile(arguments, function)
        return profile.count / profile.calls_of(function)

    def example(self, command, *more):
        """What an example takes, beyond the start. A run goes through its examples twice, first to warm up."""
        arguments = ["bench", command, "--model", "cnn", "--kernels", "avx2", "--repeats", "1", *more, "--examples"]
        # Few, since valgrind takes long over fused multiplications and additions.
        few, many = (self.profile([*arguments, examples]).count for examples in ["20", "50"])
        return (many - few) / 60

    def round(self):
        """What a round takes, beyond the start and the end of its run."""

        def run(rounds):
            scenario = self.folder / f"{rounds}.yaml"
            scenario.write_text(
                f"rounds: {rounds}\nclients: 10\nmodel: logistic\npartition: iid\n"
                "train: {batch_size: 10, learning_rate: 0.1}\n")
            return self.profile(
                ["run", scenario, "--in-process", "--threads", "1", "--database", f"{rounds}.sqlite", "--json"]).count

        return (run(14) - run(2)) / 12

    def lines(self):
        """What is counted, and a function that counts it."""
        codec = ["bench", "codec", "--model", "cnn", "--codec", "f32", "--repeats", "1"]
        aggregation = ["bench", "aggregation", "--model", "cnn", "--repeats", "1"]
        yield "training step of cnn, per example in a batch of 10", lambda: self.example("step", "--batch-size", "10")
        yield "evaluation of cnn, per example", lambda: self.example("inference")
        yield "encoding of cnn", lambda: self.call(ENCODE, codec)
        yield "decoding of cnn", lambda: self.call(DECODE, codec)
        yield "exact sum of cnn, check of an update", lambda: self.call(CHECK, aggregation)
        yield "exact sum of cnn, an update added", lambda: self.call(ADD, aggregation)
        yield "exact sum of cnn, mean", lambda: self.call(MEAN, aggregation)
        yield "round of logistic in one process, ten clients", self.round


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


def compile_preload(folder):
    """Of the Swift toolchain, like the build's."""
    clang = pathlib.Path(os.path.realpath(shutil.which("swift") or "clang")).with_name("clang")
    source = pathlib.Path(__file__).with_name("guard.c")
    compiler = clang if clang.exists() else "clang"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", source, "-o", folder / "guard.so"], check=True)


def obstacle():
    """Why nothing can be counted here, if so."""
    cpu = pathlib.Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not cpu.exists() or not {"avx2", "fma"} <= set(cpu.read_text().split()):
        return "the figures are those of the AVX2 kernels, and this processor cannot run them"
    if not shutil.which("valgrind"):
        return "there is no valgrind here; on Debian: apt-get install valgrind"
    return None


def versions():
    """What else decides on the counts."""

    def version(program, pattern):
        if not shutil.which(program):
            return "unknown"
        output = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        found = re.search(pattern, output)
        return found.group(1) if found else "unknown"

    return {
        "Swift": version("swift", r"Swift version (\S+)"),
        "valgrind": version("valgrind", r"valgrind-(\S+)"),
        "glibc": platform.libc_ver()[1] or "unknown",
    }


def listed(versions):
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def main():
    parser = argparse.ArgumentParser(
        prog="Tests/Benchmarks/run guard", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="replace the figures")
    parser.add_argument(
        "--profiles", type=pathlib.Path, metavar="FOLDER", help="keep what callgrind writes there, for callgrind_annotate")
    options = parser.parse_args()
    if why := obstacle():
        print(f"Instructions not counted: {why}.")
        return
    committed = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"versions": versions(), "instructions": {}}
    is_comparable = committed["versions"] == versions()
    if not is_comparable and not options.write:
        print(f"The figures hold for {listed(committed['versions'])}; here are {listed(versions())}: no difference fails.")

    found, problems = {}, collections.defaultdict(list)

    def compare(what, count):
        found[what] = round(count)
        known = committed["instructions"].get(what)
        if known is None:
            problems["have no figure"].append(what)
        else:
            change = count / known - 1
            if abs(change) > TOLERANCE:
                problems["take more" if change > 0 else "take less"].append(f"{what} ({change:+.1%})")
        print(
            f"{what:60}{found[what]:>14,}" + (f"{'-':>14}{'-':>10}" if known is None else f"{known:>14,}{change:>+10.2%}"),
            flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        profiles = options.profiles or folder
        profiles.mkdir(parents=True, exist_ok=True)
        print(f"{'Instructions':60}{'Counted':>14}{'Figure':>14}{'Change':>10}")
        for what, count in Counter(folder, profiles.resolve()).lines():
            try:
                own, digesting = count()
            except NotCounted as error:
                problems["cannot be counted"].append(f"{what}: {error}")
                continue
            compare(what, own)
            if digesting > 0:
                compare(f"{what}: SHA-256", digesting)

    if options.write:
        if problems["cannot be counted"]:
            sys.exit(f"error: {FIGURES.name} is as it was. Not counted: {'; '.join(problems['cannot be counted'])}.")
        FIGURES.write_text(json.dumps({"versions": versions(), "instructions": found}, indent=2) + "\n")
        print(f"{FIGURES.name} is written anew; the commit has to say why.")
        return
    write = "Tests/Benchmarks/run guard --write, in a commit that says why"
    sentences = {
        "take more": f"more than {TOLERANCE:.0%} above {FIGURES.name}: {{}}. If that is the price of something: {write}.",
        "take less": f"more than {TOLERANCE:.0%} below {FIGURES.name}: {{}}. So that it stays so: {write}.",
        "have no figure": f"not in {FIGURES.name}: {{}}. To have it there: {write}.",
        "cannot be counted": "not counted: {}.",
    }
    for kind, sentence in sentences.items():
        if problems[kind]:
            prefix = "error: " if is_comparable else ""
            print(prefix + sentence.format("; ".join(problems[kind])), file=sys.stderr)
    if is_comparable and any(problems.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
