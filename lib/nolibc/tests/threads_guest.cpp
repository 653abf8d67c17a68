// SPDX-License-Identifier: BSD-3-Clause
// Guest test: threads use heap, frames, streams, log and environment at once, while another one
// changes who is most urgent at random moments. What each holds is checked against what it wrote;
// tests/system/test_threads.py looks whether the lines are whole.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/print.h>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

constexpr int kWorkers = 6;
constexpr int kRounds = 400;
constexpr int kLines = 20;
constexpr int kBlocks = 16;

struct Block {
    unsigned char* bytes = nullptr;
    size_t size = 0;
    bool frames = false;
};

struct Worker {
    int number = 0;
    unsigned seed = 0;
    unsigned bad = 0; // what was not as this thread left it
    bool done = false;
    Block blocks[kBlocks];

    unsigned random(unsigned below) { return static_cast<unsigned>(rand_r(&seed)) % below; }
    unsigned char mark(const Block& block) const {
        return static_cast<unsigned char>(number * 41 + (&block - blocks) + 1);
    }
};

// Where the scheduler does not switch unasked, threads do it themselves, in the midst.
void maybe_yield(Worker& me) {
    if (me.random(4) == 0) {
        uk::sched::yield();
    }
}

void check(Worker& me, const Block& block, size_t size) {
    for (size_t i = 0; i < size; i++) {
        me.bad += block.bytes[i] != me.mark(block) ? 1 : 0;
    }
}

void drop(Worker& me, Block& block) {
    check(me, block, block.size);
    if (block.frames) {
        uk::falloc::free_run(block.bytes, block.size / uk::kPageSize);
    } else {
        free(block.bytes);
    }
    block = {};
}

void take(Worker& me, Block& block) {
    block.frames = me.random(4) == 0;
    block.size = block.frames ? (1 + me.random(4)) * uk::kPageSize : 1 + me.random(3000);
    if (block.frames) {
        uk::Result<void*> run = uk::falloc::allocate_run(block.size / uk::kPageSize);
        block.bytes = run.ok() ? static_cast<unsigned char*>(run.take()) : nullptr;
    } else {
        block.bytes = static_cast<unsigned char*>(malloc(block.size));
    }
    if (block.bytes == nullptr) {
        me.bad++;
        block = {};
        return;
    }
    memset(block.bytes, me.mark(block), block.size);
}

void resize(Worker& me, Block& block) {
    const size_t size = 1 + me.random(6000);
    auto* moved = static_cast<unsigned char*>(realloc(block.bytes, size));
    if (moved == nullptr) {
        me.bad++;
        return;
    }
    block.bytes = moved;
    check(me, block, size < block.size ? size : block.size);
    memset(moved, me.mark(block), size);
    block.size = size;
}

void use_errno(Worker& me) {
    const int mine = 1000 + me.number;
    errno = mine;
    maybe_yield(me);
    me.bad += errno != mine ? 1 : 0;
    me.bad += write(99, "x", 1) != -1 || errno != EBADF ? 1 : 0;
}

void use_environment(Worker& me) {
    char name[16];
    char value[16];
    snprintf(name, sizeof(name), "WORKER%d", me.number);
    snprintf(value, sizeof(value), "%u", me.random(1000000));
    me.bad += setenv(name, value, 1) != 0 ? 1 : 0;
    maybe_yield(me);
    const char* seen = getenv(name);
    me.bad += seen == nullptr || strcmp(seen, value) != 0 ? 1 : 0;
    me.bad += unsetenv(name) != 0 ? 1 : 0;
}

void say(Worker& me, int line) {
    const char letter = static_cast<char>('a' + me.number);
    char text[64];
    memset(text, letter, sizeof(text));
    const int length = 8 + static_cast<int>(me.random(50));
    switch (line % 3) {
    case 0:
        printf("# whole %d %d %.*s .\n", me.number, line, length, text);
        break;
    case 1:
        fprintf(stderr, "# whole %d %d %.*s .\n", me.number, line, length, text);
        break;
    default:
        uk_pr_crit("# whole %d %d %.*s .\n", me.number, line, length, text);
    }
}

void* work(void* argument) {
    Worker& me = *static_cast<Worker*>(argument);
    for (int round = 0; round < kRounds; round++) {
        Block& block = me.blocks[me.random(kBlocks)];
        if (block.bytes == nullptr) {
            take(me, block);
        } else if (!block.frames && me.random(3) == 0) {
            resize(me, block);
        } else {
            drop(me, block);
        }
        maybe_yield(me);
        use_errno(me);
        if (round % 8 == 0) {
            use_environment(me);
        }
        if (round % (kRounds / kLines) == 0) {
            say(me, round / (kRounds / kLines));
        }
    }
    for (Block& block : me.blocks) {
        if (block.bytes != nullptr) {
            drop(me, block);
        }
    }
    me.done = true;
    return nullptr;
}

constinit Worker g_workers[kWorkers];

bool all_done() {
    for (const Worker& each : g_workers) {
        if (!static_cast<const volatile bool&>(each.done)) {
            return false;
        }
    }
    return true;
}

} // namespace

UK_TEST(threads_share_heap_frames_streams_and_environment)
{
    UK_TEST_NEEDS_THREADS;
    const size_t free_before = uk::falloc::stats().free_bytes + uk::heap::stats().total_bytes;
    uk::Ref<uk::Thread> threads[kWorkers];
    for (int i = 0; i < kWorkers; i++) {
        g_workers[i].number = i;
        g_workers[i].seed = static_cast<unsigned>(i) * 7919 + 1;
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "worker"}, work, &g_workers[i]);
        UK_TEST_ASSERT(made.ok());
        threads[i] = made.take();
    }
    // Most urgent of all: where the timer interrupts, each of its wake-ups is a switch at some
    // instruction of a worker, and what it changes decides who goes on.
    UK_TEST_EXPECT(uk::sched::set_priority(uk::sched::current(), uk::kThreadPriorities - 1).ok());
    // Ever less often, so that the workers go on however slow the machine is.
    unsigned seed = 4711;
    for (uint64_t least = 20'000; !all_done(); least += 500) {
        uk::sched::sleep_for(least + static_cast<uint64_t>(rand_r(&seed)) % 200'000);
        uk::Thread& some = *threads[static_cast<unsigned>(rand_r(&seed)) % kWorkers];
        const unsigned urgency = static_cast<unsigned>(rand_r(&seed)) % 4;
        UK_TEST_EXPECT(uk::sched::set_priority(some, uk::kDefaultPriority + urgency).ok());
    }
    UK_TEST_EXPECT(uk::sched::set_priority(uk::sched::current(), uk::kDefaultPriority).ok());
    for (int i = 0; i < kWorkers; i++) {
        UK_TEST_EXPECT(uk::sched::join(*threads[i]).ok());
        UK_TEST_EXPECT_EQ(g_workers[i].bad, 0u);
        threads[i] = {};
    }
    UK_TEST_EXPECT(uk::heap::verify());
    // What moved between heap and frames is neither lost nor there twice; stacks of ended threads
    // may be kept for the next ones.
    const size_t free_after = uk::falloc::stats().free_bytes + uk::heap::stats().total_bytes;
    UK_TEST_EXPECT(free_after <= free_before);
    UK_TEST_EXPECT(free_before - free_after <= (kWorkers + 1) * (64u << 10));
}
