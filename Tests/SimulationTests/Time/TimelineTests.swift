import Federation
import Randomness
import Simulation
import Testing

@Suite struct TimelineTests {
    private func key(_ client: UInt32, round: UInt32 = 1, attempt: UInt32 = 1) -> UpdateKey {
        UpdateKey(round: round, client: ClientID(client), attempt: attempt)
    }

    private func drain(_ timeline: inout Timeline) -> [Timeline.Event] {
        var events: [Timeline.Event] = []
        while let next = timeline.next() {
            events.append(next.event)
            timeline.removeNext()
        }
        return events
    }

    @Test("Of what happens at once, updates come before trainings and these before timers, clients by their ids")
    func ties() {
        var timeline = Timeline()
        timeline.start(.round(1), until: .seconds(5))
        for client in [3, 1, 2] as [UInt32] { timeline.begin(key(client), until: .seconds(5)) }
        for client in [8, 7] as [UInt32] {
            timeline.begin(key(client), until: .seconds(1))
            timeline.schedule(.arrived(key(client)), of: key(client), at: .seconds(5))
        }
        #expect(
            drain(&timeline) == [
                .trained(key(7)), .trained(key(8)), .arrived(key(7)), .arrived(key(8)), .trained(key(1)),
                .trained(key(2)), .trained(key(3)), .timer(.round(1)),
            ])
    }

    @Test("Then devices come, then they go, and a timer that was started again has one end")
    func comings() {
        var timeline = Timeline()
        timeline.start(.round(1), until: .seconds(1))
        timeline.start(.round(1), until: .seconds(2))
        timeline.schedule(.cut(key(1)), of: key(1), at: .seconds(2))
        timeline.schedule(.vanished(key(2)), of: key(2), at: .seconds(2))
        timeline.expect(.switchedOff(ClientID(3), stretch: 0), at: .seconds(2))
        timeline.expect(.switchedOn(ClientID(4), stretch: 1), at: .seconds(2))
        timeline.expect(.back(ClientID(5)), at: .seconds(2))
        timeline.begin(key(6), until: .seconds(2))
        timeline.begin(key(7), until: .seconds(2))
        timeline.giveUp(key(7))
        #expect(
            drain(&timeline) == [
                .trained(key(6)), .back(ClientID(5)), .switchedOn(ClientID(4), stretch: 1),
                .switchedOff(ClientID(3), stretch: 0), .vanished(key(2)), .cut(key(1)), .timer(.round(1)),
            ])
    }

    @Test("What nobody waits for does not happen: timers that were stopped, updates of a round that is over")
    func ended() {
        var timeline = Timeline()
        timeline.start(.joining, until: .seconds(1))
        timeline.stop(.joining)
        timeline.begin(key(1), until: .seconds(2))
        timeline.begin(key(2), until: .seconds(3))
        #expect(timeline.nextToTrain() == key(1))
        timeline.endCollection()
        #expect(timeline.nextToTrain() == nil && timeline.next() == nil)
        timeline.begin(key(2, round: 2), until: .seconds(4))
        #expect(timeline.nextToTrain() == key(2, round: 2))
        #expect(drain(&timeline) == [.trained(key(2, round: 2))])
    }

    @Test("Whatever comes in whatever order, time does not go back")
    func order() throws {
        for seed in 0..<200 as Range<UInt64> {
            var stream = RandomStream(seed: seed, purpose: .devices)
            var timeline = Timeline()
            var now = Duration.zero
            var expected: [Duration] = []
            var passed: [Duration] = []
            for client in 0..<200 as Range<UInt32> {
                let time = now + .milliseconds(Int64(stream.next() % 50))
                timeline.begin(key(client), until: time)
                expected.append(time)
                if stream.next() % 3 == 0, let next = timeline.next() {
                    #expect(next.time >= now)
                    now = next.time
                    passed.append(now)
                    timeline.removeNext()
                }
            }
            while let next = timeline.next() {
                passed.append(next.time)
                timeline.removeNext()
            }
            #expect(passed == expected.sorted())
        }
    }
}
