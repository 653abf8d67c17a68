// SPDX-License-Identifier: BSD-3-Clause
// Counters between threads of the host. What one thread sees of them: lib/posix-poll's tests.
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/eventfd/event_file.hpp>

#include "../../ukfile/tests/host_files.hpp"

// No address here faults, so nothing has to be repaired.
bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using uk::Errno;
using Event = uk::BasicEventFile<HostFiles>;

TEST(EventFile, SemaphoresGiveEachUnitOnce) {
    constexpr int kTakers = 4, kEach = 2000;
    auto file = host_file<Event>(0u, UK_EFD_SEMAPHORE);
    std::vector<std::thread> takers;
    for (int i = 0; i < kTakers; i++) {
        takers.emplace_back([&] {
            for (int n = 0; n < kEach; n++) {
                uint64_t value = 0;
                ASSERT_TRUE(host_read(*file, &value, sizeof(value)).ok());
                ASSERT_EQ(value, 1u);
            }
        });
    }
    for (uint64_t left = kTakers * kEach; left != 0;) {
        const uint64_t part = std::min<uint64_t>(left, 1 + left % 5);
        ASSERT_TRUE(file->up(part));
        left -= part;
    }
    for (std::thread& taker : takers)
        taker.join();
    EXPECT_EQ(file->ready(), uint32_t{UK_POLLOUT});
}

TEST(EventFile, AFullOneKeepsWritersWaiting) {
    auto file = host_file<Event>(0u, 0);
    ASSERT_TRUE(file->up(Event::kMost));
    EXPECT_EQ(file->ready(), uint32_t{UK_POLLIN});
    std::vector<std::thread> writers;
    for (const uint64_t by : {uint64_t{1}, Event::kMost - 5, uint64_t{3}}) {
        writers.emplace_back(
            [&file, by] { EXPECT_EQ(host_write(*file, &by, sizeof(by)).value_or(0), sizeof(by)); });
    }
    uint64_t value = 0, total = 0;
    for (int n = 0; total != Event::kMost - 1; n++) {
        ASSERT_LT(n, 4);
        ASSERT_TRUE(host_read(*file, &value, sizeof(value)).ok());
        total += n == 0 ? 0 : value;
    }
    for (std::thread& writer : writers)
        writer.join();
}

TEST(EventFile, SignalsEndWaits) {
    auto file = host_file<Event>(0u, 0);
    uint64_t value = 0;
    HostFiles::interrupt(HostFiles::current());
    EXPECT_EQ(host_read(*file, &value, sizeof(value)).code(), Errno::intr);
    HostFiles::current().interrupted = false;
}

} // namespace
