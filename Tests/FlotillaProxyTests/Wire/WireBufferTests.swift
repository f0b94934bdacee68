internal import FlotillaProxy
internal import Testing

@Suite struct WireBufferTests {
    private func text(_ buffer: borrowing WireBuffer) -> String {
        String(decoding: buffer.readable, as: UTF8.self)
    }

    @Test("what is appended is read in order, across growth and consumption")
    func order() {
        var buffer = WireBuffer()
        var expected = ""
        for round in 0..<200 {
            buffer.append(text: "piece \(round);")
            expected += "piece \(round);"
            if round % 3 == 0 {
                buffer.consume(5)
                expected.removeFirst(5)
            }
        }
        #expect(text(buffer) == expected)
        let all = buffer.count
        buffer.consume(all)
        let isEmpty = buffer.isEmpty
        #expect(isEmpty)
        let capacity = buffer.capacity
        #expect(capacity >= all)
    }

    @Test("numbers are written as Swift writes them", arguments: [0, 1, 9, 10, 99, 100, 12_345, 1 << 40, .max, .min,
    -7])
    func numbers(_ number: Int) {
        var buffer = WireBuffer()
        buffer.append(decimal: number)
        #expect(text(buffer) == String(number))
        guard number >= 0 else { return }
        buffer.removeAll()
        buffer.append(hexadecimal: number)
        #expect(text(buffer) == String(number, radix: 16))
    }

    @Test("a queue that is written and read in turns keeps its memory")
    func steady() {
        var buffer = WireBuffer(capacity: 1024)
        for _ in 0..<1_000 {
            buffer.append(text: String(repeating: "x", count: 300))
            buffer.consume(300)
        }
        let capacity = buffer.capacity
        #expect(capacity == 1024)
        buffer.append("kept, and taken back")
        buffer.truncate(to: 4)
        #expect(text(buffer) == "kept")
        buffer.release()
        let left = (buffer.capacity, buffer.count)
        #expect(left == (0, 0))
    }
}
