#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations can be counted here: with the GNU C library only.
bool allocations_can_be_counted(void);

/// Begins to count the allocations of the whole process, all threads, from zero.
void allocations_start(void);

/// Ends counting and tells how many there were.
uint64_t allocations_stop(void);

#endif
