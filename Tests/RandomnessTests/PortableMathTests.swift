import Foundation
import Randomness
import Testing

@Suite struct PortableMathTests {
    @Test("They agree with the C library's to a few units in the last place")
    func agrees() {
        var stream = RandomStream(seed: 1, purpose: .jitter)
        for _ in 0..<20_000 {
            let x = exp((stream.uniform() - 0.5) * 200)
            #expect(abs(PortableMath.log(x) - log(x)) <= 4e-16 * max(1, abs(log(x))))
            let y = (stream.uniform() - 0.5) * 1400
            #expect(abs(PortableMath.exp(y) / exp(y) - 1) <= 4e-16)
            let q = stream.uniform() * 5
            let base = stream.uniform() * 10 + 1e-6
            #expect(abs(PortableMath.pow(base, q) / pow(base, q) - 1) <= 2e-14)
            let turn = stream.uniform()
            #expect(abs(PortableMath.cosPi(turn) - cos(.pi * turn)) <= 5e-16)
        }
    }

    @Test("The ends")
    func ends() {
        #expect(PortableMath.log(1) == 0 && PortableMath.exp(0) == 1)
        #expect(PortableMath.exp(-800) == 0 && PortableMath.exp(800) == .infinity)
        #expect(PortableMath.exp(709) > 8e307 && PortableMath.exp(-740) > 0)
        #expect(PortableMath.pow(3, 1) == 3 && PortableMath.pow(0, 2) == 0 && PortableMath.pow(0, 0) == 1)
        #expect(PortableMath.cosPi(0) == 1 && PortableMath.cosPi(0.5) == 0 && PortableMath.cosPi(1) == -1)
    }
}
