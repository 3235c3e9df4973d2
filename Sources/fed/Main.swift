import ClientProgram
import CoordinatorProgram
import Foundation

/// One file can be all three programs: `fed` is `fed-coordinator` or `fed-client` where a link of that name calls it.
@main
enum Main {
    static func main() async {
        switch URL(filePath: CommandLine.arguments.first ?? "").lastPathComponent {
        case "fed-coordinator": await FedCoordinator.main()
        case "fed-client": await FedClient.main()
        default: await Fed.main()
        }
    }
}
