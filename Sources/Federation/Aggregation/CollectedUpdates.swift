import Learning
import Parameters

/// The updates of a round, for a ``RobustRule``: a row for each, in whatever order they came.
struct CollectedUpdates: Sendable {
    let rule: any RobustRule
    private var storage: any UpdateStorage
    private var clients: [ClientID] = []
    /// Why a row could not be kept; the round has no model then.
    private var failure: (any Error)?

    /// The work is cut into as many shares at most, whatever the number of threads: sums are taken within a share, then over
    /// the shares.
    private static let shares = 16

    init(rule: any RobustRule, storage: any UpdateStorage) {
        self.rule = rule
        self.storage = storage
    }

    mutating func append(_ update: ParameterVector, of client: ClientID) {
        clients.append(client)
        do {
            try storage.append(update)
        } catch {
            failure = failure ?? error
        }
    }

    mutating func removeAll() {
        clients.removeAll(keepingCapacity: true)
        failure = nil
        storage.removeAll()
    }

    /// What the rule makes of the updates.
    ///
    /// - Parameters:
    ///   - weights: of the updates, in the order of client ids.
    ///   - server: the model that the round began with, and the state.
    ///   - root: what the server has trained itself.
    /// - Throws: when an update could not be kept or read, or the task is cancelled.
    func combined(
        weights: [Int], _ server: Parts, root: ParameterVector?, on threads: TrainingThreads
    ) async throws -> ParameterVector {
        if let failure { throw failure }
        let model = server[vector: "model"]
        let work = Work(
            storage: storage, rows: clients.indices.sorted { clients[$0] < clients[$1] }, model: model,
            anchor: root.map { $0.combined(with: model) { root, model in root - model } }
                ?? rule.anchor.map { server[vector: $0] })
        let points = work.rows.count + (work.anchor == nil ? 0 : 1)
        var products: [Double] = []
        if rule.needsGeometry {
            let measured =
                rule.history.map {
                    Work(table: server[table: $0], rows: work.rows.map { Int(clients[$0].rawValue) })
                } ?? work
            let shares = Self.shares(of: measured.model.layout.count)
            products = [Double](repeating: 0, count: points * points)
            for part in try await threads.map(shares.count, { try measured.products(in: shares[$0]) }) {
                for index in products.indices { products[index] += part[index] }
            }
        }
        let combination = rule.combination(
            of: UpdateGeometry(weights: weights, products: products, points: points))
        var result = ParameterVector(zerosFor: model.layout)
        let shares = Self.shares(of: model.layout.count)
        let parts = try await threads.map(shares.count) { try work.carryOut(combination, in: shares[$0]) }
        result.withMutableValues { values in
            for (range, part) in zip(shares, parts) { _ = values[range].update(fromContentsOf: part) }
        }
        return result
    }

    /// A table of the server's state with the updates added to it: the difference of each from the model in the output layer to
    /// its client's row.
    ///
    /// - Throws: when an update could not be kept or read, or comes from a client that there is none of.
    func remembering(_ server: Parts, in table: String) throws -> ParameterVector {
        if let failure { throw failure }
        let model = server[vector: "model"]
        let layer = StrategyParts.outputLayer(of: model.layout)
        var history = server[table: table]
        var block = RowBlock(rows: 1)
        for (row, client) in clients.enumerated() {
            // One row after the other, so that in which order is all the same.
            let start = Int(client.rawValue) * layer.count
            guard start + layer.count <= history.layout.count else { throw AggregationError.unknownClient(client) }
            for columns in Work.blocks(of: layer) {
                try block.withRow(0) { values in
                    try storage.copy(row: row, columns, to: values)
                    let place = start + columns.lowerBound - layer.lowerBound
                    history.withMutableValues { history in
                        model.withValues { model in
                            for index in 0..<columns.count {
                                history[place + index] += values[index] - model[columns.lowerBound + index]
                            }
                        }
                    }
                }
            }
        }
        return history
    }

    /// Ranges of columns, each but the last of whole blocks.
    static func shares(of columns: Int) -> [Range<Int>] {
        let blocks = (columns + RowBlock.columns - 1) / RowBlock.columns
        let count = min(shares, blocks)
        return (0..<count).map { share in
            let end = (share + 1) * blocks / count * RowBlock.columns
            return share * blocks / count * RowBlock.columns..<min(end, columns)
        }
    }
}

extension CollectedUpdates {
    /// What threads do with some of the columns.
    private struct Work: Sendable {
        let storage: any UpdateStorage
        /// Those of the storage, in the order of client ids.
        let rows: [Int]
        let model: ParameterVector
        let anchor: ParameterVector?

        init(storage: any UpdateStorage, rows: [Int], model: ParameterVector, anchor: ParameterVector?) {
            self.storage = storage
            self.rows = rows
            self.model = model
            self.anchor = anchor
        }

        /// Rows of a table instead of updates, measured from zero.
        init(table: ParameterVector, rows: [Int]) {
            let layout = ParameterLayout([("row", [table.layout.tensors[0].shape[1]])])
            var storage = UpdatesInMemory()
            for row in rows {
                let range = row * layout.count..<(row + 1) * layout.count
                storage.append(ParameterVector(layout: layout, values: table.withValues { Array($0[range]) }))
            }
            self.init(
                storage: storage, rows: Array(rows.indices), model: ParameterVector(zerosFor: layout), anchor: nil)
        }

        /// The inner products of the updates' differences, and of the anchor, over some columns.
        func products(in share: Range<Int>) throws -> [Double] {
            let points = rows.count + (anchor == nil ? 0 : 1)
            var sums = [Double](repeating: 0, count: points * points)
            var block = RowBlock(rows: points)
            for columns in Self.blocks(of: share) {
                for (place, row) in rows.enumerated() {
                    try block.withRow(place) { values in
                        try storage.copy(row: row, columns, to: values)
                        model.withValues { model in
                            for index in 0..<columns.count { values[index] -= model[columns.lowerBound + index] }
                        }
                    }
                }
                if let anchor {
                    block.withRow(rows.count) { values in
                        anchor.withValues { _ = values.update(fromContentsOf: $0[columns]) }
                    }
                }
                block.addInnerProducts(columns: columns.count, to: &sums)
            }
            return sums
        }

        /// The combination's values in some columns.
        func carryOut(_ combination: Combination, in share: Range<Int>) throws -> [Float] {
            switch combination {
            case .linear(let coefficients, let anchorCoefficient):
                try linear(coefficients, anchorCoefficient, in: share)
            case .coordinates(let rule, let chosen): try coordinates(rule, of: chosen, in: share)
            }
        }

        private func linear(_ coefficients: [Double], _ anchorCoefficient: Double, in share: Range<Int>) throws
            -> [Float]
        {
            var result: [Float] = []
            result.reserveCapacity(share.count)
            var block = RowBlock(rows: 1)
            var sums = [Double](repeating: 0, count: RowBlock.columns)
            for columns in Self.blocks(of: share) {
                sums.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
                // What has no part in the result need not be read.
                for (place, row) in rows.enumerated() where coefficients[place] != 0 {
                    try block.withRow(0) { values in
                        try storage.copy(row: row, columns, to: values)
                        model.withValues { model in
                            sums.withUnsafeMutableBufferPointer { sums in
                                for index in 0..<columns.count {
                                    let difference = Double(values[index]) - Double(model[columns.lowerBound + index])
                                    sums[index] += coefficients[place] * difference
                                }
                            }
                        }
                    }
                }
                if let anchor, anchorCoefficient != 0 {
                    anchor.withValues { anchor in
                        for index in 0..<columns.count {
                            sums[index] += anchorCoefficient * Double(anchor[columns.lowerBound + index])
                        }
                    }
                }
                model.withValues { model in
                    for index in 0..<columns.count {
                        result.append(Float(Double(model[columns.lowerBound + index]) + sums[index]))
                    }
                }
            }
            return result
        }

        private func coordinates(_ rule: CoordinateRule, of chosen: [Int], in share: Range<Int>) throws -> [Float] {
            var result: [Float] = []
            result.reserveCapacity(share.count)
            var block = RowBlock(rows: chosen.count)
            var sums = [Double](repeating: 0, count: RowBlock.columns)
            for columns in Self.blocks(of: share) {
                for (place, index) in chosen.enumerated() {
                    try block.withRow(place) { try storage.copy(row: rows[index], columns, to: $0) }
                }
                block.sortColumns(columns.count)
                block.withRows { rule.apply(to: $0, rows: chosen.count, columns: columns.count, &sums) }
                for index in 0..<columns.count { result.append(Float(sums[index])) }
            }
            return result
        }

        static func blocks(of share: Range<Int>) -> [Range<Int>] {
            stride(from: share.lowerBound, to: share.upperBound, by: RowBlock.columns).map {
                $0..<min($0 + RowBlock.columns, share.upperBound)
            }
        }
    }
}

extension CoordinateRule {
    /// - Parameters:
    ///   - sorted: columns in ascending order; rows begin `RowBlock.columns` apart.
    ///   - result: a value for each column.
    fileprivate func apply(
        to sorted: UnsafeBufferPointer<Float>, rows: Int, columns: Int, _ result: inout [Double]
    ) {
        switch self {
        case .median:
            // The mean of the one in the middle is that one.
            Self.mean(of: (rows - 1) / 2..<rows / 2 + 1, sorted, columns, &result)
        case .trimmedMean(let cut):
            Self.mean(of: cut..<rows - cut, sorted, columns, &result)
        case .meanAroundMedian(let count):
            Self.mean(of: (rows - 1) / 2..<rows / 2 + 1, sorted, columns, &result)
            for column in 0..<columns {
                func value(_ row: Int) -> Double { Double(sorted[row * RowBlock.columns + column]) }
                var (first, last) = (0, rows - 1)
                while last - first + 1 > count {
                    if result[column] - value(first) > value(last) - result[column] { first += 1 } else { last -= 1 }
                }
                var sum = 0.0
                for row in first...last { sum += value(row) }
                result[column] = sum / Double(count)
            }
        }
    }

    private static func mean(
        of rows: Range<Int>, _ sorted: UnsafeBufferPointer<Float>, _ columns: Int, _ result: inout [Double]
    ) {
        result.withUnsafeMutableBufferPointer { result in
            result.update(repeating: 0)
            for row in rows {
                let values = UnsafeBufferPointer(rebasing: sorted[(row * RowBlock.columns)...].prefix(columns))
                for column in 0..<columns { result[column] += Double(values[column]) }
            }
            for column in 0..<columns { result[column] /= Double(rows.count) }
        }
    }
}
