// SPDX-License-Identifier: BSD-3-Clause
// The address space of this image: page tables by hal, frames from ukfalloc, areas from the heap.
#include <uk/vmem.hpp>

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/format.h>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/pages.hpp>
#include <uk/init.hpp>
#include <uk/spinlock.hpp>
#include <uk/string.h>
#include <uk/vmem/address_space.hpp>
#include <uk/vmem/kernel_window.hpp>

#include "kernel.hpp"

namespace uk::vmem {

constinit detail::TablesLock detail::g_tables;

Result<Paddr> detail::take_frame() {
    void* frame = UK_TRY(falloc::allocate_run(1));
    memset(frame, 0, kPageSize);
    return hal::direct_map_paddr(frame);
}

void detail::give_frame(Paddr frame) {
    falloc::free_run(hal::direct_map(frame), 1);
}

namespace {

// A fault comes while its thread holds no spinlock, and threads are switched under none, so the
// handler of the fault finds this one free.
struct KernelBackend {
    using Lock = Spinlock<LockRank::subsystem>;
    static Result<Paddr> take_frame() { return detail::take_frame(); }
    static void give_frame(Paddr frame) { detail::give_frame(frame); }
    static std::byte* bytes(Paddr frame) { return static_cast<std::byte*>(hal::direct_map(frame)); }
    static Result<> map(Vaddr page, Paddr frame, Protection protection) {
        if constexpr (kManyCpus)
            hal::barrier_write(); // who finds the page finds what it holds
        LockGuard guard(detail::g_tables);
        return hal::pages_map(page, frame, protection);
    }
    static void unmap(std::span<const VirtRange> ranges, const PageSink& taken) {
        LockGuard guard(detail::g_tables);
        hal::pages_unmap(ranges, taken);
    }
    static Result<> protect(VirtRange range, Protection protection) {
        LockGuard guard(detail::g_tables);
        return hal::pages_protect(range, protection);
    }
    static PageEntry find(Vaddr page) {
        LockGuard guard(detail::g_tables);
        return hal::pages_find(page);
    }
    static Area* take_area() {
        void* memory = heap::allocate(sizeof(Area));
        return memory != nullptr ? ::new (memory) Area : nullptr;
    }
    static void give_area(Area* area) { heap::deallocate(area); }
    static uint64_t memory_size() { return falloc::stats().total_bytes; }
    static constexpr unsigned kCpus = hal::kMostCpus;
    static unsigned cpu() { return hal::cpu_index(); } // under a spinlock: not moved meanwhile
};
static_assert(Backend<KernelBackend>);

constinit AddressSpace<KernelBackend> g_space{KernelBackend{}};
constinit bool g_ready = false;
constinit bool g_tried = false;

// The latest fault that was not repaired.
struct Failure {
    uintptr_t address = 0;
    Fault fault = Fault::repaired;
};
constinit Failure g_failures[hal::kMostCpus]; // each CPU's; with interrupts off

Result<> start_if_possible() {
    Result<> done = detail::start();
    return done.code() == Errno::nosys ? Result<>{} : done; // an image can do without until asked
}

Result<> ready() {
    return g_ready ? Errno::ok : Errno::nosys;
}

size_t mapping_text(const AreaInfo& area, char* text, size_t size) {
    const Protection p = area.protection;
    return uk_scnprintf(text, size, "%s%s%s%s 0x%llx to 0x%llx, %c%c%c", kind_name(area.kind),
                        area.name[0] != '\0' ? " '" : "", area.name,
                        area.name[0] != '\0' ? "'" : "",
                        static_cast<unsigned long long>(area.range.start.value()),
                        static_cast<unsigned long long>(area.range.end().value()),
                        p.read ? 'r' : '-', p.write ? 'w' : '-', p.execute ? 'x' : '-');
}

} // namespace

Result<> detail::start() {
    if (g_tried) {
        return g_ready ? Errno::ok : Errno::nosys;
    }
    g_tried = true;
    const hal::PagesRange pages = UK_TRY(hal::pages_init({take_frame, give_frame}));
    VirtRange range = pages.range;
    if constexpr (cfg::libukvmem_window) {
        range = set_aside(pages);
    }
    g_space.init(range, pages.search);
    g_ready = true;
    return {};
}

UK_INIT(bus, "vmem", start_if_possible, .hint = "give the machine more memory");

Result<Vaddr> map(const MapRequest& request) {
    UK_TRY(ready());
    return g_space.map(request);
}
Result<> unmap(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.unmap(start, size);
}
Result<> unmap_all(std::span<const VirtRange> ranges) {
    UK_TRY(ready());
    return g_space.unmap_all(ranges);
}
Result<> unmap_stack(Vaddr start) {
    UK_TRY(ready());
    return g_space.unmap_stack(start);
}
Result<> rename_stack(Vaddr start, const char* name) {
    UK_TRY(ready());
    return g_space.rename_stack(start, name);
}
Result<> protect(Vaddr start, uint64_t size, Protection protection) {
    UK_TRY(ready());
    return g_space.protect(start, size, protection);
}
Result<> populate(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.populate(start, size);
}
Result<> discard(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.discard(start, size);
}
Result<> sync(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.sync(start, size);
}
Result<Vaddr> first_present(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.first_present(start, size);
}
Result<AreaInfo> find(Vaddr at) {
    UK_TRY(ready());
    return g_space.find(at);
}
Stats stats() {
    return g_space.stats();
}
VirtRange range() {
    return g_space.range();
}

} // namespace uk::vmem

// The thread may not be switched in here: this is not its stack. So the last preempt_enable() must
// not be a preemption point; a switch that is wanted comes at the next one.
bool uk_page_fault(uintptr_t address, uk::hal::Access access) {
    using namespace uk;
    using namespace uk::vmem;
    const Vaddr at{address};
    if (!g_ready || !g_space.range().contains(at) || hal::in_interrupt()) {
        return false;
    }
    if constexpr (cfg::libukspinlock_preempt) {
        if (preempt_count() != 0) {
            return false; // a spinlock is held, perhaps ours
        }
        preempt_count()++;
    }
    const Fault outcome = g_space.fault(at, access);
    if constexpr (cfg::libukspinlock_preempt) {
        preempt_count()--;
    }
    if (outcome != Fault::repaired) {
        g_failures[hal::cpu_index()] = {address, outcome};
    }
    return outcome == Fault::repaired;
}

size_t uk_describe_mapping(uintptr_t address, char* text, size_t size) {
    using namespace uk;
    using namespace uk::vmem;
    const Vaddr at{address};
    if constexpr (cfg::libukvmem_window) {
        if (window::range().contains(at)) {
            return uk_scnprintf(text, size, "memory of the heap, nothing is there now");
        }
    }
    if (!g_ready || !g_space.range().contains(at)) {
        return 0;
    }
    Result<AreaInfo> area = g_space.find_unlocked(at);
    if (!area.ok()) {
        return 0;
    }
    const bool inside = area.value().range.contains(at);
    size_t used = inside ? 0 : uk_scnprintf(text, size, "none; above: ");
    used += mapping_text(area.value(), text + used, size - used);
    if (inside && area.value().kind == Kind::guard) { // nobody was asked where a spinlock was held
        used += uk_scnprintf(text + used, size - used, ": %s", fault_name(Fault::guard));
    } else if (const Failure& failed = g_failures[hal::cpu_index()];
               failed.address == address && failed.fault != Fault::repaired) {
        used += uk_scnprintf(text + used, size - used, ": %s", fault_name(failed.fault));
    }
    return used;
}

bool uk_mapping_lacks_data(uintptr_t address) {
    using namespace uk;
    using namespace uk::vmem;
    const Failure& failed = g_failures[hal::cpu_index()];
    return failed.address == address && failed.fault == Fault::no_data;
}
