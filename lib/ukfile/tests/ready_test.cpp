// SPDX-License-Identifier: BSD-3-Clause
// Watches of ready sources, and threads that wait for them.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "host_files.hpp"

namespace {

using uk::Errno;
using uk::ReadyShare;
using Source = HostFiles::Source;

struct Recorder final : Source::Watch {
    Recorder(std::string& to, char its_name, bool it_wakes = false)
        : log(to), name(its_name), wakes(it_wakes) {}
    Recorder(std::string& to, char its_name, const void* file, Forget forget)
        : Watch(file, forget), log(to), name(its_name) {}
    bool on_ready(uint32_t events) override {
        log += name;
        last = events;
        return wakes;
    }
    std::string& log;
    char name;
    bool wakes = false;
    uint32_t last = 0;
};

TEST(ReadySource, TellsAllOfOneKindAndOneOfTheOther) {
    Source source;
    std::string log;
    Recorder a(log, 'a', true), b(log, 'b'), first(log, '1'), second(log, '2', true),
        third(log, '3', true);
    EXPECT_FALSE(source.notify(1));
    source.add(a, ReadyShare::all);
    source.add(b, ReadyShare::all);
    EXPECT_FALSE(source.notify(4));
    EXPECT_EQ(log, "ba"); // as Linux: the last one first
    EXPECT_EQ(a.last, 4u);
    source.add(first, ReadyShare::one);
    source.add(second, ReadyShare::one);
    source.add(third, ReadyShare::one);
    log.clear();
    EXPECT_TRUE(source.notify(1));
    EXPECT_EQ(log, "ba12"); // the first woke nobody
    log.clear();
    EXPECT_TRUE(source.wake_next(1));
    EXPECT_EQ(log, "12");
    source.remove(second);
    source.remove(b);
    log.clear();
    EXPECT_TRUE(source.notify(1));
    EXPECT_EQ(log, "a13");
    source.remove(a);
    source.remove(third);
    log.clear();
    EXPECT_FALSE(source.notify(1));
    EXPECT_EQ(log, "1");
    source.remove(first);
}

TEST(ReadySource, FilesThatCloseAreForgotten) {
    Source source;
    std::string log;
    int file = 0, other = 0;
    static int calls;
    calls = 0;
    const auto forget = [](Source& of, const void* closing) {
        calls++;
        while (Source::Watch* watch = of.find(closing))
            of.remove(*watch);
    };
    Recorder a(log, 'a', &file, forget), b(log, 'b', &other, forget), c(log, 'c', &file, forget),
        d(log, 'd');
    source.file_closes(&file);
    source.add(a, ReadyShare::all);
    source.add(b, ReadyShare::one);
    source.add(c, ReadyShare::one);
    source.add(d, ReadyShare::all);
    source.file_closes(&calls);
    EXPECT_EQ(calls, 0);
    source.file_closes(&file);
    EXPECT_EQ(calls, 1);
    (void)source.notify(1);
    EXPECT_EQ(log, "db");
    source.file_closes(&other);
    source.remove(d);
}

// A counter guarded by a lock: units come, threads wait for one each.
struct Units {
    HostLock lock;
    int left = 0;
    Source source;

    bool take() {
        uk::LockGuard guard(lock);
        if (left == 0)
            return false;
        left--;
        return true;
    }
    void put() {
        {
            uk::LockGuard guard(lock);
            left++;
        }
        (void)source.notify(1);
    }
};

TEST(ReadyWait, ManyThreadsTakeWhatComes) {
    constexpr int kThreads = 4, kEach = 3000;
    Units units;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; i++) {
        threads.emplace_back([&, i] {
            const auto share = i % 2 == 0 ? ReadyShare::one : ReadyShare::all;
            for (int n = 0; n < kEach; n++) {
                bool got = units.take();
                while (!got) {
                    ASSERT_TRUE(uk::wait_ready<HostFiles>(units.source, 1, share, [&] {
                                    return got = units.take();
                                }).ok());
                }
            }
        });
    }
    for (int n = 0; n < kThreads * kEach; n++)
        units.put();
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(units.left, 0);
}

TEST(ReadyWait, GivesUp) {
    Source source;
    const auto never = [] { return false; };
    EXPECT_EQ(uk::wait_ready<HostFiles>(source, 1, ReadyShare::one, never,
                                        HostFiles::now_ns() + 1'000'000)
                  .code(),
              Errno::timedout);
    HostFiles::interrupt(HostFiles::current());
    EXPECT_EQ(uk::wait_ready<HostFiles>(source, 1, ReadyShare::one, never).code(), Errno::intr);
    EXPECT_TRUE(uk::wait_ready<HostFiles>(source, 1, ReadyShare::one, [] { return true; }).ok());
    HostFiles::current().interrupted = false;
}

// Who is told after its last look and gives up lets the next one go on.
TEST(ReadyWait, WhoGivesUpPassesOn) {
    Units units;
    std::atomic<HostFiles::Thread*> first = nullptr;
    std::atomic<int> looks = 0;
    std::atomic<bool> release = false;
    std::thread interrupted([&] {
        first = &HostFiles::current();
        const auto result = uk::wait_ready<HostFiles>(units.source, 1, ReadyShare::one, [&] {
            const bool got = units.take();
            if (++looks == 2) {
                while (!release)
                    std::this_thread::yield();
            }
            return got;
        });
        EXPECT_EQ(result.code(), Errno::intr);
    });
    while (looks != 1)
        std::this_thread::yield();
    std::atomic<bool> second_looked = false;
    std::thread second([&] {
        EXPECT_TRUE(uk::wait_ready<HostFiles>(units.source, 1, ReadyShare::one, [&] {
                        const bool got = units.take();
                        second_looked = true;
                        return got;
                    }).ok());
    });
    while (!second_looked)
        std::this_thread::yield();
    HostFiles::interrupt(*first);
    while (looks != 2)
        std::this_thread::yield();
    units.put(); // is told the first, which has looked
    release = true;
    interrupted.join();
    second.join();
}

// The thread is told while done() itself waits for a lock, which takes the permit; what came is
// gone when it looks. It must look again, or nobody could tell it any more.
TEST(ReadyWait, IsToldAgainAfterALockTookThePermit) {
    Source source;
    int looks = 0;
    const auto done = [&] {
        if (++looks > 1)
            return true;
        EXPECT_TRUE(source.notify(1));
        HostFiles::park(uk::kReadyNever); // as a lock does
        return false;
    };
    const uint64_t deadline = HostFiles::now_ns() + 10'000'000'000;
    EXPECT_TRUE(uk::wait_ready<HostFiles>(source, 1, ReadyShare::one, done, deadline).ok());
    EXPECT_LT(HostFiles::now_ns(), deadline);
    EXPECT_EQ(looks, 2);
}

// Watches come and go while others tell: none is told after it was removed.
TEST(ReadySource, RemovingIsSafe) {
    Source source;
    std::atomic<bool> stop = false;
    std::thread teller([&] {
        while (!stop)
            (void)source.notify(1);
    });
    struct Fragile final : Source::Watch {
        ~Fragile() { alive = false; }
        bool on_ready(uint32_t) override {
            EXPECT_TRUE(alive);
            told++;
            return false;
        }
        bool alive = true;
        int told = 0;
    };
    for (int i = 0; i < 3000; i++) {
        Fragile a, b;
        source.add(a, ReadyShare::all);
        source.add(b, ReadyShare::one);
        source.remove(a);
        source.remove(b);
    }
    stop = true;
    teller.join();
}

struct WatchedFile final : HostFiles::File {
    WatchedFile() : BasicFile(uk::FileKind::stream, UK_O_RDWR, &kFamily) {}
    static constexpr char kFamily = 0;
    uk::Result<> stat(uk_stat& /*out*/) override { return uk::ok(); }
    uk::Result<size_t> do_read(uk::IoPieces&, uk::FileIo&) override { return size_t{0}; }
    uk::Result<size_t> do_write(uk::IoPieces&, uk::FileIo&) override { return size_t{0}; }
    uint32_t ready() override { return UK_POLLIN; }
    Source* ready_source() override { return &source; }
    void destroy() override { destroyed = true; }
    Source source;
    bool destroyed = false;
};

TEST(ReadySource, AFileClosesBeforeItGoes) {
    WatchedFile file;
    std::string log;
    Recorder watch(log, 'w', &file, [](Source& of, const void* closing) {
        const auto* whole = static_cast<const WatchedFile*>(closing);
        EXPECT_FALSE(whole->destroyed);
        of.remove(*of.find(closing));
    });
    EXPECT_EQ(file.family(), &WatchedFile::kFamily);
    file.source.add(watch, ReadyShare::all);
    file.ref_retain();
    file.ref_release();
    EXPECT_EQ(file.source.find(&file), &watch);
    file.ref_release();
    EXPECT_TRUE(file.destroyed);
    EXPECT_EQ(file.source.find(&file), nullptr);
}

} // namespace
