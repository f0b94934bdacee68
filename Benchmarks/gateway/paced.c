// Sends requests at random moments, so many a second on average, over kept connections, and prints how long answers
// took, counted from the moment a request was due: a server that is slow gets no mercy from a client that waits for it.
//
//     paced PORT CONNECTIONS RATE SECONDS      prints: answered other late p50 p90 p99 p99.9 max (the latter in µs)
//
// `late` were due, but no connection was free until the end. What is due in the first half second is not counted: the
// server accepts connections then, and makes its own.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const double WARM_UP = 0.5;

enum { BUFFER = 16384, QUEUE = 1 << 20, EVENTS = 256 };

typedef struct {
    int socket;
    double due;
    size_t received;
    char buffer[BUFFER];
} connection;

static const char REQUEST[] =
    "GET /api/v1/products/prod-0001 HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: paced\r\nAccept: application/json\r\n"
    "Cookie: session=0123456789abcdef\r\n\r\n";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double random_unit(void) {
    static uint64_t state = 42;
    state += 0x9E3779B97F4A7C15;
    uint64_t mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return (double)((mixed ^ mixed >> 31) >> 11) / 9007199254740992.0;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

// Bytes of the whole answer; 0 while it is not there.
static size_t whole(connection *from) {
    from->buffer[from->received] = 0;
    char *end = strstr(from->buffer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(from->buffer, "\r\ncontent-length:");
    if (!length || length > end) {
        fprintf(stderr, "an answer without Content-Length\n");
        exit(1);
    }
    size_t bytes = (size_t)(end + 4 - from->buffer) + (size_t)atol(length + 17);
    return from->received >= bytes ? bytes : 0;
}

int main(int count, char **words) {
    if (count != 5) return fprintf(stderr, "paced PORT CONNECTIONS RATE SECONDS\n"), 64;
    int port = atoi(words[1]), connections = atoi(words[2]);
    double rate = atof(words[3]), seconds = atof(words[4]);
    int set = epoll_create1(0);
    connection *all = calloc((size_t)connections, sizeof(connection));
    int *idle = calloc((size_t)connections, sizeof(int)), idle_count = 0;
    double *took = calloc((size_t)(rate * seconds * 2) + 1000, sizeof(double));
    double *queue = calloc(QUEUE, sizeof(double));
    if (set < 0 || !all || !idle || !took || !queue) fail("memory");
    for (int index = 0; index < connections; index++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        all[index].socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(all[index].socket, (struct sockaddr *)&address, sizeof(address)) != 0) fail("connect");
        int one = 1;
        setsockopt(all[index].socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        fcntl(all[index].socket, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
        if (epoll_ctl(set, EPOLL_CTL_ADD, all[index].socket, &event) != 0) fail("epoll_ctl");
        idle[idle_count++] = index;
    }
    size_t answered = 0, other = 0, first = 0, last = 0;
    double start = now() + WARM_UP, end = start + seconds, next = start - WARM_UP;
    for (;;) {
        double time = now();
        for (; next < time && next < end; next -= log(1 - random_unit()) / rate) {
            if (last - first < QUEUE) queue[last++ % QUEUE] = next;
        }
        while (first < last && idle_count > 0) {
            connection *with = &all[idle[--idle_count]];
            with->due = queue[first++ % QUEUE];
            with->received = 0;
            if (write(with->socket, REQUEST, sizeof(REQUEST) - 1) != sizeof(REQUEST) - 1) fail("write");
        }
        if (time >= end && (idle_count == connections || time > end + 2)) break;
        double wait = time < end ? fmax(0, next - now()) : 0.1;
        struct timespec limit = {.tv_sec = (time_t)wait, .tv_nsec = (long)((wait - floor(wait)) * 1e9)};
        struct epoll_event events[EVENTS];
        int ready = epoll_pwait2(set, events, EVENTS, &limit, NULL);
        for (int index = 0; index < ready; index++) {
            connection *from = &all[events[index].data.u32];
            ssize_t bytes = read(from->socket, from->buffer + from->received, BUFFER - 1 - from->received);
            if (bytes < 0 && errno == EAGAIN) continue;
            if (bytes <= 0) fail("the connection was closed");
            from->received += (size_t)bytes;
            if (!whole(from)) continue;
            if (strncmp(from->buffer + 9, "200", 3) != 0) other++;
            else if (from->due >= start) took[answered++] = now() - from->due;
            idle[idle_count++] = (int)events[index].data.u32;
        }
    }
    size_t late = last - first + (size_t)(connections - idle_count);
    qsort(took, answered, sizeof(double), compare);
    double shares[] = {0.5, 0.9, 0.99, 0.999, 1};
    printf("%zu %zu %zu", answered, other, late);
    for (int index = 0; index < 5; index++) {
        size_t place = (size_t)((double)answered * shares[index]);
        if (place >= answered) place = answered ? answered - 1 : 0;
        printf(" %.0f", answered ? took[place] * 1e6 : 0);
    }
    printf("\n");
    return 0;
}
