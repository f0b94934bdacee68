#ifndef FLOTILLA_SIMULATED_DISK_PARTS_H
#define FLOTILLA_SIMULATED_DISK_PARTS_H

#include <pthread.h>
#include <sqlite3.h>

#include "simulated_disk.h"

// The parts of a disk. Everything here is used with the disk's lock held, unless it says otherwise.

#define SD_RULES_MAX 16
#define SD_ENDING_BYTES_MAX 255
#define SD_PATH_BYTES_MAX 1024
#define SD_NO_UNDO UINT32_MAX

typedef struct sd_file sd_file;
typedef struct sd_handle sd_handle;

// MARK: Randomness

// SplitMix64.
typedef struct {
    uint64_t state;
} sd_random;

uint64_t sd_random_next(sd_random *random);
// A number from 0 to below `bound`, which is not 0.
uint64_t sd_random_below(sd_random *random, uint64_t bound);

// MARK: Files

// A sector that was changed since the last sync.
typedef struct {
    uint32_t sector;
    // Where its durable bytes are in `undo`, in sectors; SD_NO_UNDO when it has none.
    uint32_t undo;
} sd_dirty;

typedef enum {
    SD_LINKED,   // Has its name in the folder.
    SD_GHOST,    // Deleted, but the folder was not synced since: may come back at a crash.
    SD_UNLINKED, // Deleted, or never had a name: gone with its last handle.
} sd_entry;

// A file. The durable content is not kept as such: it is the volatile content with the sectors in
// `dirty` put back, so that a write copies a sector once between two syncs and only where it has
// durable bytes at all. Logs grow at their ends, so most writes copy nothing but their own bytes.
struct sd_file {
    simulated_disk *disk;
    sd_file *next; // In order of creation.
    char *path;    // NULL for a temporary file.
    sd_entry entry;
    // Whether the name survives a crash for certain.
    bool is_entry_durable;
    // Whether its bytes count as used.
    bool is_counted;
    int handles;

    uint8_t *bytes;
    uint64_t size;
    uint64_t capacity;

    uint64_t durable_size;
    // The smallest size since the last sync: what is beyond it was cut off at some time.
    uint64_t lowest_size;
    sd_dirty *dirty;
    uint32_t dirty_count, dirty_capacity;
    // One bit for each sector in `dirty`.
    uint64_t *dirty_bits;
    uint64_t dirty_bits_words;
    uint8_t *undo;
    uint32_t undo_count, undo_capacity;

    // File locks, as SQLite means them.
    int shared_locks;
    sd_handle *reserved, *pending, *exclusive;
    struct sd_shm *shm;
};

// All of these give an SQLite code.
int sd_file_read(sd_file *file, void *buffer, uint64_t count, uint64_t offset);
int sd_file_write(sd_file *file, const void *buffer, uint64_t count, uint64_t offset);
int sd_file_truncate(sd_file *file, uint64_t size);
void sd_file_sync(sd_file *file);
// Makes the file what a crash leaves of it.
int sd_file_settle(sd_file *file, sd_random *random);
void sd_file_free(sd_file *file);

// MARK: The folder

sd_file *sd_folder_find(simulated_disk *disk, const char *path);
// NULL when there is no memory. `path` NULL: a temporary file.
sd_file *sd_folder_create(simulated_disk *disk, const char *path);
void sd_folder_delete(sd_file *file, bool is_durable);
// What was created and deleted in the folder of `path` is so for good.
void sd_folder_sync(simulated_disk *disk, const char *path);
// The last handle of a file has gone.
void sd_folder_released(sd_file *file);
// Decides which names a crash leaves. The files are settled already.
void sd_folder_settle(simulated_disk *disk, sd_random *random);

// MARK: Handles

// The time between two crashes. Each has an SQLite VFS of its own under the disk's name, so that an
// old connection cannot even delete a file of the new contents. Kept until the disk goes, since
// connections hold on to them.
typedef struct sd_boot {
    sqlite3_vfs vfs;
    simulated_disk *disk;
    bool is_alive;
    struct sd_boot *previous;
} sd_boot;

// What SQLite holds of an open file.
struct sd_handle {
    sqlite3_file base;
    sd_boot *boot;
    sd_file *file; // NULL after a crash.
    struct sd_shm *shm;
    sd_handle *next, *previous;
    int lock;
    // Slots of the shared memory it has a shared lock on, one bit each.
    unsigned shared_slots;
    bool can_write;
    bool goes_with_close;
};

// The sd_handle is the sqlite3_file. Sets up the callbacks of `vfs`, all but its name and application data.
void sd_vfs_fill(sqlite3_vfs *vfs);

// MARK: Locks and shared memory

int sd_lock(sd_handle *handle, int level);
void sd_unlock(sd_handle *handle, int level);
bool sd_is_reserved(const sd_file *file);

int sd_shm_map(sd_handle *handle, int region, int region_bytes, bool extends, void volatile **memory);
int sd_shm_lock(sd_handle *handle, int offset, int count, int flags);
// Lets go of the memory; it is freed with its last handle, be that alive or dead.
void sd_shm_release(sd_handle *handle);

// MARK: The disk

typedef struct {
    unsigned operations;
    uint64_t times; // 0: until cleared.
    char ending[SD_ENDING_BYTES_MAX + 1];
} sd_rule;

struct simulated_disk {
    pthread_mutex_t mutex;
    char name[32];
    uint32_t sector_bytes;
    uint32_t sector_shift;
    sd_random random;
    int64_t unix_milliseconds;

    sd_boot *boot;
    sd_file *files, **files_end;
    sd_handle *handles;
    bool is_off;
    bool is_destroyed;

    uint64_t crash_after; // 0: never.
    uint64_t bytes_limit;
    uint64_t bytes_used;
    bool ignores_syncs;
    bool is_unfenced;
    sd_rule rules[SD_RULES_MAX];
    int rule_count;
    simulated_disk_statistics statistics;
};

void sd_disk_lock(simulated_disk *disk);
void sd_disk_unlock(simulated_disk *disk);
// Whether a rule makes this operation fail; spends it.
bool sd_disk_fault(simulated_disk *disk, unsigned operation, const char *path);
// Counts a write or a sync; true when the power fails in the middle of it.
bool sd_disk_spend(simulated_disk *disk);
void sd_disk_power_off(simulated_disk *disk);
// Frees a destroyed disk that nobody holds any more; gives the lock back either way.
void sd_disk_unlock_or_free(simulated_disk *disk);

#endif
