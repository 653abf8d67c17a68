// SPDX-License-Identifier: BSD-3-Clause
// Asks an HTTP server again and again, each connection waiting for its reply before the next
// request, and says how often and how long that took:
//
//     client ADDRESS PORT REQUESTS CONNECTIONS keep|close
//     client ADDRESS PORT MEGABYTES out|in      one stream, out of the server (each byte is looked
//                                        at) or into it; says how quick that was
//     client ADDRESS PORT first          tries until the first reply has come; says after how long
//
// Exactly REQUESTS requests, so that what the server's machine did can be divided by them.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kMostConnections = 4096, kReply = 4096, kPatienceMs = 20000 };

struct Connection {
    int fd;
    uint64_t asked; // when, ns
    size_t got;
    char reply[kReply];
};

static struct sockaddr_in g_server;
static struct Connection* g_connections;
static uint32_t* g_times; // of each request, in microseconds
static long g_wanted, g_asked, g_done;
static int g_close, g_poll;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void fail(const char* what) {
    fprintf(stderr, "client: after %ld replies: %s: %s\n", g_done, what, strerror(errno));
    exit(1);
}

static void ask(struct Connection* c) {
    static const char kKeep[] = "GET / HTTP/1.1\r\nHost: guest\r\n\r\n";
    static const char kClose[] = "GET / HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n";
    const char* text = g_close ? kClose : kKeep;
    g_asked++;
    c->got = 0;
    if (write(c->fd, text, strlen(text)) != (ssize_t)strlen(text))
        fail("write");
}

// The time of a request on a new connection includes making that.
static void open_connection(struct Connection* c) {
    const int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->asked = now();
    if (c->fd < 0 || connect(c->fd, (struct sockaddr*)&g_server, sizeof g_server) < 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(g_poll, EPOLL_CTL_ADD, c->fd, &event);
    ask(c);
}

// Whether the whole reply is there.
static int is_whole(struct Connection* c) {
    c->reply[c->got] = '\0';
    const char* end = strstr(c->reply, "\r\n\r\n");
    const char* length = strcasestr(c->reply, "content-length:");
    return end != NULL && length != NULL && length < end &&
           c->got >= (size_t)(end + 4 - c->reply) + strtoul(length + 15, NULL, 10);
}

static void receive(struct Connection* c) {
    const ssize_t size = read(c->fd, c->reply + c->got, kReply - 1 - c->got);
    if (size <= 0)
        fail(size == 0 ? "the server closed the connection too early" : "read");
    c->got += (size_t)size;
    if (!is_whole(c))
        return;
    g_times[g_done++] = (uint32_t)((now() - c->asked) / 1000);
    if (g_close) {
        while (read(c->fd, c->reply, kReply) > 0) { // the server's end of it
        }
        close(c->fd);
        if (g_asked < g_wanted)
            open_connection(c);
    } else if (g_asked < g_wanted) {
        c->asked = now();
        ask(c);
    }
}

static int by_time(const void* a, const void* b) {
    const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
    return (x > y) - (x < y);
}

static void ask_all(int connections) {
    const uint64_t begin = now();
    for (int i = 0; i < connections; i++)
        open_connection(&g_connections[i]);
    while (g_done < g_wanted) {
        struct epoll_event events[64];
        const int count = epoll_wait(g_poll, events, 64, kPatienceMs);
        errno = ETIMEDOUT;
        if (count <= 0)
            fail("no reply");
        for (int i = 0; i < count; i++)
            receive(events[i].data.ptr);
    }
    const double seconds = (double)(now() - begin) / 1e9;
    qsort(g_times, (size_t)g_done, sizeof *g_times, by_time);
    printf("requests %ld seconds %.3f rate %.0f p50_us %u p99_us %u\n", g_done, seconds,
           (double)g_done / seconds, g_times[g_done / 2], g_times[g_done * 99 / 100]);
}

// Megabytes a second, until the last byte was here, or is there.
static void stream(uint64_t bytes, int out) {
    enum { kBulk = 65536 };
    static char buffer[kBulk], right[2 * kBulk];
    struct Connection c;
    const struct timeval patience = {kPatienceMs / 1000, 0};
    for (int i = 0; i < 2 * kBulk; i++)
        right[i] = (char)(i % kBulk * 7 + (i % kBulk >> 8));
    c.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c.fd < 0 || connect(c.fd, (struct sockaddr*)&g_server, sizeof g_server) < 0)
        fail("connect");
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    char wanted[9] = {out ? 'o' : 'i'};
    memcpy(wanted + 1, &bytes, sizeof bytes);
    const uint64_t begin = now();
    if (write(c.fd, wanted, sizeof wanted) != sizeof wanted)
        fail("write");
    for (uint64_t done = 0; done < bytes;) {
        const size_t at = done % kBulk;
        const size_t size = bytes - done < kBulk ? (size_t)(bytes - done) : kBulk;
        const ssize_t part = out ? read(c.fd, buffer, size) : write(c.fd, right + at, size);
        if (part <= 0)
            fail(part == 0 ? "the server closed the connection too early" : "stream");
        if (out && memcmp(buffer, right + at, (size_t)part) != 0) {
            fprintf(stderr, "client: wrong bytes after %llu\n", (unsigned long long)done);
            exit(1);
        }
        done += (uint64_t)part;
    }
    if (!out && read(c.fd, buffer, 1) != 1)
        fail("the end");
    const double seconds = (double)(now() - begin) / 1e9;
    printf("bytes %llu seconds %.3f megabytes/s %.1f\n", (unsigned long long)bytes, seconds,
           (double)bytes / 1e6 / seconds);
    close(c.fd);
}

// One try, which gives up soon: a guest that is not there yet answers nothing.
static int replies(void) {
    enum { kTryMs = 5 };
    char text[kReply];
    int good = 0;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (connect(fd, (struct sockaddr*)&g_server, sizeof g_server) < 0 && errno != EINPROGRESS) {
        usleep(kTryMs * 1000);
    } else if (poll(&wait, 1, kTryMs) == 1 &&
               send(fd, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL) == 18) {
        wait.events = POLLIN;
        good = poll(&wait, 1, 500) == 1 && read(fd, text, sizeof text) > 0;
    } else {
        usleep(kTryMs * 200);
    }
    close(fd);
    return good;
}

int main(int count, char** words) {
    const int first = count == 4 && strcmp(words[3], "first") == 0;
    g_server = (struct sockaddr_in){.sin_family = AF_INET};
    const int out = count == 5 && strcmp(words[4], "out") == 0;
    const int bulk = out || (count == 5 && strcmp(words[4], "in") == 0);
    if ((!first && !bulk && count != 6) || !inet_aton(words[1], &g_server.sin_addr)) {
        fprintf(stderr, "usage: client ADDRESS PORT (REQUESTS CONNECTIONS keep|close | MEGABYTES "
                        "out|in | first)\n");
        return 2;
    }
    g_server.sin_port = htons((uint16_t)atoi(words[2]));
    if (first) {
        const uint64_t begin = now();
        while (!replies()) {
            if (now() - begin > 120e9)
                return 1;
        }
        printf("first reply after %.3f seconds\n", (double)(now() - begin) / 1e9);
        return 0;
    }
    if (bulk) {
        stream((uint64_t)atol(words[3]) << 20, out);
        return 0;
    }
    const int connections = atoi(words[4]);
    g_wanted = atol(words[3]);
    g_close = strcmp(words[5], "close") == 0;
    if (connections < 1 || connections > kMostConnections || g_wanted < connections)
        return 2;
    g_connections = calloc((size_t)connections, sizeof *g_connections);
    g_times = calloc((size_t)g_wanted, sizeof *g_times);
    g_poll = epoll_create1(0);
    if (g_connections == NULL || g_times == NULL || g_poll < 0)
        return 1;
    ask_all(connections);
    return 0;
}
