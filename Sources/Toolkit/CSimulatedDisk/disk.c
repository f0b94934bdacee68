#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

// A disk's life: made, powered off, settled, destroyed; and its faults.

// MARK: Randomness

uint64_t sd_random_next(sd_random *random) {
    random->state += 0x9E3779B97F4A7C15ull;
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
    return mixed ^ (mixed >> 31);
}

// The bias is below bound / 2^64, which no test can see.
uint64_t sd_random_below(sd_random *random, uint64_t bound) { return sd_random_next(random) % bound; }

void simulated_disk_seed_sqlite(uint32_t seed) {
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)seed, NULL);
}

// MARK: Life

void sd_disk_lock(simulated_disk *disk) { pthread_mutex_lock(&disk->mutex); }
void sd_disk_unlock(simulated_disk *disk) { pthread_mutex_unlock(&disk->mutex); }

// Registers a VFS for the time until the next crash, instead of the one before.
static bool start_up(simulated_disk *disk) {
    sd_boot *boot = calloc(1, sizeof(sd_boot));
    if (boot == NULL) return false;
    sd_vfs_fill(&boot->vfs);
    boot->vfs.zName = disk->name;
    boot->vfs.pAppData = boot;
    boot->disk = disk;
    boot->is_alive = true;
    if (disk->boot != NULL) sqlite3_vfs_unregister(&disk->boot->vfs);
    if (sqlite3_vfs_register(&boot->vfs, 0) != SQLITE_OK) {
        free(boot);
        return false;
    }
    boot->previous = disk->boot;
    disk->boot = boot;
    disk->is_off = false;
    return true;
}

simulated_disk *simulated_disk_create(uint64_t seed, uint32_t sector_bytes) {
    static atomic_uint created = 0;
    if (sector_bytes < 512 || sector_bytes > 65536 || (sector_bytes & (sector_bytes - 1)) != 0) return NULL;
    simulated_disk *disk = calloc(1, sizeof(simulated_disk));
    if (disk == NULL) return NULL;
    if (pthread_mutex_init(&disk->mutex, NULL) != 0) {
        free(disk);
        return NULL;
    }
    snprintf(disk->name, sizeof(disk->name), "simdisk-%u", atomic_fetch_add(&created, 1));
    disk->sector_bytes = sector_bytes;
    while (1u << disk->sector_shift < sector_bytes) disk->sector_shift++;
    disk->random.state = seed;
    disk->files_end = &disk->files;
    disk->bytes_limit = UINT64_MAX;
    if (!start_up(disk)) {
        pthread_mutex_destroy(&disk->mutex);
        free(disk);
        return NULL;
    }
    return disk;
}

// From now on every open handle is dead, and so is whatever asks the VFS.
void sd_disk_power_off(simulated_disk *disk) {
    disk->boot->is_alive = false;
    disk->is_off = true;
    disk->crash_after = 0;
}

// Takes the files from the handles that are still open. What they share stays until they are closed,
// since SQLite may look into it once more.
static void detach_handles(simulated_disk *disk) {
    for (sd_handle *handle = disk->handles; handle != NULL; handle = handle->next) handle->file = NULL;
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        file->handles = 0;
        file->shared_locks = 0;
        file->reserved = file->pending = file->exclusive = NULL;
        file->shm = NULL;
    }
}

void simulated_disk_destroy(simulated_disk *disk) {
    sd_disk_lock(disk);
    sqlite3_vfs_unregister(&disk->boot->vfs);
    sd_disk_power_off(disk);
    detach_handles(disk);
    while (disk->files != NULL) {
        sd_file *file = disk->files;
        disk->files = file->next;
        sd_file_free(file);
    }
    disk->files_end = &disk->files;
    disk->is_destroyed = true;
    sd_disk_unlock_or_free(disk);
}

void sd_disk_unlock_or_free(simulated_disk *disk) {
    bool is_unused = disk->is_destroyed && disk->handles == NULL;
    sd_disk_unlock(disk);
    if (!is_unused) return;
    while (disk->boot != NULL) {
        sd_boot *boot = disk->boot;
        disk->boot = boot->previous;
        free(boot);
    }
    pthread_mutex_destroy(&disk->mutex);
    free(disk);
}

const char *simulated_disk_vfs_name(const simulated_disk *disk) { return disk->name; }

void simulated_disk_set_time(simulated_disk *disk, int64_t unix_milliseconds) {
    sd_disk_lock(disk);
    disk->unix_milliseconds = unix_milliseconds;
    sd_disk_unlock(disk);
}

// MARK: Power

// Makes the files what a crash leaves of them. False when there was no memory for it.
static bool settle(simulated_disk *disk, uint64_t seed) {
    detach_handles(disk);
    sd_random random = {.state = seed};
    bool is_settled = true;
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry == SD_UNLINKED) continue;
        if (sd_file_settle(file, &random) != SQLITE_OK) is_settled = false;
    }
    sd_folder_settle(disk, &random);
    return is_settled;
}

bool simulated_disk_crash(simulated_disk *disk, uint64_t seed) {
    sd_disk_lock(disk);
    sd_disk_power_off(disk);
    disk->statistics.crashes++;
    bool is_settled = disk->is_unfenced || settle(disk, seed);
    if (!start_up(disk)) is_settled = false;
    sd_disk_unlock(disk);
    return is_settled;
}

void simulated_disk_power_off(simulated_disk *disk) {
    sd_disk_lock(disk);
    sd_disk_power_off(disk);
    sd_disk_unlock(disk);
}

void simulated_disk_crash_after(simulated_disk *disk, uint64_t operations) {
    sd_disk_lock(disk);
    if (!disk->is_off) disk->crash_after = operations;
    sd_disk_unlock(disk);
}

bool simulated_disk_has_crashed(simulated_disk *disk) {
    sd_disk_lock(disk);
    bool is_off = disk->is_off;
    sd_disk_unlock(disk);
    return is_off;
}

bool sd_disk_spend(simulated_disk *disk) {
    if (disk->crash_after == 0) return false;
    disk->crash_after--;
    return disk->crash_after == 0;
}

// MARK: Faults

void simulated_disk_limit(simulated_disk *disk, uint64_t bytes) {
    sd_disk_lock(disk);
    disk->bytes_limit = bytes;
    sd_disk_unlock(disk);
}

// The rule for these operations and this ending, an old one or a new one; NULL when there is no room.
static sd_rule *rule_for(simulated_disk *disk, unsigned operations, const char *ending) {
    for (int index = 0; index < disk->rule_count; index++) {
        sd_rule *rule = &disk->rules[index];
        if (rule->operations == operations && strcmp(rule->ending, ending) == 0) return rule;
    }
    if (disk->rule_count == SD_RULES_MAX) return NULL;
    sd_rule *rule = &disk->rules[disk->rule_count++];
    rule->operations = operations;
    strcpy(rule->ending, ending);
    return rule;
}

bool simulated_disk_fail(simulated_disk *disk, unsigned operations, const char *ending, uint64_t times) {
    if (strlen(ending) > SD_ENDING_BYTES_MAX) return false;
    sd_disk_lock(disk);
    sd_rule *rule = rule_for(disk, operations, ending);
    if (rule != NULL) rule->times = times;
    sd_disk_unlock(disk);
    return rule != NULL;
}

void simulated_disk_clear_faults(simulated_disk *disk) {
    sd_disk_lock(disk);
    disk->rule_count = 0;
    disk->bytes_limit = UINT64_MAX;
    disk->crash_after = 0;
    sd_disk_unlock(disk);
}

void simulated_disk_ignore_syncs(simulated_disk *disk, bool ignores) {
    sd_disk_lock(disk);
    disk->ignores_syncs = ignores;
    sd_disk_unlock(disk);
}

bool simulated_disk_ignores_syncs(simulated_disk *disk) {
    sd_disk_lock(disk);
    bool ignores = disk->ignores_syncs;
    sd_disk_unlock(disk);
    return ignores;
}

void simulated_disk_unfence(simulated_disk *disk, bool is_unfenced) {
    sd_disk_lock(disk);
    disk->is_unfenced = is_unfenced;
    sd_disk_unlock(disk);
}

bool simulated_disk_is_unfenced(simulated_disk *disk) {
    sd_disk_lock(disk);
    bool is_unfenced = disk->is_unfenced;
    sd_disk_unlock(disk);
    return is_unfenced;
}

static bool ends_with(const char *path, const char *ending) {
    size_t path_length = strlen(path), ending_length = strlen(ending);
    return ending_length <= path_length && strcmp(path + path_length - ending_length, ending) == 0;
}

bool sd_disk_fault(simulated_disk *disk, unsigned operation, const char *path) {
    for (int index = 0; index < disk->rule_count; index++) {
        sd_rule *rule = &disk->rules[index];
        if ((rule->operations & operation) == 0 || !ends_with(path == NULL ? "" : path, rule->ending)) continue;
        if (rule->times > 0 && --rule->times == 0) {
            disk->rule_count--;
            for (int later = index; later < disk->rule_count; later++) disk->rules[later] = disk->rules[later + 1];
        }
        return true;
    }
    return false;
}
