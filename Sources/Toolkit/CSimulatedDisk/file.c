#include <stdlib.h>
#include <string.h>

#include "parts.h"

// The contents of a file: volatile bytes, and what it takes to get back to the durable ones.

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }

static int reserve(sd_file *file, uint64_t size) {
    if (size <= file->capacity) return SQLITE_OK;
    uint64_t capacity = most(most(size, file->capacity * 2), 16384);
    uint8_t *bytes = realloc(file->bytes, capacity);
    if (bytes == NULL) return SQLITE_IOERR_NOMEM;
    file->bytes = bytes;
    file->capacity = capacity;
    return SQLITE_OK;
}

static void set_size(sd_file *file, uint64_t size) {
    if (file->is_counted) file->disk->bytes_used += size - file->size;
    file->size = size;
}

// MARK: Dirty sectors

static bool is_dirty(const sd_file *file, uint64_t sector) {
    uint64_t word = sector >> 6;
    return word < file->dirty_bits_words && (file->dirty_bits[word] >> (sector & 63) & 1) != 0;
}

static int reserve_dirty(sd_file *file, uint64_t sector) {
    uint64_t word = sector >> 6;
    if (word >= file->dirty_bits_words) {
        uint64_t words = most(most(word + 1, file->dirty_bits_words * 2), 16);
        uint64_t *bits = realloc(file->dirty_bits, words * sizeof(uint64_t));
        if (bits == NULL) return SQLITE_IOERR_NOMEM;
        memset(bits + file->dirty_bits_words, 0, (words - file->dirty_bits_words) * sizeof(uint64_t));
        file->dirty_bits = bits;
        file->dirty_bits_words = words;
    }
    if (file->dirty_count == file->dirty_capacity) {
        uint32_t capacity = file->dirty_capacity == 0 ? 64 : file->dirty_capacity * 2;
        sd_dirty *dirty = realloc(file->dirty, capacity * sizeof(sd_dirty));
        if (dirty == NULL) return SQLITE_IOERR_NOMEM;
        file->dirty = dirty;
        file->dirty_capacity = capacity;
    }
    return SQLITE_OK;
}

// Keeps the durable bytes of a sector that is about to change for the first time since the last sync.
static int mark(sd_file *file, uint64_t sector) {
    if (is_dirty(file, sector)) return SQLITE_OK;
    if (reserve_dirty(file, sector) != SQLITE_OK) return SQLITE_IOERR_NOMEM;
    uint32_t sector_bytes = file->disk->sector_bytes;
    uint64_t start = sector << file->disk->sector_shift;
    uint32_t undo = SD_NO_UNDO;
    if (start < file->durable_size) {
        if (file->undo_count == file->undo_capacity) {
            uint32_t capacity = file->undo_capacity == 0 ? 16 : file->undo_capacity * 2;
            uint8_t *bytes = realloc(file->undo, (uint64_t)capacity * sector_bytes);
            if (bytes == NULL) return SQLITE_IOERR_NOMEM;
            file->undo = bytes;
            file->undo_capacity = capacity;
        }
        undo = file->undo_count++;
        uint8_t *saved = file->undo + (uint64_t)undo * sector_bytes;
        uint64_t count = least(sector_bytes, file->durable_size - start);
        memcpy(saved, file->bytes + start, count);
        memset(saved + count, 0, sector_bytes - count);
    }
    file->dirty[file->dirty_count++] = (sd_dirty){.sector = (uint32_t)sector, .undo = undo};
    file->dirty_bits[sector >> 6] |= 1ull << (sector & 63);
    return SQLITE_OK;
}

static int mark_range(sd_file *file, uint64_t start, uint64_t end) {
    if (start >= end) return SQLITE_OK;
    uint32_t shift = file->disk->sector_shift;
    for (uint64_t sector = start >> shift; sector <= (end - 1) >> shift; sector++) {
        int code = mark(file, sector);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

static void forget_dirty(sd_file *file) {
    for (uint32_t index = 0; index < file->dirty_count; index++) {
        file->dirty_bits[file->dirty[index].sector >> 6] = 0;
    }
    file->dirty_count = 0;
    file->undo_count = 0;
}

// MARK: Operations

int sd_file_read(sd_file *file, void *buffer, uint64_t count, uint64_t offset) {
    uint64_t available = offset < file->size ? least(count, file->size - offset) : 0;
    if (available > 0) memcpy(buffer, file->bytes + offset, available);
    if (available == count) return SQLITE_OK;
    // SQLite relies on the zeros.
    memset((uint8_t *)buffer + available, 0, count - available);
    return SQLITE_IOERR_SHORT_READ;
}

int sd_file_write(sd_file *file, const void *buffer, uint64_t count, uint64_t offset) {
    uint64_t end = offset + count;
    // Sectors are counted in 32 bits.
    if (end >> file->disk->sector_shift >= SD_NO_UNDO) return SQLITE_FULL;
    int code = reserve(file, end);
    if (code == SQLITE_OK) code = mark_range(file, offset, end);
    if (code != SQLITE_OK) return code;
    if (offset > file->size) memset(file->bytes + file->size, 0, offset - file->size);
    memcpy(file->bytes + offset, buffer, count);
    if (end > file->size) set_size(file, end);
    return SQLITE_OK;
}

int sd_file_truncate(sd_file *file, uint64_t size) {
    if (size > file->size) {
        int code = reserve(file, size);
        if (code != SQLITE_OK) return code;
        memset(file->bytes + file->size, 0, size - file->size);
    } else {
        int code = mark_range(file, size, least(file->size, file->durable_size));
        if (code != SQLITE_OK) return code;
    }
    set_size(file, size);
    file->lowest_size = least(file->lowest_size, size);
    return SQLITE_OK;
}

void sd_file_sync(sd_file *file) {
    forget_dirty(file);
    file->durable_size = file->size;
    file->lowest_size = file->size;
}

// MARK: After a crash

// What a crash does to one file.
typedef struct {
    uint64_t size;
    // Whether an unsynced truncation is among what survives.
    bool is_cut;
    // Of eight unsynced sectors, so many survive on average.
    uint64_t eighths;
} sd_fate;

static sd_fate draw_fate(const sd_file *file, sd_random *random) {
    bool was_cut = file->lowest_size < file->durable_size;
    switch (sd_random_below(random, 4)) {
    // All and nothing are likelier than chance would have them: they are where commits are decided.
    case 0: return (sd_fate){.size = file->durable_size, .is_cut = false, .eighths = 0};
    case 1: return (sd_fate){.size = file->size, .is_cut = was_cut, .eighths = 8};
    default: break;
    }
    sd_fate fate = {.is_cut = was_cut && sd_random_below(random, 2) == 0};
    fate.eighths = 1 + sd_random_below(random, 7);
    uint64_t least_size = fate.is_cut ? file->lowest_size : file->durable_size;
    fate.size = least_size;
    if (file->size > least_size) {
        // Growth arrives in steps; any of them may have been the last.
        uint32_t shift = file->disk->sector_shift;
        uint64_t steps = ((file->size - 1) >> shift) - (least_size >> shift) + 1;
        uint64_t step = sd_random_below(random, steps + 1);
        if (step > 0) fate.size = least(file->size, ((least_size >> shift) + step) << shift);
    }
    return fate;
}

// Puts one dirty sector into the state the crash leaves it in. What is beyond the volatile size is zero by now.
static void settle_sector(sd_file *file, sd_dirty dirty, bool survives, bool is_cut) {
    uint32_t sector_bytes = file->disk->sector_bytes;
    uint64_t start = (uint64_t)dirty.sector << file->disk->sector_shift;
    uint8_t *bytes = file->bytes + start;
    const uint8_t *saved = dirty.undo == SD_NO_UNDO ? NULL : file->undo + (uint64_t)dirty.undo * sector_bytes;
    // Bytes of the sector that are as written; behind them come the durable ones, then zeros.
    uint64_t written = 0;
    if (survives && start < file->size) written = least(sector_bytes, file->size - start);
    uint64_t durable = sector_bytes;
    if (is_cut) durable = file->lowest_size > start ? least(sector_bytes, file->lowest_size - start) : 0;
    if (saved == NULL) durable = 0;
    if (durable > written) memcpy(bytes + written, saved + written, durable - written);
    uint64_t known = most(written, durable);
    memset(bytes + known, 0, sector_bytes - known);
}

int sd_file_settle(sd_file *file, sd_random *random) {
    if (file->dirty_count == 0 && file->size == file->durable_size && file->lowest_size == file->durable_size) {
        return SQLITE_OK;
    }
    sd_fate fate = draw_fate(file, random);
    uint64_t extent = most(file->size, most(file->durable_size, fate.size));
    // Whole sectors, so that one can be filled without looking at where the file ends.
    uint64_t sector_bytes = file->disk->sector_bytes;
    for (uint32_t index = 0; index < file->dirty_count; index++) {
        extent = most(extent, ((uint64_t)file->dirty[index].sector << file->disk->sector_shift) + sector_bytes);
    }
    int code = reserve(file, extent);
    if (code != SQLITE_OK) return code;
    memset(file->bytes + file->size, 0, extent - file->size);
    for (uint32_t index = 0; index < file->dirty_count; index++) {
        bool survives = sd_random_below(random, 8) < fate.eighths;
        settle_sector(file, file->dirty[index], survives, fate.is_cut);
        if (survives) file->disk->statistics.sectors_kept++;
        else file->disk->statistics.sectors_lost++;
    }
    set_size(file, fate.size);
    sd_file_sync(file);
    return SQLITE_OK;
}

void sd_file_free(sd_file *file) {
    free(file->path);
    free(file->bytes);
    free(file->dirty);
    free(file->dirty_bits);
    free(file->undo);
    free(file);
}
