internal import Foundation

extension [UInt8] {
    /// Where `needle` begins, each time; occurrences do not overlap.
    func offsets(of needle: String) -> [Int] {
        let wanted = Array(needle.utf8)
        guard !wanted.isEmpty, count >= wanted.count else { return [] }
        var found: [Int] = []
        withUnsafeBytes { hay in
            wanted.withUnsafeBytes { needle in
                guard let base = hay.baseAddress, let pattern = needle.baseAddress else { return }
                let first = Int32(wanted[0])
                let last = hay.count - wanted.count
                var start = 0
                // The C library looks for the first byte, a machine word at a time; few places remain to compare.
                while start <= last, let hit = memchr(base + start, first, last - start + 1) {
                    let offset = UnsafeRawPointer(hit) - base
                    if memcmp(hit, pattern, wanted.count) == 0 {
                        found.append(offset)
                        start = offset + wanted.count
                    } else {
                        start = offset + 1
                    }
                }
            }
        }
        return found
    }

    /// Where `needle` begins as a word or words of their own: what stands before and after continues no name.
    func offsets(ofWord needle: String) -> [Int] {
        let startsInWord = needle.utf8.first.map(Byte.isWord) ?? false
        let endsInWord = needle.utf8.last.map(Byte.isWord) ?? false
        return offsets(of: needle).filter { offset in
            let end = offset + needle.utf8.count
            let freeBefore = !startsInWord || offset == 0 || !Byte.isWord(self[offset - 1])
            let freeAfter = !endsInWord || end == count || !Byte.isWord(self[end])
            return freeBefore && freeAfter
        }
    }
}
