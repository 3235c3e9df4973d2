import Testing
import Wire

@Suite struct UpdateOfferTests {
    @Test func golden() throws {
        try Golden.check("update-offer", .updateOffer(UpdateOffer(header: Samples.updateHeader(byteCount: 487_720))))
    }

    @Test func impossibleValuesAreRefused() {
        let offer = Message.updateOffer(UpdateOffer(header: Samples.updateHeader()))
        #expect(offer.refusal(with: 0 as UInt32, at: 8) == .invalidValue)  // attempt
        #expect(offer.refusal(with: 0 as UInt64, at: 17) == .invalidValue)  // byteCount
    }
}
