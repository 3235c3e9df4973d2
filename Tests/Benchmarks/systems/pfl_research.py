"""pfl-research's simulation of FedAvg on PyTorch, one process for each core, as its guide to fast simulations advises.

    torchrun … pfl_research.py MODEL ROUNDS DATA RECORD
"""

import functools
import sys

import numpy
import torch
import workload
from pfl.aggregate.simulate import SimulatedBackend
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.base import TrainingProcessCallback
from pfl.callback.central_evaluation import CentralEvaluationCallback
from pfl.data.federated_dataset import FederatedDataset
from pfl.data.pytorch import PyTorchTensorDataset
from pfl.data.sampling import get_user_sampler
from pfl.hyperparam.base import NNEvalHyperParams, NNTrainHyperParams
from pfl.internal.ops import pytorch_ops
from pfl.metrics import Metrics, StringMetricName, Weighted, get_overall_value
from pfl.model.pytorch import PyTorchModel
from torch import nn

ACCURACY = StringMetricName("Central val | accuracy")


class Network(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.layers = workload.network(name)

    def loss(self, images, labels):
        return nn.functional.cross_entropy(self.layers(images), labels)

    @torch.inference_mode()
    def metrics(self, images, labels):
        correct = (self.layers(images).argmax(1) == labels).sum().item()
        return {"accuracy": Weighted(correct, len(labels))}


class RoundEnded(TrainingProcessCallback):
    def after_central_iteration(self, aggregate_metrics, model, *, central_iteration):
        # pfl evaluates before the first round and not after it.
        if central_iteration > 0:
            workload.round_ended(record, get_overall_value(aggregate_metrics[ACCURACY]))
        return False, Metrics()


@functools.cache
def client_tensors(number):
    return examples.client(number)


def client(number):
    # The dataset does not shuffle; it is made anew whenever its client is selected.
    order = torch.randperm(len(client_tensors(number)[1]))
    return PyTorchTensorDataset([tensor[order] for tensor in client_tensors(number)], user_id=str(number))


name, rounds, data, record = sys.argv[1:]
# The same seed in all processes: each draws the same cohorts, and trains its part of them.
numpy.random.seed(workload.SEED)
torch.manual_seed(workload.SEED)
torch.set_num_threads(1)
examples = workload.Examples(data, "train")
clients = FederatedDataset(client, get_user_sampler("minimize_reuse", list(range(workload.CLIENTS))))
network = Network(name)
model = PyTorchModel(network, torch.optim.SGD, torch.optim.SGD(network.parameters(), lr=1.0))
evaluation = NNEvalHyperParams(local_batch_size=workload.TEST_BATCH)
callbacks = [CentralEvaluationCallback(PyTorchTensorDataset(workload.Examples(data, "t10k").tensors()), evaluation)]
if pytorch_ops.distributed.global_rank == 0:
    callbacks.append(RoundEnded())
FederatedAveraging().run(
    # One round more, because the first is not evaluated. Clients evaluate in that one only.
    NNAlgorithmParams(
        central_num_iterations=int(rounds) + 1,
        evaluation_frequency=int(rounds) + 1,
        train_cohort_size=workload.COHORT,
        val_cohort_size=None,
    ),
    SimulatedBackend(training_data=clients, val_data=clients),
    model,
    NNTrainHyperParams(
        local_num_epochs=1, local_learning_rate=workload.RATE, local_batch_size=workload.BATCH
    ),
    evaluation,
    callbacks,
)
