import Datasets
import Diagnostics
import Federation
import Learning
import Parameters
import RunStore
import Scenarios

extension NewRun {
    /// What the record says of a run at its beginning.
    init(
        context: RunContext, transport: RunTransport, clock: ClockKind, branch: RunBranch?, machine: MachineDescription
    ) {
        let scenario = context.scenario
        self.init(
            name: scenario.name, scenario: scenario.text, seed: scenario.seed, roundsPlanned: scenario.rounds,
            clients: scenario.clients, cohort: scenario.cohort, model: context.model.name,
            parameters: context.model.layout.count, strategy: scenario.strategy.name,
            codec: scenario.network.upload.rawValue, downloadCodec: scenario.network.download.rawValue,
            programVersion: ProgramVersion.current,
            kernels: "\(scenario.kernels.kernels)", openblasConfig: BLAS.configuration, openblasCore: BLAS.coreName,
            dataKind: context.dataset.kind.rawValue,
            dataSource: context.dataset.provenance.description, dataDigest: context.dataset.digest, cpu: machine.cpu,
            cores: machine.cores, transport: transport, clock: clock, branch: branch)
    }
}
