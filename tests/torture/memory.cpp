// SPDX-License-Identifier: BSD-3-Clause
// Acts on memory: what is written stays, what is given back can be had again, and all of it at
// once.
#include <uk/alloc/heap.hpp>
#include <uk/base/address.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>
#include <uk/vmem.hpp>

#include "torture.hpp"

namespace torture {
namespace {

using uk::kPageSize;
using uk::Vaddr;

void fill(void* memory, size_t bytes, uint64_t seed) {
    auto* words = static_cast<uint64_t*>(memory);
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        words[i] = seed + i;
    }
}

void check(const void* memory, size_t bytes, uint64_t seed, const char* what) {
    const auto* words = static_cast<const uint64_t*>(memory);
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        expect_equal(words[i], seed + i, what);
    }
}

// What there is instead of `memory`, which holds at least what it held. To ask for nothing is to
// give the block back.
void* grow(Random& random, void* memory, size_t bytes, uint64_t seed) {
    const size_t wanted = random.one_in(20) ? 0 : bytes + random.below(2'000);
    void* larger = uk::heap::reallocate(memory, wanted);
    if (wanted == 0) {
        expect(larger == nullptr, "reallocate() to nothing gives something");
        return nullptr;
    }
    if (larger == nullptr) {
        return memory;
    }
    check(larger, bytes, seed, "a block that grew");
    return larger;
}

void heap_blocks(Random& random) {
    constexpr unsigned kBlocks = 12;
    struct {
        void* memory;
        size_t bytes;
        uint64_t seed;
    } blocks[kBlocks] = {};
    for (auto& block : blocks) {
        block.bytes = random.one_in(6) ? random.below(40'000) : random.below(600);
        block.seed = random.next();
        block.memory = uk::heap::allocate(block.bytes);
        if (block.memory != nullptr) {
            fill(block.memory, block.bytes, block.seed);
        }
    }
    uk::sched::yield();
    for (auto& block : blocks) {
        if (block.memory == nullptr) {
            continue;
        }
        check(block.memory, block.bytes, block.seed, "a block of the heap");
        if (random.one_in(3)) {
            block.memory = grow(random, block.memory, block.bytes, block.seed);
        }
        uk::heap::deallocate(block.memory);
    }
}

void frames(Random& random) {
    const size_t pages = 1 + random.below(9);
    auto run = uk::falloc::allocate_run(pages);
    if (!run.ok()) {
        return;
    }
    const uint64_t seed = random.next();
    fill(run.value(), pages * kPageSize, seed);
    uk::sched::yield();
    check(run.value(), pages * kPageSize, seed, "a run of frames");
    uk::falloc::free_run(run.value(), pages);
}

// Pages come when they are touched, and are zeros.
void touch(Random& random) {
    const size_t pages = 2 + random.below(14);
    auto mapped = uk::vmem::map({.size = pages * kPageSize, .name = "touch"});
    if (!mapped.ok()) {
        return;
    }
    const Vaddr start = mapped.value();
    const uint64_t seed = random.next();
    for (size_t i = 0; i < pages; i++) {
        auto* page = (start + i * kPageSize).as<uint64_t>();
        expect_equal(page[random.below(kPageSize / 8)], 0, "a fresh page is not zeros");
        fill(page, kPageSize, seed + i);
    }
    uk::sched::yield();
    for (size_t i = 0; i < pages; i++) {
        check((start + i * kPageSize).as<void>(), kPageSize, seed + i, "a page of the application");
    }
    if (random.one_in(2)) {
        expect(uk::vmem::discard(start, kPageSize).ok(), "discard()");
        expect_equal(*start.as<uint64_t>(), 0, "a discarded page is not zeros");
    }
    if (random.one_in(2)) {
        expect(uk::vmem::protect(start + kPageSize, kPageSize, {.write = false}).ok(), "protect()");
        check((start + kPageSize).as<void>(), kPageSize, seed + 1, "a page that became read-only");
    }
    expect(uk::vmem::unmap(start, pages * kPageSize).ok(), "unmap()");
}

// One mapping that several threads fault in at the same time.
void touch_together(Random& random) {
    constexpr size_t kPages = 16;
    auto mapped = uk::vmem::map({.size = kPages * kPageSize, .name = "together"});
    if (!mapped.ok()) {
        return;
    }
    const Vaddr start = mapped.value();
    uk::Ref<uk::Thread> threads[3];
    for (auto& thread : threads) {
        auto made = uk::sched::create(
            {.name = "toucher"},
            [](void* memory) -> void* {
                for (size_t i = 0; i < kPages; i++) {
                    __atomic_fetch_add(static_cast<uint64_t*>(memory) + i * kPageSize / 8, 1,
                                       __ATOMIC_RELAXED);
                }
                return memory;
            },
            start.as<void>());
        if (made.ok()) {
            thread = made.take();
        }
    }
    uint64_t came = 0;
    for (auto& thread : threads) {
        if (thread) {
            expect(uk::sched::join(*thread).ok(), "join() of a toucher");
            came++;
        }
    }
    const size_t page = random.below(kPages);
    expect_equal((start + page * kPageSize).as<uint64_t>()[0], came, "pages touched together");
    expect(uk::vmem::unmap(start, kPages * kPageSize).ok(), "unmap() of a shared mapping");
}

constexpr Act kActs[] = {{"heap", heap_blocks},
                         {"frames", frames},
                         {"touch", touch},
                         {"touch together", touch_together}};

} // namespace

std::span<const Act> memory_acts() {
    return kActs;
}

} // namespace torture
