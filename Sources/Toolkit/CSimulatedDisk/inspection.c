#include <stdio.h>
#include <string.h>

#include "parts.h"

// Looking at a disk from the outside. None of it counts as an operation of the machine.

simulated_disk_statistics simulated_disk_get_statistics(simulated_disk *disk) {
    sd_disk_lock(disk);
    simulated_disk_statistics statistics = disk->statistics;
    sd_disk_unlock(disk);
    return statistics;
}

uint64_t simulated_disk_bytes_used(simulated_disk *disk) {
    sd_disk_lock(disk);
    uint64_t bytes = disk->bytes_used;
    sd_disk_unlock(disk);
    return bytes;
}

size_t simulated_disk_file_count(simulated_disk *disk) {
    size_t count = 0;
    sd_disk_lock(disk);
    for (const sd_file *file = disk->files; file != NULL; file = file->next) count += file->entry == SD_LINKED;
    sd_disk_unlock(disk);
    return count;
}

int64_t simulated_disk_path(simulated_disk *disk, size_t index, char *buffer, size_t buffer_bytes) {
    int64_t length = -1;
    sd_disk_lock(disk);
    for (const sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry != SD_LINKED) continue;
        if (index-- > 0) continue;
        size_t bytes = strlen(file->path);
        if (bytes < buffer_bytes) {
            memcpy(buffer, file->path, bytes + 1);
            length = (int64_t)bytes;
        }
        break;
    }
    sd_disk_unlock(disk);
    return length;
}

int64_t simulated_disk_contents(simulated_disk *disk, const char *path, void *buffer, size_t buffer_bytes) {
    int64_t size = -1;
    sd_disk_lock(disk);
    const sd_file *file = sd_folder_find(disk, path);
    if (file != NULL) {
        size = (int64_t)file->size;
        uint64_t count = file->size < buffer_bytes ? file->size : buffer_bytes;
        if (count > 0) memcpy(buffer, file->bytes, count);
    }
    sd_disk_unlock(disk);
    return size;
}

// FNV-1a.
uint64_t simulated_disk_content_hash(simulated_disk *disk, const char *path) {
    uint64_t hash = 0;
    sd_disk_lock(disk);
    const sd_file *file = sd_folder_find(disk, path);
    if (file != NULL) {
        hash = 0xCBF29CE484222325ull;
        for (uint64_t index = 0; index < file->size; index++) hash = (hash ^ file->bytes[index]) * 0x100000001B3ull;
    }
    sd_disk_unlock(disk);
    return hash;
}

bool simulated_disk_export(simulated_disk *disk, const char *path, const char *host_path) {
    bool is_written = false;
    sd_disk_lock(disk);
    const sd_file *file = sd_folder_find(disk, path);
    FILE *host = file == NULL ? NULL : fopen(host_path, "wb");
    if (host != NULL) {
        is_written = file->size == 0 || fwrite(file->bytes, 1, file->size, host) == file->size;
        if (fclose(host) != 0) is_written = false;
    }
    sd_disk_unlock(disk);
    return is_written;
}
