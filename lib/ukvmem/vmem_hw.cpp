// SPDX-License-Identifier: BSD-3-Clause
// The address space of this image: page tables by hal, frames from ukfalloc, areas from the heap.
#include <uk/vmem.hpp>

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/format.h>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/pages.hpp>
#include <uk/init.hpp>
#include <uk/spinlock.hpp>
#include <uk/string.h>
#include <uk/vmem/address_space.hpp>

namespace uk::vmem {
namespace {

Result<Paddr> take_frame() {
    void* frame = UK_TRY(falloc::allocate_run(1));
    memset(frame, 0, kPageSize);
    return hal::direct_map_paddr(frame);
}

void give_frame(Paddr frame) {
    falloc::free_run(hal::direct_map(frame), 1);
}

// A fault comes while its thread holds no spinlock, and threads are switched under none, so the
// handler of the fault finds this one free.
struct KernelBackend {
    using Lock = Spinlock<LockRank::subsystem>;
    static Result<Paddr> take_frame() { return vmem::take_frame(); }
    static void give_frame(Paddr frame) { vmem::give_frame(frame); }
    static std::byte* bytes(Paddr frame) { return static_cast<std::byte*>(hal::direct_map(frame)); }
    static Result<> map(Vaddr page, Paddr frame, Protection protection) {
        if constexpr (kManyCpus)
            hal::barrier_write(); // who finds the page finds what it holds
        return hal::pages_map(page, frame, protection);
    }
    static Vaddr unmap(VirtRange range, Removed& removed) {
        return hal::pages_unmap(range, removed);
    }
    static Result<> protect(VirtRange range, Protection protection) {
        return hal::pages_protect(range, protection);
    }
    static PageEntry find(Vaddr page) { return hal::pages_find(page); }
    static Area* take_area() {
        void* memory = heap::allocate(sizeof(Area));
        return memory != nullptr ? ::new (memory) Area : nullptr;
    }
    static void give_area(Area* area) { heap::deallocate(area); }
    static uint64_t memory_size() { return falloc::stats().total_bytes; }
};
static_assert(Backend<KernelBackend>);

constinit AddressSpace<KernelBackend> g_space{KernelBackend{}};
constinit bool g_ready = false;

// Of the latest fault that was not repaired, for the crash report.
constinit uintptr_t g_failed_address = 0;
constinit Fault g_failed = Fault::repaired;

Result<> start() {
    Result<hal::PagesRange> pages = hal::pages_init({take_frame, give_frame});
    if (pages.code() == Errno::nosys) {
        return {}; // an image can do without until somebody asks
    }
    UK_TRY(pages);
    g_space.init(pages.value().range, pages.value().search);
    g_ready = true;
    return {};
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

UK_INIT(bus, "vmem", start, .hint = "give the machine more memory");

Result<Vaddr> map(const MapRequest& request) {
    UK_TRY(ready());
    return g_space.map(request);
}
Result<> unmap(Vaddr start, uint64_t size) {
    UK_TRY(ready());
    return g_space.unmap(start, size);
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
        g_failed = outcome;
        g_failed_address = address;
    }
    return outcome == Fault::repaired;
}

size_t uk_describe_mapping(uintptr_t address, char* text, size_t size) {
    using namespace uk;
    using namespace uk::vmem;
    const Vaddr at{address};
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
    } else if (g_failed_address == address && g_failed != Fault::repaired) {
        used += uk_scnprintf(text + used, size - used, ": %s", fault_name(g_failed));
    }
    return used;
}
