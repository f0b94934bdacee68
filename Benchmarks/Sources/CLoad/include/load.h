#ifndef LOAD_H
#define LOAD_H

#include <stdint.h>

// What a load generator needs of the system and Swift cannot say: cores (cpu_set_t is made of macros) and readiness of
// many sockets.

// The cores this thread may run on, as bits; 0 where that cannot be known.
uint64_t load_cores(void);

// Keeps this thread, and what it starts from now on, on these cores. 0, or -1 with errno.
int load_keep_to(uint64_t cores);

// CPU seconds a process has used, all its threads together; below zero when it is gone or the system cannot say.
double load_process_cpu(int process);

// A set of sockets that are waited for until they can be read; -1 with errno.
int load_set_make(void);

// Adds a socket; it leaves the set when it is closed. 0, or -1 with errno.
int load_set_add(int set, int socket, uint32_t index);

// Waits until sockets can be read, for so many milliseconds at most, and writes their indices down.
// How many; -1 with errno.
int load_set_wait(int set, uint32_t *indices, int most, int milliseconds);

#endif
