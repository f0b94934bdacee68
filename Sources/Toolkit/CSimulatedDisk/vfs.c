#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "parts.h"

// What SQLite calls. Every function takes the disk's lock, sees whether the caller is of before a
// crash, gives the faults that are due, and leaves the work to the other parts.

// MARK: Entry and exit

static sd_handle *handle_of(sqlite3_file *file) { return (sd_handle *)file; }

// Takes the lock. True when the handle is dead.
static bool enter(const sd_boot *boot) {
    sd_disk_lock(boot->disk);
    if (boot->is_alive || boot->disk->is_unfenced) return false;
    boot->disk->statistics.dead_operations++;
    return true;
}

// Something was written over a handle. Whatever let it through: one of before a crash must not have.
static void note_written(const sd_handle *handle) {
    if (!handle->boot->is_alive) handle->boot->disk->statistics.late_writes++;
}

static int leave(const sd_boot *boot, int code) {
    sd_disk_unlock(boot->disk);
    return code;
}

// MARK: Reading and writing

static int disk_read(sqlite3_file *base, void *buffer, int count, sqlite3_int64 offset) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_READ);
    simulated_disk *disk = handle->boot->disk;
    disk->statistics.reads++;
    if (sd_disk_fault(disk, SIMULATED_DISK_READ, handle->file->path)) {
        disk->statistics.read_errors++;
        return leave(handle->boot, SQLITE_IOERR_READ);
    }
    return leave(handle->boot, sd_file_read(handle->file, buffer, (uint64_t)count, (uint64_t)offset));
}

// Whether a file may grow to `size`.
static bool has_room(const sd_file *file, uint64_t size) {
    const simulated_disk *disk = file->disk;
    if (size <= file->size) return true;
    uint64_t growth = size - file->size;
    return disk->bytes_used <= disk->bytes_limit && growth <= disk->bytes_limit - disk->bytes_used;
}

static int disk_write(sqlite3_file *base, const void *buffer, int count, sqlite3_int64 offset) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_WRITE);
    simulated_disk *disk = handle->boot->disk;
    sd_file *file = handle->file;
    disk->statistics.writes++;
    bool is_last = sd_disk_spend(disk);
    int code = SQLITE_OK;
    if (!handle->can_write) {
        code = SQLITE_READONLY;
    } else if (sd_disk_fault(disk, SIMULATED_DISK_WRITE, file->path)) {
        disk->statistics.write_errors++;
        code = SQLITE_IOERR_WRITE;
    } else if (!has_room(file, (uint64_t)offset + (uint64_t)count)) {
        disk->statistics.full_errors++;
        code = SQLITE_FULL;
    } else {
        code = sd_file_write(file, buffer, (uint64_t)count, (uint64_t)offset);
        if (code == SQLITE_OK) {
            disk->statistics.bytes_written += (uint64_t)count;
            note_written(handle);
        }
    }
    if (is_last) {
        // Which of its sectors arrived is drawn with all the others.
        sd_disk_power_off(disk);
        code = SQLITE_IOERR_WRITE;
    }
    return leave(handle->boot, code);
}

static int disk_truncate(sqlite3_file *base, sqlite3_int64 size) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_TRUNCATE);
    simulated_disk *disk = handle->boot->disk;
    disk->statistics.writes++;
    bool is_last = sd_disk_spend(disk);
    int code = SQLITE_OK;
    if (!handle->can_write) {
        code = SQLITE_READONLY;
    } else if (sd_disk_fault(disk, SIMULATED_DISK_WRITE, handle->file->path)) {
        disk->statistics.write_errors++;
        code = SQLITE_IOERR_TRUNCATE;
    } else if (!has_room(handle->file, (uint64_t)size)) {
        disk->statistics.full_errors++;
        code = SQLITE_FULL;
    } else {
        code = sd_file_truncate(handle->file, (uint64_t)size);
    }
    if (is_last) {
        sd_disk_power_off(disk);
        code = SQLITE_IOERR_TRUNCATE;
    }
    return leave(handle->boot, code);
}

static void make_durable(simulated_disk *disk, sd_file *file) {
    sd_file_sync(file);
    // SQLite's VFS for Unix syncs the folder with a new file's first sync.
    if (file->entry == SD_LINKED && !file->is_entry_durable) sd_folder_sync(disk, file->path);
}

static int disk_sync(sqlite3_file *base, int flags) {
    (void)flags;
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_FSYNC);
    simulated_disk *disk = handle->boot->disk;
    sd_file *file = handle->file;
    disk->statistics.syncs++;
    int code = SQLITE_OK;
    if (sd_disk_spend(disk)) {
        // Half of the time everything was durable by then, and nobody lived to hear of it.
        if (!disk->ignores_syncs && sd_random_below(&disk->random, 2) == 0) make_durable(disk, file);
        sd_disk_power_off(disk);
        code = SQLITE_IOERR_FSYNC;
    } else if (sd_disk_fault(disk, SIMULATED_DISK_SYNC, file->path)) {
        disk->statistics.sync_errors++;
        code = SQLITE_IOERR_FSYNC;
    } else if (disk->ignores_syncs) {
        disk->statistics.ignored_syncs++;
    } else {
        make_durable(disk, file);
        note_written(handle);
    }
    return leave(handle->boot, code);
}

static int disk_file_size(sqlite3_file *base, sqlite3_int64 *size) {
    sd_handle *handle = handle_of(base);
    *size = 0;
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_FSTAT);
    *size = (sqlite3_int64)handle->file->size;
    return leave(handle->boot, SQLITE_OK);
}

// MARK: Locks

static int disk_lock(sqlite3_file *base, int level) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_LOCK);
    return leave(handle->boot, sd_lock(handle, level));
}

static int disk_unlock(sqlite3_file *base, int level) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_UNLOCK);
    sd_unlock(handle, level);
    return leave(handle->boot, SQLITE_OK);
}

static int disk_check_reserved(sqlite3_file *base, int *is_reserved) {
    sd_handle *handle = handle_of(base);
    *is_reserved = 0;
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_CHECKRESERVEDLOCK);
    *is_reserved = sd_is_reserved(handle->file);
    return leave(handle->boot, SQLITE_OK);
}

static int disk_shm_map(sqlite3_file *base, int region, int bytes, int extends, void volatile **memory) {
    sd_handle *handle = handle_of(base);
    *memory = NULL;
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_SHMMAP);
    return leave(handle->boot, sd_shm_map(handle, region, bytes, extends != 0, memory));
}

static int disk_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    sd_handle *handle = handle_of(base);
    if (enter(handle->boot)) return leave(handle->boot, SQLITE_IOERR_SHMLOCK);
    return leave(handle->boot, sd_shm_lock(handle, offset, count, flags));
}

static void disk_shm_barrier(sqlite3_file *base) {
    (void)base;
    atomic_thread_fence(memory_order_seq_cst);
}

static int disk_shm_unmap(sqlite3_file *base, int deletes) {
    (void)deletes; // It goes with the last handle in any case.
    sd_handle *handle = handle_of(base);
    bool is_dead = enter(handle->boot);
    sd_shm_release(handle);
    return leave(handle->boot, is_dead ? SQLITE_IOERR : SQLITE_OK);
}

// MARK: Properties

static int disk_control(sqlite3_file *base, int operation, void *argument) {
    (void)operation;
    (void)argument;
    sd_handle *handle = handle_of(base);
    return leave(handle->boot, enter(handle->boot) ? SQLITE_IOERR : SQLITE_NOTFOUND);
}

static int disk_sector_size(sqlite3_file *base) { return (int)handle_of(base)->boot->disk->sector_bytes; }

static int disk_characteristics(sqlite3_file *base) {
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// MARK: Opening and closing

static int disk_close(sqlite3_file *base) {
    sd_handle *handle = handle_of(base);
    simulated_disk *disk = handle->boot->disk;
    sd_disk_lock(disk);
    sd_shm_release(handle);
    sd_unlock(handle, SQLITE_LOCK_NONE);
    if (handle->previous != NULL) handle->previous->next = handle->next;
    else disk->handles = handle->next;
    if (handle->next != NULL) handle->next->previous = handle->previous;
    sd_file *file = handle->file;
    if (file != NULL) {
        file->handles--;
        bool is_named = file->entry == SD_LINKED;
        if (handle->goes_with_close && is_named && handle->boot->is_alive) sd_folder_delete(file, false);
        else if (file->handles == 0) sd_folder_released(file);
    }
    base->pMethods = NULL;
    sd_disk_unlock_or_free(disk);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_file_size,
    .xLock = disk_lock,
    .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_check_reserved,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector_size,
    .xDeviceCharacteristics = disk_characteristics,
    .xShmMap = disk_shm_map,
    .xShmLock = disk_shm_lock,
    .xShmBarrier = disk_shm_barrier,
    .xShmUnmap = disk_shm_unmap,
};

// The file to open, made where that is asked for; NULL with a code otherwise.
static sd_file *file_to_open(simulated_disk *disk, const char *path, int flags, int *code) {
    sd_file *file = path == NULL ? NULL : sd_folder_find(disk, path);
    *code = SQLITE_CANTOPEN;
    if (file != NULL) return (flags & SQLITE_OPEN_EXCLUSIVE) != 0 ? NULL : file;
    if (path != NULL && (flags & SQLITE_OPEN_CREATE) == 0) return NULL;
    *code = SQLITE_NOMEM;
    return sd_folder_create(disk, path);
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    sd_boot *boot = vfs->pAppData;
    sd_handle *handle = handle_of(base);
    memset(handle, 0, sizeof(sd_handle));
    if (enter(boot)) return leave(boot, SQLITE_IOERR);
    simulated_disk *disk = boot->disk;
    int code = SQLITE_OK;
    sd_file *file = file_to_open(disk, path, flags, &code);
    if (file == NULL) return leave(boot, code);
    file->handles++;
    handle->boot = boot;
    handle->file = file;
    handle->can_write = (flags & SQLITE_OPEN_READONLY) == 0;
    handle->goes_with_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->next = disk->handles;
    if (disk->handles != NULL) disk->handles->previous = handle;
    disk->handles = handle;
    base->pMethods = &methods;
    if (out_flags != NULL) *out_flags = flags;
    return leave(boot, SQLITE_OK);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
    sd_boot *boot = vfs->pAppData;
    if (enter(boot)) return leave(boot, SQLITE_IOERR_DELETE);
    simulated_disk *disk = boot->disk;
    sd_file *file = sd_folder_find(disk, path);
    if (file == NULL) return leave(boot, SQLITE_IOERR_DELETE_NOENT);
    disk->statistics.writes++;
    bool is_last = sd_disk_spend(disk);
    if (sd_disk_fault(disk, SIMULATED_DISK_WRITE, path)) {
        disk->statistics.write_errors++;
        if (is_last) sd_disk_power_off(disk);
        return leave(boot, SQLITE_IOERR_DELETE);
    }
    sd_folder_delete(file, syncs_folder != 0 && !disk->ignores_syncs && !is_last);
    if (is_last) sd_disk_power_off(disk);
    return leave(boot, is_last ? SQLITE_IOERR_DELETE : SQLITE_OK);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    sd_boot *boot = vfs->pAppData;
    *answer = 0;
    if (enter(boot)) return leave(boot, SQLITE_IOERR_ACCESS);
    const sd_file *file = sd_folder_find(boot->disk, path);
    // As with SQLite's VFS for Unix, a file without bytes does not count as there.
    *answer = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
    return leave(boot, SQLITE_OK);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int buffer_bytes, char *buffer) {
    (void)vfs;
    size_t length = strlen(path);
    if (length >= (size_t)buffer_bytes) return SQLITE_CANTOPEN;
    memcpy(buffer, path, length + 1);
    return SQLITE_OK;
}

// MARK: What is of the machine

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *buffer) {
    sd_boot *boot = vfs->pAppData;
    sd_disk_lock(boot->disk);
    for (int index = 0; index < count; index++) buffer[index] = (char)sd_random_next(&boot->disk->random);
    return leave(boot, count);
}

// No time passes. The processor is offered to others, since connections on other threads may hold
// what is waited for.
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    sched_yield();
    return microseconds;
}

static int vfs_time_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    // Julian days begin at noon on 24 November 4714 BC; 1970 began 2440587.5 of them later.
    static const sqlite3_int64 epoch = 24405875ll * 8640000;
    sd_boot *boot = vfs->pAppData;
    sd_disk_lock(boot->disk);
    *milliseconds = epoch + boot->disk->unix_milliseconds;
    return leave(boot, SQLITE_OK);
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
    sqlite3_int64 milliseconds = 0;
    int code = vfs_time_milliseconds(vfs, &milliseconds);
    *days = (double)milliseconds / 86400000.0;
    return code;
}

static int vfs_last_error(sqlite3_vfs *vfs, int buffer_bytes, char *buffer) {
    (void)vfs;
    (void)buffer_bytes;
    (void)buffer;
    return 0;
}

// Loading of extensions is left out, as in builds of SQLite that omit it; nobody here allows it.
void sd_vfs_fill(sqlite3_vfs *vfs) {
    vfs->iVersion = 2;
    vfs->szOsFile = sizeof(sd_handle);
    vfs->mxPathname = SD_PATH_BYTES_MAX;
    vfs->xOpen = vfs_open;
    vfs->xDelete = vfs_delete;
    vfs->xAccess = vfs_access;
    vfs->xFullPathname = vfs_full_path;
    vfs->xRandomness = vfs_randomness;
    vfs->xSleep = vfs_sleep;
    vfs->xCurrentTime = vfs_time;
    vfs->xGetLastError = vfs_last_error;
    vfs->xCurrentTimeInt64 = vfs_time_milliseconds;
}
