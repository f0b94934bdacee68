#include <stdlib.h>
#include <string.h>

#include "parts.h"

// Which files have which names, for now and after a crash.

sd_file *sd_folder_find(simulated_disk *disk, const char *path) {
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry == SD_LINKED && strcmp(file->path, path) == 0) return file;
    }
    return NULL;
}

sd_file *sd_folder_create(simulated_disk *disk, const char *path) {
    sd_file *file = calloc(1, sizeof(sd_file));
    if (file == NULL) return NULL;
    file->disk = disk;
    file->entry = SD_UNLINKED;
    file->is_counted = true;
    if (path != NULL) {
        file->path = strdup(path);
        if (file->path == NULL) {
            free(file);
            return NULL;
        }
        file->entry = SD_LINKED;
    }
    *disk->files_end = file;
    disk->files_end = &file->next;
    return file;
}

// Takes files off the list and frees them: those without a handle that nothing can bring back.
static void drop_unused(simulated_disk *disk) {
    sd_file **link = &disk->files;
    while (*link != NULL) {
        sd_file *file = *link;
        if (file->entry == SD_UNLINKED && file->handles == 0) {
            if (file->is_counted) disk->bytes_used -= file->size;
            *link = file->next;
            sd_file_free(file);
        } else {
            link = &file->next;
        }
    }
    disk->files_end = link;
}

// Bytes of a deleted file are used until its last handle has gone, even where it may come back.
static void stop_counting(sd_file *file) {
    if (file->handles > 0 || !file->is_counted) return;
    file->disk->bytes_used -= file->size;
    file->is_counted = false;
}

void sd_folder_delete(sd_file *file, bool is_durable) {
    simulated_disk *disk = file->disk;
    file->entry = SD_GHOST;
    if (is_durable) sd_folder_sync(disk, file->path);
    stop_counting(file);
    drop_unused(disk);
}

static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

void sd_folder_sync(simulated_disk *disk, const char *path) {
    if (path == NULL) return;
    size_t length = folder_length(path);
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->path == NULL || folder_length(file->path) != length) continue;
        if (strncmp(file->path, path, length) != 0) continue;
        if (file->entry == SD_LINKED) file->is_entry_durable = true;
        if (file->entry == SD_GHOST) file->entry = SD_UNLINKED;
    }
}

void sd_folder_released(sd_file *file) {
    if (file->entry == SD_LINKED) return;
    stop_counting(file);
    drop_unused(file->disk);
}

void sd_folder_settle(simulated_disk *disk, sd_random *random) {
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry == SD_LINKED && !file->is_entry_durable && sd_random_below(random, 2) == 0) {
            file->entry = SD_UNLINKED;
        }
    }
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry != SD_GHOST) continue;
        // A name that was given to another file meanwhile is that file's, if it is still there.
        bool comes_back = sd_random_below(random, 2) == 0 && sd_folder_find(disk, file->path) == NULL;
        file->entry = comes_back ? SD_LINKED : SD_UNLINKED;
    }
    for (sd_file *file = disk->files; file != NULL; file = file->next) {
        if (file->entry != SD_LINKED) continue;
        file->is_entry_durable = true;
        if (!file->is_counted) disk->bytes_used += file->size;
        file->is_counted = true;
    }
    drop_unused(disk);
}
