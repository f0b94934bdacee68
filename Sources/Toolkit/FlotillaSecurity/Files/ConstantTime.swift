/// Whether both are the same bytes, in a time that depends on their length only: the time taken must not tell an
/// attacker how much of a guess was right.
func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
