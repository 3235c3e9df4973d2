import Federation
internal import NIOCore
internal import Settings

extension HostedDevices {
    /// - Parameter clients: how many the worker hosts.
    init(from reader: inout MessageReader, clients: Int) throws(WireError) {
        let elapsed: UInt64 = try reader.integer("devices.elapsedMilliseconds", in: 0...Self.longest)
        let minutes: UInt16 = try reader.integer("devices.startMinute")
        guard let beginning = TimeOfDay(minutes: Int(minutes)) else {
            throw reader.invalid("devices.startMinute", "is \(minutes), and a day has 1440")
        }
        var devices: [Device] = []
        for _ in 0..<(try reader.count("devices", itemBytes: 6, limit: DeviceFleet.most)) {
            devices.append(
                try reader.choice("device") { (name, texts) throws(SettingMistake) in
                    guard name == Device.name else { throw SettingMistake(name: "device", text: name) }
                    return Device(try SettingValues(Device.settings, texts: texts))
                })
        }
        var places: [UInt8] = []
        if !devices.isEmpty {
            places.reserveCapacity(clients)
            for _ in 0..<clients {
                places.append(try reader.integer("devices.place", in: 0...UInt8(clamping: devices.count)))
            }
        }
        self.init(
            elapsed: .milliseconds(Int64(elapsed)), beginning: beginning, devices: devices, places: places)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(min(Self.longest, UInt64(clamping: elapsed.milliseconds)))
        buffer.writeField(UInt16(beginning.minutes))
        buffer.writeCount(devices.count)
        for device in devices { buffer.writeNamed(Device.name, device.values) }
        for place in places { buffer.writeField(place) }
    }

    /// Milliseconds of three hundred years.
    private static let longest: UInt64 = 10_000_000_000_000
}
