#!/usr/bin/env python3
"""Where a round's time goes: runs `fed bench round` under perf and draws a flame graph (Gregg 2016, "The Flame Graph").

    Tests/Benchmarks/run flamegraph [--model NAME] [--clients N] [--rounds N] [--output FILE]

Each box is a function, as wide as its share of the samples, on top of what called it; boxes of less than a thousandth are
left out. On standard output: the functions that more than a hundredth of the samples were taken in, without what they
called. Wants perf (Debian: linux-perf).
"""

import argparse
import collections
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FED = pathlib.Path(__file__).resolve().parents[2] / ".build/release/fed"
WIDTH, LINE, LEAST = 1200, 17, 0.001


def samples(lines):
    """The program and the functions of each sample, the outermost first."""
    frame = re.compile(r"^\s+[0-9a-f]+ (.+?)(?:\+0x[0-9a-f]+)? \((.*)\)$")
    name, stack = None, []
    for line in lines:
        if match := frame.match(line):
            function, library = match.groups()
            stack.append(f"[{library.rpartition('/')[2]}]" if function == "[unknown]" else function)
        elif line.strip():
            name, stack = line.split()[0], []
        elif name:
            yield [name, *reversed(stack)]
            name = None
    if name:
        yield [name, *reversed(stack)]


def demangled(names):
    """Swift's names as people write them, without their arguments and modules."""
    output = subprocess.run(
        ["swift", "demangle", "--compact", "--simplified"], input="\n".join(names), text=True, stdout=subprocess.PIPE
    ).stdout.splitlines()
    found = {}
    for name, text in zip(names, output):
        if name.startswith("$s"):
            text = re.sub(r"^(specialized |generic |partial apply for |closure #\d+ in |\(\d+\) |[a-z ]*resume partial function for )*", "", text)
            text = re.sub(r"(\(.*|<.*|@.*)$", "", text)
        found[name] = text or name
    return found


class Box:
    def __init__(self):
        self.count = 0
        self.above = collections.defaultdict(Box)


def record(options):
    """The samples of all processes of a benchmark."""
    command = [FED, "bench", "round", "--model", options.model, "--clients", options.clients, "--repeats", "1"]
    command += ["--rounds", options.rounds, "--json"]
    with tempfile.TemporaryDirectory(prefix="fed-flamegraph-") as folder:
        file = f"{folder}/perf.data"
        perf = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-g", "-o", file, "--", *map(str, command)]
        subprocess.run(perf, check=True, stdout=subprocess.DEVNULL)
        script = ["perf", "script", "-i", file]
        with subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            return list(samples(process.stdout))


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/run flamegraph")
    parser.add_argument("--model", default="mcmahan-cnn")
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--output", default="round.svg")
    options = parser.parse_args()
    if shutil.which("perf") is None:
        sys.exit("error: there is no perf here; on Debian: apt-get install linux-perf")
    stacks = record(options)
    if not stacks:
        sys.exit("error: perf took no samples")
    title = f"A round of {options.clients} clients, {options.model}"
    names = demangled(sorted({name for stack in stacks for name in stack}))
    root, own = Box(), collections.Counter()
    for stack in stacks:
        box = root
        box.count += 1
        for name in stack:
            box = box.above[names[name]]
            box.count += 1
        own[names[stack[-1]]] += 1

    drawn = []

    def draw(name, box, left, depth):
        if box.count < LEAST * root.count:
            return
        drawn.append((name, left, box.count, depth))
        for above, child in sorted(box.above.items()):
            draw(above, child, left, depth + 1)
            left += child.count

    draw(title, root, 0, 0)
    height = (max(item[3] for item in drawn) + 1) * LINE + 8
    with open(options.output, "w") as file:
        head = f'viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11"'
        print(f'<svg xmlns="http://www.w3.org/2000/svg" {head}>', file=file)
        print(f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', file=file)
        for name, left, count, level in drawn:
            x, width = left / root.count * WIDTH, count / root.count * WIDTH
            y = height - 4 - (level + 1) * LINE
            hue = sum(map(ord, name)) * 7 % 50
            room = int(width / 6.7)
            text = html.escape(name if len(name) <= room else name[: room - 1] + "…" if room > 3 else "")
            print(
                f"<g><title>{html.escape(name)}: {count / root.count:.1%}</title>"
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LINE - 1}" fill="hsl({hue},80%,70%)"/>'
                + (f'<text x="{x + 2:.1f}" y="{y + 12}">{text}</text>' if text else "")
                + "</g>",
                file=file,
            )
        print("</svg>", file=file)
    for name, count in own.most_common():
        if count >= 0.01 * root.count:
            print(f"{count / root.count:6.1%}  {name}")


if __name__ == "__main__":
    main()
