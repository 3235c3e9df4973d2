import Diagnostics
import Testing

@Suite struct ControlsTests {
    @Test("Text of others cannot command the terminal") func controls() {
        #expect("a\u{1B}[2Jb\u{7}".withoutControls == "a\u{FFFD}[2Jb\u{FFFD}")
        #expect("a\r\nb\tc".withoutControls == "a\u{FFFD} b c")
        #expect("a\u{9B}31mb\u{202E}c".withoutControls == "a\u{FFFD}31mb\u{FFFD}c")
        #expect("gewöhnlich 漢".withoutControls == "gewöhnlich 漢")
    }

    @Test("Nor begin a line of a log") func lines() {
        #expect("a\u{2028}b\u{2029}c\u{85}d".withoutControls == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
        #expect("a\nb".hasControls && !"gewöhnlich 漢".hasControls)
    }
}
