// SPDX-License-Identifier: BSD-3-Clause
// The HTTP server that network benchmarks ask: epoll, replies of always the same 612 bytes of text,
// keep-alive or one request for each connection. The same text is an application of Microlith and,
// linked statically, a process of the Linux opponent; plain system calls, nothing tuned for either.
//
//     server [PORT [keep|close|bulk]]   80 keep; `close` ends every connection after its reply
//
// `bulk`: one connection after the other. It begins with a letter and a number of eight bytes: so
// many bytes go out ('o') or come in ('i', a byte tells when all are here), 64 KiB to a call.
//
// It reads only as much of a request as it must know where that ends and whether the client wants
// the connection closed, and never looks at the path. Not a server for anything else.
#define _GNU_SOURCE // accept4, memmem
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kBody = 612, kMostFd = 4096, kRequest = 4096, kBatch = 16, kEvents = 64, kBulk = 65536 };

struct Connection {
    char* rest;      // the beginning of a request whose end has not come; NULL mostly
    uint16_t length; // of it
    uint16_t due;    // replies that the socket has not taken
    uint16_t sent;   // bytes of the first of them
    char open, ends; // in the epoll set; to close when nothing is due any more
    char writes;     // epoll waits for room, not for requests
};

static struct Connection g_connections[kMostFd];
static char g_reply[2][kBody + 256]; // [1]: says that it is the last
static size_t g_size[2];
static int g_poll, g_close;

static void check(int good, const char* what) {
    if (good)
        return;
    perror(what);
    exit(1);
}

static void make_replies(void) {
    char body[kBody + 1];
    memset(body, 'x', kBody);
    body[kBody] = '\0';
    body[kBody - 1] = '\n';
    for (int last = 0; last < 2; last++)
        g_size[last] =
            (size_t)snprintf(g_reply[last], sizeof g_reply[last],
                             "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: "
                             "text/plain\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s",
                             kBody, last ? "close" : "keep-alive", body);
}

static void forget(int fd) {
    struct Connection* c = &g_connections[fd];
    free(c->rest);
    memset(c, 0, sizeof *c);
    close(fd); // which takes it out of the epoll set, too
}

static void wait_for(int fd, int writes) {
    struct Connection* c = &g_connections[fd];
    if (c->open && c->writes == writes)
        return;
    struct epoll_event event = {.events = writes ? EPOLLOUT : EPOLLIN, .data.fd = fd};
    check(epoll_ctl(g_poll, c->open ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
    c->open = 1;
    c->writes = (char)writes;
}

// Whether this request (headers without their last empty line) is the last of its connection.
static int is_last(char* text, size_t length) {
    char* line_end = memchr(text, '\n', length);
    int keep = line_end != NULL && line_end - text > 9 && memcmp(line_end - 9, "HTTP/1.1", 8) == 0;
    while (line_end != NULL) {
        char* line = line_end + 1;
        const size_t left = (size_t)(text + length - line);
        if (left >= 16 && strncasecmp(line, "connection: ", 12) == 0)
            keep = strncasecmp(line + 12, "keep", 4) == 0;
        line_end = memchr(line, '\n', left);
    }
    return g_close || !keep;
}

// Sends what is due, or as much of it as the socket takes.
static void send_due(int fd) {
    struct Connection* c = &g_connections[fd];
    while (c->due > 0) {
        struct iovec parts[kBatch];
        int count = 0;
        for (; count < c->due && count < kBatch; count++) {
            const int last = c->ends && count == c->due - 1;
            const size_t skip = count == 0 ? c->sent : 0;
            parts[count] = (struct iovec){g_reply[last] + skip, g_size[last] - skip};
        }
        ssize_t done =
            count == 1 ? write(fd, parts[0].iov_base, parts[0].iov_len) : writev(fd, parts, count);
        if (done < 0) {
            errno == EAGAIN ? wait_for(fd, 1) : forget(fd);
            return;
        }
        for (int i = 0; i < count && (size_t)done >= parts[i].iov_len; i++) {
            done -= (ssize_t)parts[i].iov_len;
            c->due--;
            c->sent = 0;
        }
        c->sent = (uint16_t)(c->sent + done);
    }
    if (c->ends)
        forget(fd);
    else
        wait_for(fd, 0);
}

// Takes whole requests out of the text; keeps what is left. Returns 0 if that is too long.
static int take(struct Connection* c, char* text, size_t length) {
    char* end;
    while (!c->ends && (end = memmem(text, length, "\r\n\r\n", 4)) != NULL) {
        end += 4;
        c->due++;
        c->ends = (char)is_last(text, (size_t)(end - text) - 2);
        length -= (size_t)(end - text);
        text = end;
    }
    c->length = 0;
    if (length == 0 || c->ends)
        return 1;
    if (length == kRequest || (c->rest == NULL && (c->rest = malloc(kRequest)) == NULL))
        return 0;
    memmove(c->rest, text, length);
    c->length = (uint16_t)length;
    return 1;
}

static void receive(int fd) {
    static char buffer[kRequest];
    struct Connection* c = &g_connections[fd];
    char* into = c->length > 0 ? c->rest : buffer;
    const ssize_t got = read(fd, into + c->length, kRequest - c->length);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0 || !take(c, into, c->length + (size_t)got))
        forget(fd);
    else if (c->due > 0)
        send_due(fd);
}

static void accept_all(int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= kMostFd)
            close(fd);
        else
            wait_for(fd, 0);
    }
}

// All of them, or not.
static int move(int fd, int out, uint64_t left) {
    static char buffer[kBulk], rest[kBulk];
    const int filled = buffer[1] != '\0';
    for (int i = 0; i < kBulk && !filled; i++)
        buffer[i] = (char)(i * 7 + (i >> 8));
    size_t at = 0;
    while (left > 0) {
        const size_t size = left < kBulk - at ? (size_t)left : kBulk - at;
        const ssize_t done = out ? write(fd, buffer + at, size) : read(fd, rest, kBulk);
        if (done <= 0)
            return 0;
        at = out ? (at + (size_t)done) % kBulk : 0;
        left -= (uint64_t)done;
    }
    return 1;
}

static void serve_bulk(int listener) {
    for (;;) {
        struct {
            char way;
            uint8_t size[8];
        } wanted;
        const int fd = accept(listener, NULL, NULL);
        check(fd >= 0, "accept");
        uint64_t size = 0;
        if (recv(fd, &wanted, sizeof wanted, MSG_WAITALL) == sizeof wanted) {
            memcpy(&size, wanted.size, sizeof size);
            if (move(fd, wanted.way == 'o', size) && wanted.way != 'o')
                (void)!write(fd, "k", 1);
            shutdown(fd, SHUT_WR);
            (void)!read(fd, &wanted, 1); // the client is done
        }
        close(fd);
    }
}

int main(int argc, char* argv[]) {
    const int port = argc > 1 ? atoi(argv[1]) : 80, on = 1;
    const int bulk = argc > 2 && strcmp(argv[2], "bulk") == 0;
    g_close = argc > 2 && strcmp(argv[2], "close") == 0;
    if (port <= 0 || port > 65535 || argc > 3 ||
        (argc > 2 && !g_close && !bulk && strcmp(argv[2], "keep"))) {
        fprintf(stderr, "usage: server [PORT [keep|close|bulk]]\n");
        return 2;
    }
    make_replies();
    check(signal(SIGPIPE, SIG_IGN) != SIG_ERR, "SIGPIPE"); // write() says it, too
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int listener = socket(AF_INET, SOCK_STREAM | (bulk ? 0 : SOCK_NONBLOCK), 0);
    check(listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0,
          "socket");
    check(bind(listener, (struct sockaddr*)&address, sizeof address) == 0, "bind");
    check(listen(listener, 512) == 0, "listen");
    printf("bench server: port %d, %s\n", port, bulk ? "bulk" : g_close ? "close" : "keep-alive");
    fflush(stdout);
    if (bulk)
        serve_bulk(listener);
    check((g_poll = epoll_create1(0)) >= 0, "epoll_create1");
    wait_for(listener, 0);
    for (;;) {
        struct epoll_event events[kEvents];
        const int count = epoll_wait(g_poll, events, kEvents, -1);
        check(count >= 0 || errno == EINTR, "epoll_wait");
        for (int i = 0; i < count; i++) {
            const int fd = events[i].data.fd;
            if (fd == listener)
                accept_all(listener);
            else if (g_connections[fd].writes)
                send_due(fd);
            else
                receive(fd);
        }
    }
}
