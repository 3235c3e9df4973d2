"""This project: a coordinator and a worker process for each core.

    fed.py MODEL ROUNDS DATA RECORD
"""

import json
import pathlib
import subprocess
import sys
import time

SCENARIO = """\
rounds: {rounds}
clients: 100
fraction: 0.1
model: {model}
partition:
  rule: shards
  shards_per_client: 2
train:
  local_epochs: 1
  batch_size: 10
  learning_rate: 0.05
"""

model, rounds, data, record = sys.argv[1:]
folder = pathlib.Path(record).parent
scenario = folder / "rounds.yaml"
scenario.write_text(SCENARIO.format(rounds=rounds, model=model))
command = [pathlib.Path(__file__).resolve().parents[3] / ".build/release/fed", "run", scenario, "--json"]
command += ["--data", data, "--database", folder / "rounds.sqlite"]
with subprocess.Popen(command, stdout=subprocess.PIPE) as process, open(record, "a") as file:
    for line in process.stdout:
        if committed := json.loads(line).get("roundCommitted"):
            ended = {"time": time.monotonic(), "accuracy": committed["_0"]["testAccuracy"]}
            print(json.dumps(ended), file=file)
sys.exit(process.returncode)
