// SPDX-License-Identifier: BSD-3-Clause
// Works with files, pipes and counters in loops between the markers of the counting plugin. The
// same text is an application of Microlith and, linked statically, /init of the Linux opponent.
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __GLIBC__ // the opponent
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#endif

// As <apps/bench/markers.h> has it: loop N between the markers 0x100 + 2 N and the next one, and
// every loop runs once before its first marker.
#define MARK(number)                                                                               \
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" ::"i"(0x4d4b0000 + (number))            \
                     : "memor"                                                                     \
                       "y")
#define MEASURE(index, name, operations, prepare, operation)                                       \
    do {                                                                                           \
        printf("measure %s marks %d %d operations %d\n", name, 0x100 + 2 * (index),                \
               0x101 + 2 * (index), operations);                                                   \
        fflush(stdout);                                                                            \
        prepare;                                                                                   \
        for (int i = 0; i < (operations); i++)                                                     \
            operation;                                                                             \
        prepare;                                                                                   \
        MARK(0x100 + 2 * (index));                                                                 \
        for (int i = 0; i < (operations); i++)                                                     \
            operation;                                                                             \
        MARK(0x101 + 2 * (index));                                                                 \
    } while (0)

enum { kOperations = 1000, kPage = 4096, kNames = 1000, kIdle = 1000 };

static const char kPath[] = "/tmp/folder/file";
static char g_page[kPage];

static void check(int good, const char* what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}
#define CHECK(condition) check(condition, #condition)

static void measure_paths(void) {
    struct stat facts;
    MEASURE(0, "open+close", kOperations, , {
        int fd = open(kPath, O_RDONLY);
        CHECK(fd >= 0 && close(fd) == 0);
    });
    MEASURE(1, "stat", kOperations, , CHECK(stat(kPath, &facts) == 0));
    MEASURE(2, "create+unlink", kOperations, , {
        int fd = open("/tmp/folder/new", O_CREAT | O_EXCL | O_WRONLY, 0644);
        CHECK(fd >= 0 && close(fd) == 0 && unlink("/tmp/folder/new") == 0);
    });
}

static void measure_content(void) {
    int fd = open(kPath, O_RDWR);
    CHECK(fd >= 0);
    for (int i = 0; i < kOperations; i++)
        CHECK(write(fd, g_page, kPage) == kPage);
    MEASURE(3, "pread 4096", kOperations, , CHECK(pread(fd, g_page, kPage, kPage) == kPage));
    MEASURE(4, "pwrite 4096", kOperations, , CHECK(pwrite(fd, g_page, kPage, kPage) == kPage));
    MEASURE(5, "read 4096", kOperations, lseek(fd, 0, SEEK_SET),
            CHECK(read(fd, g_page, kPage) == kPage));
    MEASURE(6, "write 4096", kOperations, lseek(fd, 0, SEEK_SET),
            CHECK(write(fd, g_page, kPage) == kPage));
    CHECK(close(fd) == 0);
}

static void measure_names(void) {
    static char room[32768];
    char name[64];
    CHECK(mkdir("/tmp/many", 0755) == 0);
    for (int i = 0; i < kNames; i++) {
        snprintf(name, sizeof(name), "/tmp/many/name-%d", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0644);
        CHECK(fd >= 0 && close(fd) == 0);
    }
    int fd = open("/tmp/many", O_RDONLY | O_DIRECTORY);
    CHECK(fd >= 0);
    MEASURE(7, "getdents of 1000 names", 10, , {
        CHECK(lseek(fd, 0, SEEK_SET) == 0);
        while (syscall(SYS_getdents64, fd, room, sizeof(room)) > 0)
            ;
    });
    CHECK(close(fd) == 0);
}

// What goes there and back: 8 bytes by two descriptors that are read and two that are written.
static struct { int there_in, there_out, back_in, back_out; } g_ways;

static void pass(int in, int out) {
    uint64_t value = 1;
    CHECK(write(in, &value, sizeof(value)) == sizeof(value));
    CHECK(read(out, &value, sizeof(value)) == sizeof(value));
}

static void* answer(void* unused) {
    (void)unused;
    for (int i = 0; i < 2 * kOperations; i++) {
        uint64_t value;
        CHECK(read(g_ways.there_out, &value, sizeof(value)) == sizeof(value));
        CHECK(write(g_ways.back_in, &value, sizeof(value)) == sizeof(value));
    }
    return NULL;
}

// Two threads: the marker numbers are constants, hence two functions.
static void measure_pipes(void) {
    int there[2], back[2];
    pthread_t other;
    CHECK(pipe(there) == 0 && pipe(back) == 0);
    MEASURE(8, "pipe write+read 8", kOperations, , pass(there[1], there[0]));
    g_ways.there_in = there[1], g_ways.there_out = there[0];
    g_ways.back_in = back[1], g_ways.back_out = back[0];
    CHECK(pthread_create(&other, NULL, answer, NULL) == 0);
    MEASURE(9, "pipe round trip", kOperations, , pass(g_ways.there_in, g_ways.back_out));
    CHECK(pthread_join(other, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(close(there[i]) == 0 && close(back[i]) == 0);
}

static void measure_counters(void) {
    pthread_t other;
    int there = eventfd(0, 0), back = eventfd(0, 0);
    CHECK(there >= 0 && back >= 0);
    MEASURE(10, "eventfd write+read", kOperations, , pass(there, there));
    g_ways.there_in = g_ways.there_out = there;
    g_ways.back_in = g_ways.back_out = back;
    CHECK(pthread_create(&other, NULL, answer, NULL) == 0);
    MEASURE(11, "eventfd round trip", kOperations, , pass(there, back));
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(close(there) == 0 && close(back) == 0);
}

static void watch(int set, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
}

// One is ready; the others are not.
static void measure_epoll(void) {
    struct epoll_event events[16];
    int set = epoll_create1(0), busy = eventfd(1, EFD_NONBLOCK);
    CHECK(set >= 0 && busy >= 0);
    watch(set, busy);
    watch(set, eventfd(0, EFD_NONBLOCK));
    MEASURE(12, "epoll_wait 1 idle", kOperations, , CHECK(epoll_wait(set, events, 16, -1) == 1));
    for (int i = 1; i < kIdle; i++)
        watch(set, eventfd(0, EFD_NONBLOCK));
    MEASURE(13, "epoll_wait 1000 idle", kOperations, , CHECK(epoll_wait(set, events, 16, -1) == 1));
}

#ifdef __GLIBC__
static void begin(void) {
    struct rlimit many = {4096, 4096};
    CHECK(mkdir("/tmp", 01777) == 0);
    CHECK(mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == 0);
    CHECK(setrlimit(RLIMIT_NOFILE, &many) == 0);
}
static void end(void) {
    sync();
    reboot(RB_POWER_OFF);
}
#else
static void begin(void) {}
static void end(void) {}
#endif

int main(void) {
    begin();
    CHECK(mkdir("/tmp/folder", 0755) == 0);
    int fd = open(kPath, O_CREAT | O_WRONLY, 0644);
    CHECK(fd >= 0 && close(fd) == 0);
    measure_paths();
    measure_content();
    measure_names();
    measure_pipes();
    measure_counters();
    measure_epoll();
    puts("files: done");
    end();
    return 0;
}
