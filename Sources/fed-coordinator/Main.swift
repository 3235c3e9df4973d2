import CoordinatorProgram

@main
enum Main {
    static func main() async {
        await FedCoordinator.main()
    }
}
