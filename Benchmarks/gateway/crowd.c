// A crowd of clients that ask for nothing: they keep connections open, or send a head so slowly that it never ends.
//
//     crowd PORT COUNT MODE      MODE is idle, or a number: milliseconds between two bytes of a head
//
// Prints `ready` when all are connected, and at SIGTERM: made answered dropped (connections made in all, those cut with
// an answer such as 408, those cut without). Whoever is cut comes again at once, at most RECONNECTS a second.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 8, SOURCES = 8, RECONNECTS = 2000 };

static const char HEAD[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";

static volatile sig_atomic_t stopped = 0;
static int set, port;
static int *sockets;
static long made = 0, answered = 0, dropped = 0;

static void stop(int number) { (void)number, stopped = 1; }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// From one of several addresses, so that their ports suffice.
static void connect_one(int index, int slow) {
    struct sockaddr_in own = {.sin_family = AF_INET}, other = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(index % SOURCES));
    other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    if (bind(descriptor, (struct sockaddr *)&own, sizeof(own)) != 0) fail("bind");
    sockets[index] = -1;
    // Where nobody takes connections the system waits for minutes.
    struct timeval patience = {.tv_sec = 5};
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(descriptor, (struct sockaddr *)&other, sizeof(other)) != 0) {
        close(descriptor);
        dropped++;
        return;
    }
    made++;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (slow && send(descriptor, HEAD, sizeof(HEAD) - 1, MSG_NOSIGNAL) < 0) dropped++;
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = (uint32_t)index};
    if (epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
    sockets[index] = descriptor;
}

static void cut(int index) {
    char bytes[512];
    if (recv(sockets[index], bytes, sizeof(bytes), 0) > 0) answered++;
    else dropped++;
    close(sockets[index]);
    sockets[index] = -1;
}

int main(int count, char **words) {
    if (count != 4) return fprintf(stderr, "crowd PORT COUNT idle|MILLISECONDS\n"), 64;
    port = atoi(words[1]);
    int crowd = atoi(words[2]), slow = strcmp(words[3], "idle") != 0;
    double between = slow ? atof(words[3]) / 1000 : 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    set = epoll_create1(EPOLL_CLOEXEC);
    sockets = calloc((size_t)crowd, sizeof(int));
    int *gone = calloc((size_t)crowd, sizeof(int)), gone_count = 0;
    if (set < 0 || !sockets || !gone) fail("memory");
    for (int index = 0; index < crowd && !stopped; index++) {
        connect_one(index, slow);
        if (sockets[index] < 0) return fprintf(stderr, "connection %d of %d was not taken\n", index + 1, crowd), 1;
    }
    printf("ready\n");
    fflush(stdout);
    double start = now();
    long sent = 0, again = 0;
    while (!stopped) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(set, events, EVENTS, 0);
        // In small steps: the crowd's own work is not to be measured, on the core it shares with those who ask.
        struct timespec rest = {.tv_nsec = 500000};
        nanosleep(&rest, NULL);
        for (int index = 0; index < ready; index++) {
            int who = (int)events[index].data.u32;
            if (sockets[who] < 0) continue;
            cut(who);
            gone[gone_count++] = who;
        }
        double passed = now() - start;
        // What was not used of the time before does not count.
        if (gone_count == 0) again = (long)(passed * RECONNECTS);
        while (gone_count > 0 && again < (long)(passed * RECONNECTS)) {
            int who = gone[--gone_count];
            connect_one(who, slow);
            if (sockets[who] < 0) gone[gone_count++] = who;
            again++;
        }
        // Evenly: every member of the crowd once in that time.
        while (slow && (double)sent < passed / between * crowd) {
            int who = (int)(sent++ % crowd);
            if (sockets[who] >= 0) (void)!send(sockets[who], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
    }
    printf("%ld %ld %ld\n", made, answered, dropped);
    return 0;
}
