internal import FlotillaStorage

/// The tables of Notifications.
enum NotificationsSchema {
    static let migrations = MigrationSet(
        "notifications",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE recipients (
                    user_id TEXT NOT NULL PRIMARY KEY, email {blob}, name {blob}, language TEXT NOT NULL,
                    wants_email INTEGER NOT NULL, wants_push INTEGER NOT NULL, wants_sms INTEGER NOT NULL,
                    erased INTEGER NOT NULL
                );
                CREATE TABLE notices (
                    id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL, order_id TEXT NOT NULL,
                    template TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, caused_by TEXT NOT NULL,
                    created_at INTEGER NOT NULL, UNIQUE (order_id, template)
                );
                CREATE INDEX notices_by_user ON notices (user_id, id);
                CREATE TABLE notifications (
                    id TEXT NOT NULL PRIMARY KEY, notice_id TEXT NOT NULL, user_id TEXT NOT NULL,
                    channel TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, created_at INTEGER NOT NULL,
                    UNIQUE (notice_id, channel)
                );
                CREATE INDEX notifications_waiting ON notifications (user_id, id) WHERE state = 'waiting';
                """),
            // Letters were files once, written by activities. What those still had to do waits for the next run of
            // `give-up-waiting`, which sends it.
            .init(
                "letters",
                """
                CREATE TABLE letters (
                    position {identity}, notice_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, letter {blob} NOT NULL,
                    written_at INTEGER NOT NULL
                );
                UPDATE notifications SET state = 'waiting', created_at = 0 WHERE state = 'pending';
                DELETE FROM activities;
                """),
        ])
}
