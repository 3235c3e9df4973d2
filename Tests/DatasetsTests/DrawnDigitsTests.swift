import Datasets
import Learning
import Parameters
import Testing

@Suite struct DrawnDigitsTests {
    /// They are a data set by name, and part of every result on it: they must never change.
    @Test(arguments: [(DrawnDigits.Split.train, "a1ede2017fd2"), (.test, "03249fb5be93")])
    func theyStayAsTheyAre(split: DrawnDigits.Split, digest: String) async throws {
        let digits = try await DrawnDigits.draw(1_000, split: split)
        #expect(ContentDigest(of: digits.images + digits.labels).short == digest)
    }

    /// Digit k does not depend on how many are drawn, nor on which thread draws it.
    @Test func fewerAreTheFirstOfMore() async throws {
        let many = try await DrawnDigits.draw(1_700, split: .train)
        let few = try await DrawnDigits.draw(123, split: .train)
        #expect(few.labels[...] == many.labels.prefix(123))
        #expect(few.images.elementsEqual(many.images.prefix(123 * 784)))
    }

    @Test func theyHaveTheLookOfDigits() async throws {
        let digits = try await DrawnDigits.draw(5_000, split: .train)
        #expect(digits.shape == .mnist)
        #expect(digits.classes == 10)
        let frequencies = (0..<10).map { label in digits.labels.count { $0 == label } }
        #expect(frequencies.allSatisfy { (400...600).contains($0) })
        // MNIST: 0.131 on the mean, and 19 % of the pixels have ink.
        let mean = digits.images.reduce(0) { $0 + Double($1) } / Double(digits.images.count) / 255
        #expect((0.09...0.16).contains(mean))
        for example in 0..<digits.count {
            let image = digits.images[example * 784..<(example + 1) * 784]
            #expect(image.count { $0 > 100 } > 15)
            // Nothing at the rim but specks.
            #expect(image.prefix(28).count { $0 > 100 } <= 14)
        }
    }

    /// The nearest class mean gets many right, and far from all.
    @Test func theyAreNeitherHopelessNorTrivial() async throws {
        let train = try await DrawnDigits.draw(5_000, split: .train)
        let test = try await DrawnDigits.draw(1_000, split: .test)
        var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
        for (example, label) in train.labels.enumerated() {
            let weight = 1 / Float(train.labels.count { $0 == label })
            for pixel in 0..<784 {
                means[Int(label)][pixel] += Float(train.images[example * 784 + pixel]) * weight
            }
        }
        var right = 0
        for (example, label) in test.labels.enumerated() {
            let distances = means.map { mean in
                (0..<784).reduce(Float(0)) { sum, pixel in
                    let difference = Float(test.images[example * 784 + pixel]) - mean[pixel]
                    return sum + difference * difference
                }
            }
            let nearest = distances.indices.min { distances[$0] < distances[$1] }
            right += nearest == Int(label) ? 1 : 0
        }
        #expect((500...950).contains(right))
    }

    @Test func cancelling() async {
        let task = Task { try await DrawnDigits.draw(1_000_000, split: .train) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
