// SPDX-License-Identifier: BSD-3-Clause
// What waiting by descriptors costs: pipes, counters and sockets between two threads, epoll with
// idle ones.
#include <uk/abi/epoll.h>
#include <uk/abi/eventfd.h>
#include <uk/abi/socket.h>
#include <uk/assert.h>
#include <uk/sched.hpp>
#include <uk/syscall.h>

#include "measure.hpp"

namespace {

using bench::kOperations;
using bench::measure;

constexpr int kIdle = 1000;

// What goes there and back: 8 bytes by two descriptors that are read and two that are written.
struct Ways {
    int there_in, there_out, back_in, back_out;

    void send(uint64_t value) const {
        UK_VERIFY(uk_sys_write(there_in, &value, sizeof(value)) == sizeof(value));
    }
    [[nodiscard]] uint64_t receive() const {
        uint64_t value = 0;
        UK_VERIFY(uk_sys_read(back_out, &value, sizeof(value)) == sizeof(value));
        return value;
    }
};
Ways g_ways;
constexpr uint64_t kEnd = 2;

void* answer(void* /*unused*/) {
    for (uint64_t value = 0; value != kEnd;) {
        UK_VERIFY(uk_sys_read(g_ways.there_out, &value, sizeof(value)) == sizeof(value));
        UK_VERIFY(uk_sys_write(g_ways.back_in, &value, sizeof(value)) == sizeof(value));
    }
    return nullptr;
}

template <int kIndex>
void measure_round_trip(const char* name) {
    uk::Ref<uk::Thread> other = UK_MUST(uk::sched::create({}, answer, nullptr));
    measure<kIndex>(name, kOperations, [] {
        g_ways.send(1);
        (void)g_ways.receive();
    });
    g_ways.send(kEnd);
    (void)g_ways.receive();
    (void)UK_MUST(uk::sched::join(*other));
}

int counter() {
    const long fd = uk_sys_eventfd2(0, UK_EFD_NONBLOCK);
    UK_VERIFY(fd >= 0);
    return static_cast<int>(fd);
}
void watch(int set, int fd) {
    uk_epoll_event event = {UK_EPOLLIN, 0};
    UK_VERIFY(uk_sys_epoll_ctl(set, UK_EPOLL_CTL_ADD, fd, &event) == 0);
}

// One is ready, the others are not.
template <int kIndex>
void measure_epoll(const char* name, int idle) {
    const auto set = static_cast<int>(uk_sys_epoll_create1(0));
    static int fds[kIdle];
    for (int i = 0; i < idle; i++)
        watch(set, fds[i] = counter());
    const int busy = counter();
    watch(set, busy);
    uint64_t one = 1;
    UK_VERIFY(uk_sys_write(busy, &one, sizeof(one)) == sizeof(one));
    measure<kIndex>(name, kOperations, [=] {
        uk_epoll_event events[16];
        UK_VERIFY(uk_sys_epoll_wait(set, events, 16, -1) == 1);
    });
    for (int i = 0; i < idle; i++)
        uk_sys_close(fds[i]);
    uk_sys_close(busy);
    uk_sys_close(set);
}

} // namespace

void bench::measure_files() {
    int there[2], back[2];
    UK_VERIFY(uk_sys_pipe2(there, 0) == 0 && uk_sys_pipe2(back, 0) == 0);
    g_ways = {there[1], there[0], back[1], back[0]};
    uint64_t value = 1;
    measure<40>("files pipe write+read 8 bytes", kOperations, [&] {
        (void)uk_sys_write(there[1], &value, sizeof(value));
        (void)uk_sys_read(there[0], &value, sizeof(value));
    });
    measure_round_trip<41>("files pipe round trip");
    uk_sys_close_range(static_cast<unsigned>(there[0]), static_cast<unsigned>(back[1]), 0);

    const auto first = static_cast<int>(uk_sys_eventfd2(0, 0)),
               second = static_cast<int>(uk_sys_eventfd2(0, 0));
    g_ways = {first, first, second, second};
    measure<42>("files eventfd write+read", kOperations, [&] {
        (void)uk_sys_write(first, &value, sizeof(value));
        (void)uk_sys_read(first, &value, sizeof(value));
    });
    measure_round_trip<43>("files eventfd round trip");
    uk_sys_close(first);
    uk_sys_close(second);

    int pair[2];
    UK_VERIFY(uk_sys_socketpair(UK_AF_UNIX, UK_SOCK_STREAM, 0, pair) == 0);
    g_ways = {pair[0], pair[1], pair[1], pair[0]};
    measure<46>("files socketpair send+recv 8 bytes", kOperations, [&] {
        (void)uk_sys_sendto(pair[0], &value, sizeof(value), 0, nullptr, 0);
        (void)uk_sys_recvfrom(pair[1], &value, sizeof(value), 0, nullptr, nullptr);
    });
    measure_round_trip<47>("files socketpair round trip");
    uk_sys_close(pair[0]);
    uk_sys_close(pair[1]);

    measure_epoll<44>("files epoll_wait, 1 idle", 1);
    measure_epoll<45>("files epoll_wait, 1000 idle", kIdle);
}
