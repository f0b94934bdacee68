#ifndef FLOTILLA_SIMULATED_DISK_H
#define FLOTILLA_SIMULATED_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The disk of one simulated machine: files by path, in memory, offered to SQLite as a VFS of its own.
//
// Every file has what reads see (its volatile content) and what a power failure leaves for certain
// (its durable content: as of the last sync). After a crash a file is its durable content plus any
// subset, drawn from a seed, of the sectors written since. A sector is never mixed: it has the old
// bytes or the new ones, so bytes that were not written are never harmed (what SQLite calls
// powersafe overwrite, which its own VFS for Unix claims as well; nothing else is claimed).
//
// All functions may be called from any thread; a lock per disk sees to it. SQLite has to be
// initialised before the first disk is made.
typedef struct simulated_disk simulated_disk;

// What was done since the disk was made.
typedef struct {
    uint64_t reads;
    uint64_t writes;          // Truncations and deletions included.
    uint64_t syncs;           // Those that were ignored included.
    uint64_t bytes_written;
    uint64_t read_errors;     // Faults given, by kind.
    uint64_t write_errors;
    uint64_t sync_errors;
    uint64_t full_errors;
    uint64_t ignored_syncs;
    uint64_t dead_operations; // Attempts over handles of before a crash, or while the power is off.
    uint64_t crashes;
    uint64_t sectors_kept;    // Unsynced sectors that a crash left, and those it took.
    uint64_t sectors_lost;
    uint64_t late_writes;     // Writes and syncs that took effect over handles of before a crash: none, or a defect.
} simulated_disk_statistics;

// Operations that can be made to fail; a set of them.
enum {
    SIMULATED_DISK_READ = 1,
    SIMULATED_DISK_WRITE = 2, // Truncations and deletions included.
    SIMULATED_DISK_SYNC = 4,
};

// Makes an empty disk and registers its VFS. `sector_bytes` is what a crash keeps or loses as one:
// a power of two from 512 to 65536. NULL when there is no memory or SQLite refuses the VFS.
simulated_disk *simulated_disk_create(uint64_t seed, uint32_t sector_bytes);

// Unregisters the VFS. Handles that are still open are dead from then on and may be closed later;
// the memory goes with the last of them.
void simulated_disk_destroy(simulated_disk *disk);

// The name to open databases with; lives as long as the disk.
const char *simulated_disk_vfs_name(const simulated_disk *disk);

// What SQLite takes for the time, in milliseconds since 1970; 0 until it is set.
void simulated_disk_set_time(simulated_disk *disk, int64_t unix_milliseconds);

// SQLite draws the salts of its logs from one generator for the whole process, which never asks the
// VFS of a database. This seeds it, so that one simulation in a process repeats to the byte.
// 0 gives it back to the host's randomness.
void simulated_disk_seed_sqlite(uint32_t seed);

// MARK: Power

// The power fails and comes back: what was not synced is lost in part or in whole, as `seed` decides;
// locks and shared memory are gone; every handle opened before answers SQLITE_IOERR for ever.
// False when there was no memory for it.
bool simulated_disk_crash(simulated_disk *disk, uint64_t seed);

// The power fails in the middle of the `operations`-th write or sync from now, and stays off until
// `simulated_disk_crash` settles the contents. 0 takes it back.
void simulated_disk_crash_after(simulated_disk *disk, uint64_t operations);

// The power fails and stays off until `simulated_disk_crash` settles the contents: whatever is done
// meanwhile, over old handles or new ones, is refused.
void simulated_disk_power_off(simulated_disk *disk);

// Whether the power is off.
bool simulated_disk_has_crashed(simulated_disk *disk);

// MARK: Faults

// Bytes that all files may have together; what would grow beyond is refused with SQLITE_FULL.
// UINT64_MAX for no limit. A disk that is over its new limit keeps what it has.
void simulated_disk_limit(simulated_disk *disk, uint64_t bytes);

// The next `times` operations of the kinds in `operations`, on files whose paths end with `ending`,
// fail; 0 times: all, until the faults are cleared. Takes the place of an earlier rule for the same
// operations and ending. False when there are too many rules already or `ending` is too long (16
// rules, 255 bytes).
bool simulated_disk_fail(simulated_disk *disk, unsigned operations, const char *ending, uint64_t times);

// Takes back all rules of `simulated_disk_fail`, the limit, and a crash that was announced.
void simulated_disk_clear_faults(simulated_disk *disk);

// A disk that lies: syncs succeed and nothing becomes durable.
void simulated_disk_ignore_syncs(simulated_disk *disk, bool ignores);
bool simulated_disk_ignores_syncs(simulated_disk *disk);

// A machine that is not shut out: a crash takes nothing from it, and who had files open goes on with them, beside
// whoever opens them anew. To be set before anything is opened.
void simulated_disk_unfence(simulated_disk *disk, bool is_unfenced);
bool simulated_disk_is_unfenced(simulated_disk *disk);

// MARK: Looking at it

simulated_disk_statistics simulated_disk_get_statistics(simulated_disk *disk);

// Bytes of all files together, as reads see them.
uint64_t simulated_disk_bytes_used(simulated_disk *disk);

// How many files have a name.
size_t simulated_disk_file_count(simulated_disk *disk);

// Copies the path of the `index`-th file, in order of creation, with a NUL at its end. Its length;
// -1 when there is no such file or the buffer is too small.
int64_t simulated_disk_path(simulated_disk *disk, size_t index, char *buffer, size_t buffer_bytes);

// Copies a file's bytes as reads see them, at most `buffer_bytes`. Its length; -1 when there is no such file.
int64_t simulated_disk_contents(simulated_disk *disk, const char *path, void *buffer, size_t buffer_bytes);

// A number that two files share when they have the same bytes, and hardly otherwise; 0 when there is no such file.
uint64_t simulated_disk_content_hash(simulated_disk *disk, const char *path);

// Writes a file's bytes to a file of the host. False when there is no such file or the host refuses.
bool simulated_disk_export(simulated_disk *disk, const char *path, const char *host_path);

#endif
