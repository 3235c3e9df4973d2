import Parameters
import Testing

@Suite struct PartsTests {
    private let model = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    @Test("A single vector is the model's layout, with its digest")
    func single() {
        let layout = PartsLayout(model, vectors: ["parameters"])
        #expect(layout.combined == model)
        let vector = ParameterVector(layout: model, values: [1, 2, 3, 4, 5, 6])
        var parts = Parts(zerosFor: layout)
        parts[vector: "parameters"] = vector
        #expect(parts[vector: "parameters"] == vector && parts.digest == vector.digest)
        #expect(parts.rememberingDigest().digest == vector.digest)
    }

    @Test("Several vectors lie one after the other, with their names before those of the tensors")
    func several() {
        let layout = PartsLayout(model, vectors: ["model", "control"], scalars: ["a", "b"])
        #expect(layout.combined.count == 12)
        #expect(
            layout.combined.tensors.map(\.name) == ["model/weight", "model/bias", "control/weight", "control/bias"])
        #expect(layout.range(of: "control") == 6..<12)
        var parts = Parts(zerosFor: layout)
        let vector = ParameterVector(layout: model, values: [1, 2, 3, 4, 5, 6])
        parts[vector: "control"] = vector
        parts[scalar: "b"] = 0.5
        #expect(parts[vector: "control"] == vector && parts[vector: "model"] == ParameterVector(zerosFor: model))
        #expect(parts.values.values == [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])
        #expect(parts.scalars == [0, 0.5] && parts[scalar: "a"] == 0)
        parts.withMutableValues(of: "model") { $0[5] = 9 }
        #expect(parts.withValues(of: "model") { Array($0) } == [0, 0, 0, 0, 0, 9])
    }

    @Test("Tables lie after the vectors, a row after the other, and are part of the digest")
    func tables() {
        let table = PartsLayout.Table(name: "history", rows: 3, columns: 2)
        let layout = PartsLayout(model, vectors: ["model"], scalars: ["a"], tables: [table])
        #expect(layout.combined.count == 12)
        #expect(layout.combined.tensors.map(\.name) == ["model/weight", "model/bias", "history"])
        #expect(layout.combined.tensors.last?.shape == [3, 2])
        var parts = Parts(zerosFor: layout)
        let before = parts.rememberingDigest()
        let vector = ParameterVector(layout: model, values: [1, 2, 3, 4, 5, 6])
        parts[vector: "model"] = vector
        let rows = ParameterVector(layout: table.layout, values: [7, 8, 9, 10, 11, 12])
        parts[table: "history"] = rows
        #expect(parts[vector: "model"] == vector && parts[table: "history"] == rows)
        #expect(parts.values.values == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map { Float($0) })
        #expect(parts.digest != before.digest)
        // What has the model alone is the model's vector, and the other way round nothing is lost.
        let alone = parts.selecting(PartsLayout(model, vectors: ["model"]))
        #expect(alone.values == vector)
        #expect(parts.selecting(PartsLayout(model, vectors: ["model"], tables: [table]))[table: "history"] == rows)
    }

    @Test("The digest is SHA-256 of the vectors' bytes and the numbers' after them")
    func digest() {
        let layout = PartsLayout(ParameterLayout([("x", [1])]), vectors: ["one"], scalars: ["n"])
        var parts = Parts(zerosFor: layout)
        parts.withMutableValues(of: "one") { $0[0] = 1 }
        parts[scalar: "n"] = -2
        #expect(parts.digest == ContentDigest(of: [0, 0, 0x80, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0]))
        #expect(parts.isFinite)
        parts[scalar: "n"] = .nan
        #expect(!parts.isFinite)
    }
}
