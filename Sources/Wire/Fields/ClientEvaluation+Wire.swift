internal import Federation
internal import NIOCore

extension ClientEvaluation {
    /// f64 `holdout`, from 0 to below 1; u16 `fineTuneEpochs`, 0 where nothing is held out.
    init(from reader: inout MessageReader) throws(WireError) {
        let holdout = try reader.double("holdout", in: 0...1)
        guard holdout < 1 else { throw reader.invalid("holdout", "is 1, which leaves nothing to train on") }
        let most: UInt16 = holdout > 0 ? UInt16(Self.mostFineTuneEpochs) : 0
        self.init(holdout: holdout, fineTuneEpochs: Int(try reader.integer("fineTuneEpochs", in: 0...most)))
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(holdout)
        buffer.writeField(UInt16(clamping: fineTuneEpochs))
    }
}
