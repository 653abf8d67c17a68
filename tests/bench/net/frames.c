// SPDX-License-Identifier: BSD-3-Clause
// Sends frames into the interface tap0 and waits for them at tap1, where a guest forwards between
// the two, and says how many a second went through and how long each took:
//
//     frames FRAMES AHEAD [BYTES]    at most AHEAD are on their way; 60 bytes each
//     frames first                   tries until one has come
//
// What is lost counts, once nothing has come for a second.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kType = 0x88b5, kMost = 1514, kLeast = 60 }; // a type for local experiments

static unsigned char g_frame[kMost];
static uint64_t* g_sent; // when, of each frame
static uint32_t* g_times;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int open_interface(const char* name) {
    const struct sockaddr_ll at = {.sll_family = AF_PACKET,
                                   .sll_protocol = htons(kType),
                                   .sll_ifindex = (int)if_nametoindex(name)};
    const int fd = socket(AF_PACKET, SOCK_RAW, htons(kType));
    const int room = 1 << 22;
    if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (const struct sockaddr*)&at, sizeof at) != 0) {
        perror(name);
        exit(1);
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return fd;
}

static int send_frame(int fd, uint32_t number, size_t size) {
    memcpy(g_frame + 14, &number, sizeof number);
    return send(fd, g_frame, size, 0) == (ssize_t)size;
}

// The number of a frame that came within so much time; -1: none.
static long take_frame(int fd, int wait_ms) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    unsigned char frame[kMost];
    uint32_t number = 0;
    if (poll(&ready, 1, wait_ms) != 1 || recv(fd, frame, sizeof frame, 0) < kLeast)
        return -1;
    memcpy(&number, frame + 14, sizeof number);
    return number;
}

static int by_time(const void* a, const void* b) {
    const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
    return (x > y) - (x < y);
}

static void measure(int from, int to, uint32_t count, uint32_t ahead, size_t size) {
    uint32_t sent = 0, came = 0, lost = 0;
    const uint64_t begin = now();
    uint64_t last = begin;
    while (came + lost < count) {
        for (; sent < count && sent - came - lost < ahead; sent++) {
            g_sent[sent] = now();
            if (!send_frame(from, sent, size)) // the interface is full
                break;
        }
        const long number = take_frame(to, 1000);
        if (number >= 0 && number < (long)count) {
            last = now();
            g_times[came++] = (uint32_t)((last - g_sent[number]) / 1000);
        } else if (number < 0) {
            lost = sent - came;
        }
    }
    if (came == 0)
        exit(1);
    qsort(g_times, came, sizeof *g_times, by_time);
    printf("frames %u lost %u rate %.0f p50_us %u p99_us %u\n", came, lost,
           came / ((double)(last - begin) / 1e9), g_times[came / 2], g_times[came * 99 / 100]);
}

int main(int count, char** words) {
    static const unsigned char kAddresses[] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0x88, 0xb5};
    const int first = count == 2 && strcmp(words[1], "first") == 0;
    const long frames = count > 1 ? atol(words[1]) : 0;
    const long ahead = count > 2 ? atol(words[2]) : 0;
    const long size = count > 3 ? atol(words[3]) : kLeast;
    if (!first && (frames < 1 || ahead < 1 || size < kLeast || size > kMost)) {
        fprintf(stderr, "usage: frames FRAMES AHEAD [BYTES] | first\n");
        return 2;
    }
    memcpy(g_frame, kAddresses, sizeof kAddresses);
    const int from = open_interface("tap0"), to = open_interface("tap1");
    if (first) {
        for (const uint64_t begin = now(); now() - begin < 120000000000;) {
            (void)send_frame(from, UINT32_MAX, kLeast);
            if (take_frame(to, 50) >= 0)
                return 0;
        }
        return 1;
    }
    while (take_frame(to, 100) >= 0) { // what earlier runs have left
    }
    g_sent = calloc((size_t)frames, sizeof *g_sent);
    g_times = calloc((size_t)frames, sizeof *g_times);
    if (g_sent == NULL || g_times == NULL)
        return 1;
    measure(from, to, (uint32_t)frames, (uint32_t)ahead, (size_t)size);
    return 0;
}
