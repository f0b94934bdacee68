#include <stdlib.h>

#include "parts.h"

// Locks between the connections to a file, and the memory they share. Both are of the running
// machine: a crash leaves nothing of them.

// MARK: File locks

bool sd_is_reserved(const sd_file *file) {
    return file->reserved != NULL || file->pending != NULL || file->exclusive != NULL;
}

static bool is_others(const sd_handle *holder, const sd_handle *handle) {
    return holder != NULL && holder != handle;
}

int sd_lock(sd_handle *handle, int level) {
    sd_file *file = handle->file;
    if (handle->lock >= level) return SQLITE_OK;
    // Whoever waits to write alone lets nobody in any more.
    if (is_others(file->pending, handle) || is_others(file->exclusive, handle)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) {
        file->shared_locks++;
        handle->lock = level;
        return SQLITE_OK;
    }
    if (is_others(file->reserved, handle)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_RESERVED) {
        file->reserved = handle;
        handle->lock = level;
        return SQLITE_OK;
    }
    file->pending = handle;
    handle->lock = SQLITE_LOCK_PENDING;
    if (level == SQLITE_LOCK_PENDING) return SQLITE_OK;
    // One of the shared locks is the handle's own.
    if (file->shared_locks > 1) return SQLITE_BUSY;
    file->exclusive = handle;
    handle->lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

void sd_unlock(sd_handle *handle, int level) {
    sd_file *file = handle->file;
    if (file == NULL || handle->lock <= level) return;
    if (file->reserved == handle) file->reserved = NULL;
    if (file->pending == handle) file->pending = NULL;
    if (file->exclusive == handle) file->exclusive = NULL;
    if (level == SQLITE_LOCK_NONE) file->shared_locks--;
    handle->lock = level;
}

// MARK: Shared memory

typedef struct sd_shm {
    int references;
    int region_count;
    // Each stays where it is: connections keep pointers into it.
    void **regions;
    int shared[SQLITE_SHM_NLOCK];
    const sd_handle *exclusive[SQLITE_SHM_NLOCK];
} sd_shm;

static sd_shm *join(sd_handle *handle) {
    if (handle->shm != NULL) return handle->shm;
    sd_file *file = handle->file;
    if (file->shm == NULL) {
        file->shm = calloc(1, sizeof(sd_shm));
        if (file->shm == NULL) return NULL;
    }
    file->shm->references++;
    handle->shm = file->shm;
    return handle->shm;
}

int sd_shm_map(sd_handle *handle, int region, int region_bytes, bool extends, void volatile **memory) {
    *memory = NULL;
    sd_shm *shm = join(handle);
    if (shm == NULL) return SQLITE_IOERR_NOMEM;
    if (region >= shm->region_count) {
        if (!extends) return SQLITE_OK;
        void **regions = realloc(shm->regions, sizeof(void *) * (size_t)(region + 1));
        if (regions == NULL) return SQLITE_IOERR_NOMEM;
        shm->regions = regions;
        while (shm->region_count <= region) {
            void *fresh = calloc(1, (size_t)region_bytes);
            if (fresh == NULL) return SQLITE_IOERR_NOMEM;
            shm->regions[shm->region_count++] = fresh;
        }
    }
    *memory = shm->regions[region];
    return SQLITE_OK;
}

static void release_slot(sd_handle *handle, int slot) {
    sd_shm *shm = handle->shm;
    if (shm->exclusive[slot] == handle) shm->exclusive[slot] = NULL;
    if ((handle->shared_slots >> slot & 1) != 0) {
        handle->shared_slots &= ~(1u << slot);
        shm->shared[slot]--;
    }
}

int sd_shm_lock(sd_handle *handle, int offset, int count, int flags) {
    sd_shm *shm = join(handle);
    if (shm == NULL) return SQLITE_IOERR_NOMEM;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        for (int slot = offset; slot < offset + count; slot++) release_slot(handle, slot);
        return SQLITE_OK;
    }
    bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    for (int slot = offset; slot < offset + count; slot++) {
        if (shm->exclusive[slot] != NULL && shm->exclusive[slot] != handle) return SQLITE_BUSY;
        int own = (int)(handle->shared_slots >> slot & 1);
        if (!is_shared && shm->shared[slot] > own) return SQLITE_BUSY;
    }
    for (int slot = offset; slot < offset + count; slot++) {
        if (!is_shared) {
            shm->exclusive[slot] = handle;
        } else if ((handle->shared_slots >> slot & 1) == 0) {
            handle->shared_slots |= 1u << slot;
            shm->shared[slot]++;
        }
    }
    return SQLITE_OK;
}

void sd_shm_release(sd_handle *handle) {
    sd_shm *shm = handle->shm;
    if (shm == NULL) return;
    for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++) release_slot(handle, slot);
    handle->shm = NULL;
    shm->references--;
    if (shm->references > 0) return;
    // After a crash the file has forgotten it, and may have another one by now.
    if (handle->file != NULL && handle->file->shm == shm) handle->file->shm = NULL;
    for (int region = 0; region < shm->region_count; region++) free(shm->regions[region]);
    free(shm->regions);
    free(shm);
}
