#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#include <sys/epoll.h>
#else
#include <sys/event.h>
#include <sys/types.h>
#endif

#include "load.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

#ifdef __linux__

uint64_t load_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 0;
    uint64_t cores = 0;
    for (int core = 0; core < 64; core++) {
        if (CPU_ISSET(core, &set)) cores |= 1ULL << core;
    }
    return cores;
}

int load_keep_to(uint64_t cores) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int core = 0; core < 64; core++) {
        if (cores & 1ULL << core) CPU_SET(core, &set);
    }
    return sched_setaffinity(0, sizeof(set), &set);
}

double load_process_cpu(int process) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int load_set_make(void) { return epoll_create1(EPOLL_CLOEXEC); }

int load_set_add(int set, int socket, uint32_t index) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    return epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
}

int load_set_wait(int set, uint32_t *indices, int most, int milliseconds) {
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(set, events, most < EVENTS_MAX ? most : EVENTS_MAX, milliseconds);
    if (count < 0 && errno == EINTR) return 0;
    for (int index = 0; index < count; index++) indices[index] = events[index].data.u32;
    return count;
}

#else

uint64_t load_cores(void) { return 0; }

int load_keep_to(uint64_t cores) {
    (void)cores;
    errno = ENOTSUP;
    return -1;
}

double load_process_cpu(int process) {
    (void)process;
    return -1;
}

int load_set_make(void) { return kqueue(); }

int load_set_add(int set, int socket, uint32_t index) {
    struct kevent change;
    EV_SET(&change, socket, EVFILT_READ, EV_ADD, 0, 0, (void *)(uintptr_t)index);
    return kevent(set, &change, 1, 0, 0, 0);
}

int load_set_wait(int set, uint32_t *indices, int most, int milliseconds) {
    struct kevent events[EVENTS_MAX];
    struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = (milliseconds % 1000) * 1000000L};
    int count = kevent(set, 0, 0, events, most < EVENTS_MAX ? most : EVENTS_MAX, &limit);
    if (count < 0 && errno == EINTR) return 0;
    for (int index = 0; index < count; index++) indices[index] = (uint32_t)(uintptr_t)events[index].udata;
    return count;
}

#endif
