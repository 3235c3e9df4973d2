"""Trains a client's examples for one epoch."""

import random

import torch
import workload
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()
# Both runtimes train on all cores by training several clients at once.
torch.set_num_threads(1)


@app.train()
def train(message: Message, context: Context) -> Message:
    # Where there are fewer nodes than clients, each is the home of several, and trains one of them in a round.
    node, nodes = context.node_config["partition-id"], context.node_config["num-partitions"]
    client = random.choice(range(node, workload.CLIENTS, nodes))
    images, labels = workload.Examples(context.run_config["data"], "train").client(client)

    model = workload.network(context.run_config["model"])
    model.load_state_dict(message.content["arrays"].to_torch_state_dict())
    workload.train(model, images, labels)
    metrics = MetricRecord({"num-examples": len(labels)})
    return Message(
        RecordDict({"arrays": ArrayRecord(model.state_dict()), "metrics": metrics}), reply_to=message
    )
