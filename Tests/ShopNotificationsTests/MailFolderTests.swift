internal import FlotillaCore
internal import FlotillaTesting
internal import Foundation
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

@Suite("The mail folder") struct MailFolderTests {
    private let temporary: TemporaryFolder
    private let folder: MailFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = try MailFolder(path: temporary.path(of: "notifications/mail"))
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("a letter is one file, named for its notification, for its owner's eyes only")
    func put() throws {
        try folder.put(NotificationID(unchecked: "N1"), Array("hello".utf8))
        #expect(try names() == ["N1.eml"])
        #expect(try temporary.contents().map(\.bytes) == [Array("hello".utf8)])
        #expect(try mode(folder.file(of: NotificationID(unchecked: "N1"))) == 0o600)
        #expect(try mode(folder.path) == 0o700)
    }

    @Test("the same letter again takes the place of the first, and a try that broke off leaves nothing")
    func replace() throws {
        let id = NotificationID(unchecked: "N1")
        try Data("half a let".utf8).write(to: URL(fileURLWithPath: folder.path + "/.N1.partial"))
        try folder.put(id, Array("a long letter".utf8))
        try folder.put(id, Array("short".utf8))
        #expect(try names() == ["N1.eml"])
        #expect(try temporary.contents().map(\.bytes) == [Array("short".utf8)])
    }

    @Test("an empty letter and a large one are written whole")
    func sizes() throws {
        let large = SeededRandom(seed: 3).bytes(3_000_000)
        try folder.put(NotificationID(unchecked: "A"), [])
        try folder.put(NotificationID(unchecked: "B"), large)
        #expect(try temporary.contents().map(\.bytes) == [[], large])
    }

    @Test("a letter is removed, and removing it again is no error")
    func remove() throws {
        let id = NotificationID(unchecked: "N1")
        try folder.put(id, [1])
        try folder.remove(id)
        try folder.remove(id)
        #expect(try names().isEmpty)
    }

    @Test("the oldest letters go, other files stay")
    func tidy() throws {
        for number in [3, 1, 5, 2, 4] { try folder.put(NotificationID(unchecked: "N\(number)"), [1]) }
        try Data().write(to: URL(fileURLWithPath: folder.path + "/notes.txt"))
        #expect(try folder.tidy(keeping: 2) == 3)
        #expect(try names() == ["N4.eml", "N5.eml", "notes.txt"])
        #expect(try folder.tidy(keeping: 2) == 0)
        #expect(try folder.tidy(keeping: 0) == 2)
    }

    @Test("a folder that is gone is an error worth another try")
    func gone() throws {
        try folder.check()
        try FileManager.default.removeItem(atPath: folder.path)
        let error = #expect(throws: ServiceError.self) { try folder.put(NotificationID(unchecked: "N1"), [1]) }
        #expect(error?.slug == "mail-folder")
        #expect(error?.isRetryable == true)
        #expect(throws: ServiceError.self) { try folder.check() }
        #expect(throws: ServiceError.self) { try folder.tidy(keeping: 1) }
    }

    @Test("a place where no folder can be is named")
    func impossible() throws {
        try Data().write(to: URL(fileURLWithPath: temporary.path(of: "file")))
        let error = #expect(throws: ServiceError.self) { try MailFolder(path: temporary.path(of: "file/mail")) }
        #expect(error?.detail.contains("file/mail") == true)
    }
}
