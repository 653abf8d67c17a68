// SPDX-License-Identifier: BSD-3-Clause
// The ring of pages, and pipes between threads of the host.
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/pipe/pipe_file.hpp>

#include "../../ukfile/tests/host_files.hpp"

// No address here faults, so nothing has to be repaired.
bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using uk::Errno;
using uk::Ref;
using uk::Result;
using Pipe = uk::pipe::BasicPipe<HostFiles>;
using PipeFile = uk::pipe::BasicPipeFile<HostFiles>;

// Counts pages, and has none now and then.
struct Pages {
    static inline size_t live = 0;
    static inline bool none = false;
    static void* allocate(size_t size) {
        if (none)
            return nullptr;
        live++;
        return std::malloc(size);
    }
    static void deallocate(void* memory) {
        live--;
        std::free(memory);
    }
};
using Ring = uk::pipe::PageRing<Pages>;

TEST(PageRing, IsAQueueOfBytes) {
    std::minstd_rand random(5);
    {
        Ring ring;
        std::string model, source(100'000, ' ');
        for (char& c : source)
            c = static_cast<char>(random());
        for (int step = 0; step < 10'000; step++) {
            const size_t size = random() % (random() % 8 == 0 ? 70'000 : 3000);
            Pages::none = random() % 16 == 0;
            if (random() % 2 == 0) {
                const bool together = random() % 2 == 0;
                const size_t room = ring.room();
                const char* const start = source.data() + random() % 20'000;
                const char* from = start;
                const auto put = ring.put(size, together, [&](char* to, size_t count) -> Result<> {
                    if (random() % 64 == 0)
                        return Errno::fault;
                    memcpy(to, from, count);
                    from += count;
                    return uk::ok();
                });
                if (put.ok()) {
                    ASSERT_LE(put.value(), std::min(size, room));
                    model.append(start, put.value());
                } else if (together && put.code() == Errno::nomem) {
                    ASSERT_TRUE(Pages::none);
                }
            } else if (random() % 32 != 0) {
                const auto got = ring.take(size, [&](const char* from, size_t count) -> Result<> {
                    EXPECT_EQ(memcmp(from, model.data(), count), 0);
                    model.erase(0, count);
                    return uk::ok();
                });
                ASSERT_TRUE(got.ok());
            } else {
                const size_t pages = size_t{1} << random() % 6;
                const auto resized = ring.resize(pages);
                if (pages * Ring::kPage < model.size())
                    ASSERT_EQ(resized.code(), Errno::busy);
                else
                    ASSERT_TRUE(resized.ok() || Pages::none);
            }
            Pages::none = false;
            ASSERT_EQ(ring.used(), model.size());
            // Pages of bytes, one that is begun, one that is partly read, one kept; the list.
            ASSERT_LE(Pages::live, model.size() / Ring::kPage + 20);
            if (HasFatalFailure() || HasNonfatalFailure())
                return;
        }
        const auto rest = ring.take(~size_t{0}, [](const char*, size_t) { return uk::ok(); });
        ASSERT_TRUE(rest.ok());
    }
    EXPECT_EQ(Pages::live, 0u);
}

TEST(PageRing, GivesPagesBack) {
    Ring ring;
    const auto any = [](auto*, size_t) -> Result<> { return uk::ok(); };
    ASSERT_EQ(ring.put(65536, false, any).value_or(0), 65536u);
    EXPECT_EQ(Pages::live, 16u);
    ASSERT_EQ(ring.take(60000, any).value_or(0), 60000u);
    EXPECT_EQ(Pages::live, 3u); // two with bytes, one kept
    ASSERT_EQ(ring.take(60000, any).value_or(0), 5536u);
    EXPECT_LE(Pages::live, 2u);
    for (int i = 0; i < 10'000; i++) {
        ASSERT_EQ(ring.put(100, true, any).value_or(0), 100u);
        ASSERT_EQ(ring.take(100, any).value_or(0), 100u);
    }
    EXPECT_LE(Pages::live, 2u);
}

struct Ends {
    Ref<Pipe> pipe = std::move(Pipe::make()).value();
    Ref<PipeFile> from = host_file<PipeFile>(pipe, pipe->open_now(true, false), 0u);
    Ref<PipeFile> to = host_file<PipeFile>(pipe, pipe->open_now(false, true), 0u);
};

TEST(Pipe, WritersThatWaitAreWokenByReaders) {
    Ends ends;
    constexpr size_t kEach = 200'000, kWriters = 3;
    std::vector<std::thread> writers;
    for (size_t w = 0; w < kWriters; w++) {
        writers.emplace_back([&, w] {
            std::string bytes(1 + w * 7000, static_cast<char>('a' + w));
            for (size_t done = 0; done < kEach;) {
                const size_t count = std::min(bytes.size(), kEach - done);
                ASSERT_EQ(host_write(*ends.to, bytes.data(), count).value_or(0), count);
                done += count;
            }
        });
    }
    size_t counts[kWriters] = {};
    std::string bytes(5000, ' ');
    for (size_t left = kEach * kWriters; left != 0;) {
        const size_t got = host_read(*ends.from, bytes.data(), bytes.size()).value_or(0);
        ASSERT_NE(got, 0u);
        for (size_t i = 0; i < got; i++)
            counts[bytes[i] - 'a']++;
        left -= got;
    }
    for (std::thread& writer : writers)
        writer.join();
    for (const size_t count : counts)
        EXPECT_EQ(count, kEach);
}

TEST(Pipe, EndsThatCloseWakeWhoWaits) {
    for (int round = 0; round < 50; round++) {
        Ends ends;
        std::vector<std::thread> readers;
        for (int i = 0; i < 3; i++) {
            readers.emplace_back([&] {
                char byte;
                EXPECT_EQ(host_read(*ends.from, &byte, 1).value_or(9), 0u);
            });
        }
        ends.to.reset();
        for (std::thread& reader : readers)
            reader.join();
    }
    HostFiles::broken_writes = 0;
    Ends ends;
    const std::string bytes(70'000, 'x');
    std::thread writer([&] {
        EXPECT_EQ(host_write(*ends.to, bytes.data(), bytes.size()).value_or(0), 65536u);
        EXPECT_EQ(host_write(*ends.to, "x", 1).code(), Errno::pipe);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ends.from.reset();
    writer.join();
    EXPECT_EQ(HostFiles::broken_writes, 2);
}

TEST(Pipe, SmallWritesFailWholeWithoutMemory) {
    Ends ends;
    std::string bytes(4000, 'x');
    ASSERT_EQ(host_write(*ends.to, bytes.data(), 4000).value_or(0), 4000u);
    HostFiles::allocations_left = 0;
    EXPECT_EQ(host_write(*ends.to, bytes.data(), 200).code(), Errno::nomem);
    EXPECT_EQ(host_write(*ends.to, bytes.data(), 96).value_or(0), 96u);
    HostFiles::allocations_left = ~size_t{0};
    bytes.resize(9000);
    EXPECT_EQ(host_read(*ends.from, bytes.data(), 9000).value_or(0), 4096u);
}

TEST(Fifo, BothWaysAreReadyTogether) {
    Ref<Pipe> pipe = std::move(Pipe::make()).value();
    auto both = pipe->open(true, true, false);
    ASSERT_TRUE(both.ok());
    EXPECT_EQ(pipe->ready(both.value()), uint32_t{UK_POLLOUT | UK_POLLWRNORM});
    Ref<PipeFile> file = host_file<PipeFile>(pipe, both.value(), uint32_t{UK_O_NONBLOCK});
    const std::string bytes(65536, 'x');
    EXPECT_EQ(host_write(*file, bytes.data(), bytes.size()).value_or(0), 65536u);
    EXPECT_EQ(file->ready(), uint32_t{UK_POLLIN | UK_POLLRDNORM});
    struct Watch final : HostFiles::Source::Watch {
        bool on_ready(uint32_t events) override {
            seen |= events;
            return false;
        }
        uint32_t seen = 0;
    } watch;
    file->ready_source()->add(watch, uk::ReadyShare::all);
    std::string in(65536, ' ');
    EXPECT_EQ(host_read(*file, in.data(), in.size()).value_or(0), 65536u);
    EXPECT_NE(watch.seen & UK_POLLOUT, 0u);
    file->ready_source()->remove(watch);
    EXPECT_EQ(in, bytes);
}

} // namespace
