import ClientProgram

@main
enum Main {
    static func main() async {
        await FedClient.main()
    }
}
