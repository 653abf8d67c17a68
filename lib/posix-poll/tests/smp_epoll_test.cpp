// SPDX-License-Identifier: BSD-3-Clause
// Sets, counters and pipes that threads of the host use at the same time: nothing is lost, and
// files and sets that close meanwhile are forgotten (sanitizers look for the rest).
#include <atomic>
#include <thread>
#include <vector>

#include "both.hpp"

namespace poll_tests {
namespace {

constexpr uint64_t kLong = 60'000'000'000;

uint64_t soon(uint64_t ns) {
    return HostFiles::now_ns() + ns;
}
long add(AnyFile& set, AnyFile& file, int fd, uint32_t events, uint64_t data) {
    return number(Epoll::of(set)->configure(EPOLL_CTL_ADD, file, fd, {events, data}));
}
uint64_t take(AnyFile& counter) {
    uint64_t value = 0;
    return host_read(counter, &value, sizeof(value)).ok() ? value : 0;
}
void put(AnyFile& counter, uint64_t by) {
    EXPECT_EQ(number(host_write(counter, &by, sizeof(by))), 8);
}

class Waiting : public testing::TestWithParam<uint32_t> {};

// Writers count up, takers wait; each unit is taken once, whichever way they are told.
TEST_P(Waiting, NothingIsLost) {
    constexpr int kFiles = 6, kWriters = 2, kTakers = 3, kEach = 1500;
    const uint32_t modes = GetParam();
    const bool own_sets = (modes & EPOLLEXCLUSIVE) != 0; // one for each taker
    std::vector<Ref<AnyFile>> files, sets;
    for (int i = 0; i < kFiles; i++)
        files.push_back(any(host_file<Event>(0u, EFD_NONBLOCK)));
    Ref<AnyFile> end = any(host_file<Event>(0u, EFD_NONBLOCK));
    for (int i = 0; i < (own_sets ? kTakers : 1); i++) {
        sets.push_back(any(host_file<Epoll>()));
        for (int f = 0; f < kFiles; f++)
            ASSERT_EQ(add(*sets.back(), *files[static_cast<size_t>(f)], f, EPOLLIN | modes,
                          static_cast<uint64_t>(f)),
                      0);
        ASSERT_EQ(add(*sets.back(), *end, 99, EPOLLIN, 99), 0);
    }
    std::atomic<uint64_t> taken = 0;
    std::vector<std::thread> takers, writers;
    for (size_t i = 0; i < kTakers; i++) {
        takers.emplace_back([&, i] {
            Epoll& set = *Epoll::of(*sets[own_sets ? i : 0]);
            for (bool ended = false; !ended;) {
                std::vector<uint64_t> ready;
                const auto got = set.wait(4, soon(kLong), [&](uint32_t, uint64_t data) {
                    ready.push_back(data);
                    return true;
                });
                ASSERT_GT(number(got), 0) << "lost";
                for (const uint64_t data : ready) {
                    if (data == 99) {
                        ended = taken == uint64_t{kWriters} * kEach;
                        continue;
                    }
                    taken += take(*files[data]);
                    if ((modes & EPOLLONESHOT) != 0) {
                        ASSERT_EQ(
                            number(set.configure(EPOLL_CTL_MOD, *files[data],
                                                 static_cast<int>(data), {EPOLLIN | modes, data})),
                            0);
                    }
                }
            }
        });
    }
    for (int w = 0; w < kWriters; w++) {
        writers.emplace_back([&, w] {
            for (int i = 0; i < kEach; i++)
                put(*files[static_cast<size_t>(i * 7 + w) % kFiles], 1);
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    put(*end, 1);
    for (std::thread& taker : takers)
        taker.join();
    EXPECT_EQ(taken, uint64_t{kWriters} * kEach);
}
INSTANTIATE_TEST_SUITE_P(Modes, Waiting,
                         testing::Values(0u, uint32_t{EPOLLET}, uint32_t{EPOLLONESHOT},
                                         uint32_t{EPOLLEXCLUSIVE},
                                         uint32_t{EPOLLEXCLUSIVE | EPOLLET}));

// Files and sets come and go in sets in which others wait, in any order.
TEST(Closing, IsSafeAtAnyTime) {
    constexpr int kRounds = 1500;
    Ref<AnyFile> outer = any(host_file<Epoll>()), stop = any(host_file<Event>(0u, EFD_NONBLOCK));
    ASSERT_EQ(add(*outer, *stop, 1, EPOLLIN, 1), 0);
    std::thread waiter([&] {
        for (bool stopped = false; !stopped;) {
            const auto got = Epoll::of(*outer)->wait(8, soon(kLong), [&](uint32_t, uint64_t data) {
                stopped = stopped || data == 1;
                return true;
            });
            ASSERT_GT(number(got), 0);
        }
    });
    const auto churn = [&](int salt) {
        for (int i = 0; i < kRounds; i++) {
            Ref<AnyFile> file = any(host_file<Event>(0u, EFD_NONBLOCK));
            Ref<AnyFile> inner = any(host_file<Epoll>());
            ASSERT_EQ(add(*inner, *file, 5, EPOLLIN, 2), 0);
            ASSERT_EQ(add(*outer, *inner, 6 + salt, EPOLLIN | EPOLLET, 3), 0);
            ASSERT_EQ(add(*outer, *file, 8 + salt, EPOLLIN, 4), 0);
            std::thread other([file, i]() mutable {
                put(*file, 1);
                if (i % 2 == 0)
                    file.reset();
            });
            if (i % 3 == 0)
                inner.reset();
            file.reset();
            other.join();
        }
    };
    std::thread first(churn, 0), second(churn, 1);
    first.join();
    second.join();
    put(*stop, 1);
    waiter.join();
}

TEST(Polling, OneOfManyFilesEndsIt) {
    constexpr size_t kFiles = 40;
    std::vector<Ref<AnyFile>> files;
    for (size_t i = 0; i < kFiles; i++)
        files.push_back(any(host_file<Event>(0u, EFD_NONBLOCK)));
    for (size_t round = 0; round < 300; round++) {
        const size_t which = round * 7 % kFiles, count = round % 2 == 0 ? kFiles : 5;
        PollSet set;
        ASSERT_TRUE(set.prepare(count).ok());
        for (size_t i = 0; i < count; i++)
            set[i].watch(files[i], POLLIN);
        std::thread writer([&] { put(*files[which % count], 1); });
        EXPECT_EQ(number(set.wait(soon(kLong))), 1);
        EXPECT_EQ(set[which % count].ready, uint32_t{POLLIN});
        writer.join();
        EXPECT_EQ(take(*files[which % count]), 1u);
    }
}

TEST(Polling, TimeAndSignalsEndIt) {
    Ref<AnyFile> file = any(host_file<Event>(0u, EFD_NONBLOCK)), set = any(host_file<Epoll>());
    const auto none = [](uint32_t, uint64_t) { return true; };
    PollSet polled;
    ASSERT_TRUE(polled.prepare(2).ok());
    polled[0].watch(file, POLLIN);
    EXPECT_EQ(number(polled.wait(soon(1'000'000))), 0);
    EXPECT_EQ(add(*set, *file, 1, EPOLLIN, 1), 0);
    EXPECT_EQ(number(Epoll::of(*set)->wait(1, soon(1'000'000), none)), 0);
    HostFiles::interrupt(HostFiles::current());
    EXPECT_EQ(polled.wait(uk::kReadyNever).code(), Errno::intr);
    EXPECT_EQ(Epoll::of(*set)->wait(1, uk::kReadyNever, none).code(), Errno::intr);
    HostFiles::current().interrupted = false;
}

TEST(Polling, NoMemory) {
    Ref<AnyFile> file = any(host_file<Event>(0u, 0)), set = any(host_file<Epoll>());
    HostFiles::allocations_left = 0;
    PollSet polled;
    EXPECT_EQ(polled.prepare(9).code(), Errno::nomem);
    EXPECT_EQ(add(*set, *file, 1, EPOLLIN, 1), -ENOMEM);
    HostFiles::allocations_left = ~size_t{0};
    EXPECT_EQ(add(*set, *file, 1, EPOLLIN, 1), 0);
}

// An event that cannot be put is told again.
TEST(Polling, AFaultLosesNothing) {
    Ref<AnyFile> file = any(host_file<Event>(1u, 0)), set = any(host_file<Epoll>());
    ASSERT_EQ(add(*set, *file, 1, EPOLLIN | EPOLLET, 7), 0);
    EXPECT_EQ(Epoll::of(*set)->wait(1, 0, [](uint32_t, uint64_t) { return false; }).code(),
              Errno::fault);
    uint64_t seen = 0;
    EXPECT_EQ(number(Epoll::of(*set)->wait(1, 0,
                                           [&](uint32_t, uint64_t data) {
                                               seen = data;
                                               return true;
                                           })),
              1);
    EXPECT_EQ(seen, 7u);
}

} // namespace
} // namespace poll_tests
