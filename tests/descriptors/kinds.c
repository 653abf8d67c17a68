// SPDX-License-Identifier: BSD-3-Clause
// Kinds of descriptors. None of them waits.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "table.h"

int g_others[2];

int open_none(void) {
    return -1;
}
static int open_file(void) {
    return file_with("f", O_RDWR);
}
static int open_file_to_read(void) {
    return file_with("f", O_RDONLY);
}
static int open_file_to_append(void) {
    return file_with("f", O_WRONLY | O_APPEND);
}
static int open_file_path(void) {
    return file_with("f", O_PATH);
}
static int open_folder(void) {
    return open(in_folder("d"), O_RDONLY | O_DIRECTORY);
}
static int open_folder_path(void) {
    return open(in_folder("d"), O_PATH | O_DIRECTORY);
}
static int open_temporary(void) {
    return open(in_folder("d"), O_TMPFILE | O_RDWR, 0600);
}
static int open_memory(void) {
    return memfd_create("m", 0);
}

static int open_pipe_end(int which) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0)
        return -1;
    g_others[0] = ends[1 - which];
    return ends[which];
}
static int open_pipe_to_read(void) {
    return open_pipe_end(0);
}
static int open_pipe_to_write(void) {
    return open_pipe_end(1);
}
static int open_pipe_alone(void) {
    const int fd = open_pipe_end(1);
    close(g_others[0]);
    g_others[0] = -1;
    return fd;
}
static int open_fifo(void) {
    unlink(in_folder("p"));
    return mkfifo(in_folder("p"), 0644) != 0 ? -1 : open(in_folder("p"), O_RDWR | O_NONBLOCK);
}

static int open_counter(void) {
    return eventfd(1, EFD_NONBLOCK);
}
static int open_timer(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
}
static int open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    return signalfd(-1, &set, SFD_NONBLOCK);
}
static int open_epoll(void) {
    return epoll_create1(0);
}

static int open_pair(int type) {
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends) != 0)
        return -1;
    g_others[0] = ends[1];
    return ends[0];
}
static int open_stream_pair(void) {
    return open_pair(SOCK_STREAM);
}
static int open_packet_pair(void) {
    return open_pair(SOCK_SEQPACKET);
}
static int open_datagram_pair(void) {
    return open_pair(SOCK_DGRAM);
}
static int open_stream(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
}
static int open_datagram(void) {
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
}
static int open_listener(void) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    unlink(in_folder("l"));
    strncpy(name.sun_path, in_folder("l"), sizeof(name.sun_path) - 1);
    const int fd = open_stream();
    return bind(fd, (struct sockaddr*)&name, sizeof(name)) != 0 || listen(fd, 1) != 0 ? -1 : fd;
}
static int open_tcp(void) {
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
}
static int open_udp(void) {
    return socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
}
static int open_tcp_listener(void) {
    const int fd = open_tcp();
    return listen(fd, 1) != 0 ? -1 : fd;
}

static int open_null(void) {
    return open("/dev/null", O_RDWR);
}
static int open_zero(void) {
    return open("/dev/zero", O_RDWR);
}
static int open_full(void) {
    return open("/dev/full", O_RDWR);
}
static int open_random(void) {
    return open("/dev/urandom", O_RDWR);
}
static int open_state(void) {
    return open("/proc/self/stat", O_RDONLY);
}
static int open_processes(void) {
    return open("/proc", O_RDONLY | O_DIRECTORY);
}

const struct Kind g_kinds[] = {
    {"none", open_none, 0},
    {"file", open_file, 0},
    {"file-to-read", open_file_to_read, 0},
    {"file-to-append", open_file_to_append, 0},
    {"file-path", open_file_path, 0},
    {"folder", open_folder, 0},
    {"folder-path", open_folder_path, 0},
    {"temporary", open_temporary, 0},
    {"memory", open_memory, 0},
    {"pipe-to-read", open_pipe_to_read, 0},
    {"pipe-to-write", open_pipe_to_write, 0},
    {"pipe-alone", open_pipe_alone, 0},
    {"fifo", open_fifo, 0},
    {"eventfd", open_counter, 0},
    {"timerfd", open_timer, 0},
    {"signalfd", open_signals, 0},
    {"epoll", open_epoll, 0},
    {"unix-pair", open_stream_pair, 0},
    {"unix-packets", open_packet_pair, 0},
    {"unix-datagram-pair", open_datagram_pair, 0},
    {"unix-stream", open_stream, 0},
    {"unix-datagram", open_datagram, 0},
    {"unix-listener", open_listener, 0},
    {"tcp", open_tcp, 0},
    {"tcp-listener", open_tcp_listener, 0},
    {"udp", open_udp, 0},
    {"null", open_null, 1},
    {"zero", open_zero, 1},
    {"full", open_full, 1},
    {"urandom", open_random, 1},
    {"proc-stat", open_state, 1},
    {"proc", open_processes, 1},
    {0},
};
