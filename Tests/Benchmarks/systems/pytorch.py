"""A bare PyTorch loop without federation: as many steps as a round has, then the evaluation.

    pytorch.py MODEL ROUNDS DATA RECORD
"""

import sys

import torch
import workload

name, rounds, data, record = sys.argv[1:]
torch.manual_seed(workload.SEED)
model = workload.network(name)
examples, test = workload.Examples(data, "train").tensors(), workload.Examples(data, "t10k").tensors()
per_round = workload.COHORT * len(examples[1]) // workload.CLIENTS
for _ in range(int(rounds)):
    batch = torch.randperm(len(examples[1]))[:per_round]
    workload.train(model, examples[0][batch], examples[1][batch])
    workload.round_ended(record, workload.accuracy(model, *test))
