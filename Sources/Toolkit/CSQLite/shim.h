#ifndef FLOTILLA_CSQLITE_SHIM_H
#define FLOTILLA_CSQLITE_SHIM_H
#include <sqlite3.h>

// sqlite3_config is variadic, which Swift cannot call. Memory statistics cost a global lock on
// every allocation and nothing here reads them. Has to run before the first connection is opened.
static inline int flotilla_sqlite_start(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return sqlite3_initialize();
}

// SQLITE_TRANSIENT is a cast macro, which Swift cannot see: SQLite copies the bytes.
static inline int flotilla_bind_text(sqlite3_stmt *statement, int index, const char *text, int bytes) {
    return sqlite3_bind_text(statement, index, text, bytes, SQLITE_TRANSIENT);
}

static inline int flotilla_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
#endif
