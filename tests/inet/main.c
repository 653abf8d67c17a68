/* SPDX-License-Identifier: BSD-3-Clause */
/* Echoes on port 7, TCP (a thread for each connection) and UDP, until somebody sends "quit" by UDP.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int bound(int domain, int type) {
    const int fd = socket(domain, type, 0);
    if (fd < 0) {
        printf("socket: %s\n", strerror(errno));
        exit(1);
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in6 at6 = {.sin6_family = AF_INET6, .sin6_port = __builtin_bswap16(7)};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = __builtin_bswap16(7)};
    const int failed = domain == AF_INET ? bind(fd, (struct sockaddr*)&at, sizeof at)
                                         : bind(fd, (struct sockaddr*)&at6, sizeof at6);
    if (failed != 0) {
        printf("bind: %s\n", strerror(errno));
        exit(1);
    }
    return fd;
}

static _Atomic long g_written; /* by TCP */

static void* echo(void* argument) {
    const int fd = (int)(long)argument;
    char buffer[16384];
    for (;;) {
        const ssize_t came = read(fd, buffer, sizeof buffer);
        if (came <= 0) {
            if (came < 0)
                printf("read: %s\n", strerror(errno));
            break;
        }
        for (ssize_t done = 0; done < came;) {
            const ssize_t sent = write(fd, buffer + done, (size_t)(came - done));
            if (sent < 0) {
                printf("write: %s\n", strerror(errno));
                break;
            }
            done += sent;
            g_written += sent;
        }
    }
    close(fd);
    return NULL;
}

static void* serve(void* argument) {
    const int listener = (int)(long)argument;
    for (;;) {
        const int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            printf("accept: %s\n", strerror(errno));
            return NULL;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_t thread;
        if (pthread_create(&thread, NULL, echo, (void*)(long)fd) != 0)
            close(fd);
        else
            pthread_detach(thread);
    }
}

/* As a client of our own, by the loopback: v4 in its IPv6 form, and v6. */
static void speak_to_ourselves(const char* name, const struct sockaddr_in6* to) {
    char buffer[20000];
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    memset(buffer, 'x', sizeof buffer);
    size_t came = 0;
    if (connect(fd, (const struct sockaddr*)to, sizeof *to) == 0 &&
        write(fd, buffer, sizeof buffer) == (ssize_t)sizeof buffer) {
        memset(buffer, 0, sizeof buffer);
        for (ssize_t part = 1; part > 0 && came < sizeof buffer; came += (size_t)part)
            part = read(fd, buffer + came, sizeof buffer - came);
    }
    if (came != sizeof buffer || buffer[0] != 'x' || buffer[came - 1] != 'x')
        printf("%s: %s\n", name, strerror(errno));
    else
        printf("%s: echoed\n", name);
    close(fd);
}

/* Nobody listens on port 8. */
static void be_refused(void) {
    const struct sockaddr_in6 to = {.sin6_family = AF_INET6,
                                    .sin6_port = __builtin_bswap16(8),
                                    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    const int failed = connect(fd, (const struct sockaddr*)&to, sizeof to);
    printf("port 8: %s\n", failed != 0 ? strerror(errno) : "connected");
    close(fd);
}

int main(void) {
    const int listener = bound(AF_INET6, SOCK_STREAM);
    const int datagrams = bound(AF_INET6, SOCK_DGRAM);
    if (listen(listener, 128) != 0) {
        printf("listen: %s\n", strerror(errno));
        return 1;
    }
    pthread_t server;
    pthread_create(&server, NULL, serve, (void*)(long)listener);
    struct sockaddr_in6 to = {.sin6_family = AF_INET6,
                              .sin6_port = __builtin_bswap16(7),
                              .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    speak_to_ourselves("::1", &to);
    const unsigned char mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
    memcpy(&to.sin6_addr, mapped, sizeof mapped);
    speak_to_ourselves("127.0.0.1", &to);
    be_refused();
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        static char buffer[65536];
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        const ssize_t came =
            recvfrom(datagrams, buffer, sizeof buffer, 0, (struct sockaddr*)&from, &size);
        if (came < 0) {
            printf("recvfrom: %s\n", strerror(errno));
            return 1;
        }
        if (came == 4 && memcmp(buffer, "quit", 4) == 0) {
            printf("written: %ld\n", (long)g_written);
            return 0;
        }
        if (sendto(datagrams, buffer, (size_t)came, 0, (struct sockaddr*)&from, size) != came)
            printf("sendto: %s\n", strerror(errno));
    }
}
