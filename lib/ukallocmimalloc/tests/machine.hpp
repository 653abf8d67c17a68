// SPDX-License-Identifier: BSD-3-Clause
// The machine of mimalloc's host tests: a window over real addresses of this process, whose frames
// come from a PageStore, and CPUs that are threads. Included by exactly one test file.
#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include <uk/allocmimalloc/mimalloc_heap.hpp>
#include <uk/assert.h>
#include <uk/fakes/pages.hpp>
#include <uk/vmem/window.hpp>

namespace uk::mimalloc_test {

struct Mutex {
    struct State {};
    std::mutex mutex;
    State lock() {
        mutex.lock();
        return {};
    }
    void unlock(State /*state*/) { mutex.unlock(); }
};

// What is committed can be accessed and holds rubbish; an access to anything else ends the test.
// The frames stand for memory, their contents are not looked at.
struct HostPages {
    using Lock = Mutex;
    static inline fakes::PageStore* store = nullptr;
    std::map<uint64_t, Paddr> pages{};

    Result<void*> take_run(size_t count) { return store->allocate(count); }
    void give_run(void* run, size_t count) { store->free(run, count); }
    static Paddr paddr(void* run) { return Paddr{reinterpret_cast<uintptr_t>(run)}; }
    static void* pointer(Paddr frame) { return reinterpret_cast<void*>(frame.value()); }
    Result<> map(Vaddr page, Paddr frame, vmem::Protection protection) {
        UK_VERIFY(protection == vmem::kReadWrite);
        UK_VERIFY(pages.emplace(page.value(), frame).second);
        UK_VERIFY(mprotect(page.as<void>(), kPageSize, PROT_READ | PROT_WRITE) == 0);
        std::memset(page.as<void>(), 0xA5, kPageSize);
        return {};
    }
    void unmap(std::span<const VirtRange> ranges, const pagetable::PageSink& taken) {
        for (VirtRange range : ranges) {
            auto page = pages.lower_bound(range.start.value());
            while (page != pages.end() && page->first < range.end().value()) {
                UK_VERIFY(mprotect(Vaddr{page->first}.as<void>(), kPageSize, PROT_NONE) == 0);
                taken(Vaddr{page->first}, page->second);
                page = pages.erase(page);
            }
        }
    }
    [[nodiscard]] pagetable::PageEntry find(Vaddr page) const {
        auto found = pages.find(page.value());
        if (found == pages.end())
            return {};
        return {.used = true, .frame = found->second, .protection = vmem::kReadWrite};
    }
    static uint64_t memory_size() { return 64 << 20; } // the largest store
};

// mimalloc exists once, and so does this; the frames come from the store of the heap in use.
struct Machine {
    static constexpr uint64_t kBytes = uint64_t{8} << 30;
    Mutex tables;
    vmem::Window<HostPages, kBytes / (32 << 20)> window{HostPages{}, tables};

    Machine() {
        void* start =
            mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        UK_VERIFY(start != MAP_FAILED);
        window.init({Vaddr::of(start), kBytes});
    }
};

inline Machine& machine() {
    static Machine only;
    return only;
}

inline uint64_t committed() {
    return machine().window.committed_bytes();
}

inline std::atomic<uint64_t> g_clock_ms = 1;
inline thread_local unsigned t_cpu = 0;

// Binds mimalloc to a store. Objects may live at the same time, but are used one after the other;
// what was not freed is forgotten when the next one is used, or with the object.
class TestHeap : public MimallocHeap<committed> {
    using Heap = MimallocHeap<committed>;

  public:
    explicit TestHeap(fakes::FakePages pages) : store_(pages.store) {}
    TestHeap(const TestHeap&) = delete;
    TestHeap& operator=(const TestHeap&) = delete;
    ~TestHeap() {
        if (HostPages::store == store_) {
            uk_mimalloc_destroy();
            UK_VERIFY(committed() == 0);
            HostPages::store = nullptr;
        }
    }

    void* allocate(size_t size) { return used().allocate(size); }
    void* allocate(size_t size, size_t align) { return used().allocate(size, align); }
    void* reallocate(void* block, size_t size) { return used().reallocate(block, size); }
    [[nodiscard]] HeapStats stats() const { return used().stats(); }
    size_t trim() { return used().trim(); }
    [[nodiscard]] bool verify() const { return used().verify(); }

  private:
    const Heap& used() const {
        if (HostPages::store != store_) {
            if (HostPages::store != nullptr)
                uk_mimalloc_destroy();
            HostPages::store = store_;
        }
        return *this;
    }
    Heap& used() { return const_cast<Heap&>(const_cast<const TestHeap*>(this)->used()); }

    fakes::PageStore* store_;
};
static_assert(HeapAllocator<TestHeap>);

} // namespace uk::mimalloc_test

extern "C" {
void* uk_mimalloc_reserve(size_t size, size_t align, size_t offset) {
    uk::Result<uk::Vaddr> start = uk::mimalloc_test::machine().window.reserve(size, align, offset);
    return start.ok() ? start.value().as<void>() : nullptr;
}
void uk_mimalloc_release(void* start, size_t size) {
    uk::mimalloc_test::machine().window.release(uk::Vaddr::of(start), size);
}
bool uk_mimalloc_commit(void* start, size_t size) {
    return uk::mimalloc_test::machine().window.commit(uk::Vaddr::of(start), size).ok();
}
void uk_mimalloc_decommit(void* start, size_t size) {
    uk::mimalloc_test::machine().window.decommit(uk::Vaddr::of(start), size);
}
void* uk_mimalloc_pages(size_t size) {
    return std::calloc(1, size);
}
uint64_t uk_mimalloc_clock_ms() {
    return uk::mimalloc_test::g_clock_ms;
}
uint64_t uk_mimalloc_seed() {
    return 42;
}
unsigned uk_mimalloc_cpu() {
    return uk::mimalloc_test::t_cpu;
}
void uk_mimalloc_relax() {
    std::this_thread::yield();
}
}
