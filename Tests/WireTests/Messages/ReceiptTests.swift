import Testing
import Wire

@Suite struct ReceiptTests {
    @Test(
        arguments: [
            ("accepted", .accepted, ""), ("duplicate", .duplicate, "attempt 1 counts"),
            ("late", .late, "round 7 is closed"), ("rejected", .rejected, "values are not finite"),
        ] as [(String, Receipt.Outcome, String)])
    func golden(name: String, outcome: Receipt.Outcome, text: String) throws {
        try Golden.check("receipt-\(name)", .receipt(Receipt(key: Samples.key, outcome: outcome, text: text)))
    }

    @Test func impossibleValuesAreRefused() {
        let receipt = Message.receipt(Receipt(key: Samples.key, outcome: .accepted))
        #expect(receipt.refusal(with: 0 as UInt8, at: 12) == .invalidValue)
        #expect(receipt.refusal(with: 5 as UInt8, at: 12) == .invalidValue)
    }
}
