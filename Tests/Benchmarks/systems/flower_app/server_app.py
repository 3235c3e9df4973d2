"""FedAvg, with the evaluation on the server."""

import torch
import workload
from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    config = context.run_config
    torch.manual_seed(workload.SEED)
    model = workload.network(config["model"])
    test = workload.Examples(config["data"], "t10k").tensors()

    def evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
        model.load_state_dict(arrays.to_torch_state_dict())
        accuracy = workload.accuracy(model, *test)
        if server_round > 0:
            workload.round_ended(config["record"], accuracy)
        return MetricRecord({"accuracy": accuracy})

    # The minimum decides where there are no more nodes than a cohort.
    FedAvg(
        fraction_train=workload.COHORT / workload.CLIENTS,
        fraction_evaluate=0.0,
        min_train_nodes=workload.COHORT,
        min_available_nodes=workload.COHORT,
    ).start(grid, ArrayRecord(model.state_dict()), num_rounds=config["rounds"], evaluate_fn=evaluate)
