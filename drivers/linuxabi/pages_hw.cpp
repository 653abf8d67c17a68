// SPDX-License-Identifier: BSD-3-Clause
// The application's part of a process's address space: pages of the file that is the RAM, mapped
// where they are wanted. Tables that nobody but us reads remember which.
#include <uk/hal/pages.hpp>

#include <uk/hal/cpus.hpp>
#include <uk/hal/memory.hpp>
#include <uk/linuxabi/ram.hpp>
#include <uk/pagetable/soft_codec.hpp>

#include "pages_isa.hpp" // of the architecture's folder

namespace uk {
namespace {

using namespace linuxabi;
using pagetable::Protection;

// Between what programs, the RAM and the kernel use, on kernels with 39 bits of address, too. The
// host would refuse what is taken all the same (kFixedNoReplace).
constexpr VirtRange kRange{Vaddr{uint64_t{1} << 37}, uint64_t{1} << 37};

constinit int g_file = -1;
constinit uintptr_t g_ram_start = 0;
constinit hal::TableFrames g_frames{};
constinit Paddr g_root{};
constinit bool g_in_steps = false; // see takes_for_hint()

// What protect() is at, since the host changes page by page.
constinit long g_wanted = -1;
constinit bool g_refused = false;

long number(Vaddr at) {
    return static_cast<long>(at.value());
}

constexpr long host_protection(Protection p) {
    return (p.read ? kRead : 0) | (p.read && p.write ? kWrite : 0) |
           (p.read && p.execute ? kExecute : 0);
}

// qemu-user before 8.1, which as old kernels takes kFixedNoReplace for a hint, first maps zeros of
// its own and then the file: what another CPU writes in between would be lost. On such hosts nobody
// may touch a page before it is the right one.
[[maybe_unused]] bool takes_for_hint(Paddr taken) {
    const long at = reinterpret_cast<long>(hal::direct_map(taken));
    const long place =
        raw_syscall(Sys::mmap, at, kPageSize, kNone, kShared | kFixedNoReplace, g_file, 0);
    if (place <= 0) {
        return false;
    }
    raw_syscall(Sys::munmap, place, kPageSize);
    return true;
}

// Returns as mmap() does.
long show_page(Vaddr page, Paddr frame, long protection) {
    const long place = raw_syscall(Sys::mmap, number(page), kPageSize,
                                   g_in_steps ? kNone : protection, kShared | kFixedNoReplace,
                                   g_file, static_cast<long>(frame.value() - g_ram_start));
    if (!g_in_steps || place != number(page)) {
        return place;
    }
    const long failed = raw_syscall(Sys::mprotect, place, kPageSize, protection);
    if (failed != 0) {
        raw_syscall(Sys::munmap, place, kPageSize);
        return failed;
    }
    return place;
}

struct Host {
    static Result<Paddr> take() { return g_frames.take(); }
    static void give(Paddr frame) { g_frames.give(frame); }
    static uint64_t* table(Paddr frame) { return static_cast<uint64_t*>(hal::direct_map(frame)); }
    static void publish() {}
    static void forget(VirtRange range);
    static void forgotten() {}
    static void code(Paddr frame) { sync_code(hal::direct_map(frame), kPageSize); }
};

using Table = pagetable::PageTable<pagetable::SoftCodec, Host>;

Table table() {
    return Table(g_root, Host{});
}

// Pages that are not there count among those that may have changed.
void Host::forget(VirtRange range) {
    if (g_wanted < 0) {
        return;
    }
    for (Vaddr page = range.start; page < range.end(); page += kPageSize) {
        if (::uk::table().find(page).used) {
            g_refused |= raw_syscall(Sys::mprotect, number(page), kPageSize, g_wanted) != 0;
        }
    }
}

// Takes pages away from the process, side by side where it can, before somebody else gets their
// frames.
class Removal {
  public:
    explicit Removal(const pagetable::PageSink& taken) : taken_(taken) {}
    void operator()(Vaddr page, Paddr frame) {
        if (count_ == kMost) {
            finish();
        }
        pages_[count_++] = {page, frame};
    }
    void finish() {
        VirtRange run{};
        for (size_t i = 0; i < count_; i++) {
            if (run.end() != pages_[i].page) {
                remove(run);
                run = {pages_[i].page, 0};
            }
            run.size += kPageSize;
        }
        remove(run);
        for (size_t i = 0; i < count_; i++) {
            taken_(pages_[i].page, pages_[i].frame);
        }
        count_ = 0;
    }

  private:
    static constexpr size_t kMost = 64;
    struct Page {
        Vaddr page;
        Paddr frame;
    };
    static void remove(VirtRange run) {
        if (!run.empty()) {
            raw_syscall(Sys::munmap, number(run.start), static_cast<long>(run.size));
        }
    }

    const pagetable::PageSink& taken_;
    Page pages_[kMost];
    size_t count_ = 0;
};

} // namespace

Ram linuxabi::make_ram_file(size_t size, uintptr_t start) {
    constexpr long kCloseOnExec = 1;
    const auto name = reinterpret_cast<long>("microlith-ram");
    const long file = raw_syscall(Sys::memfd_create, name, kCloseOnExec);
    if (file < 0 || raw_syscall(Sys::ftruncate, file, static_cast<long>(size)) != 0) {
        return {};
    }
    g_file = static_cast<int>(file);
    g_ram_start = start;
    return {g_file, kShared | kNoReserve | kFixedNoReplace};
}

Result<hal::PagesRange> hal::pages_init(const TableFrames& frames) {
    if (g_file < 0) {
        return Errno::nosys;
    }
    g_frames = frames;
    g_root = UK_TRY(g_frames.take());
    if constexpr (kMostCpus > 1) {
        g_in_steps = takes_for_hint(g_root);
    }
    return PagesRange{kRange, kRange.start + (uint64_t{1} << 32)};
}

Result<> hal::pages_map(Vaddr page, Paddr frame, Protection protection) {
    if (protection.device) {
        return Errno::nosys;
    }
    UK_TRY(table().map(page, frame, protection));
    const long place = show_page(page, frame, host_protection(protection));
    if (place == number(page)) {
        return {};
    }
    if (place > 0) { // a kernel before 4.17 takes the flag for a hint
        raw_syscall(Sys::munmap, place, kPageSize);
    }
    auto nothing = [](Vaddr, Paddr) {};
    const VirtRange range{page, kPageSize};
    table().unmap({&range, 1}, pagetable::PageSink(nothing));
    const bool taken = place > 0 || place == -static_cast<long>(Errno::exist);
    return taken ? Errno::exist : Errno::nomem;
}

void hal::pages_unmap(std::span<const VirtRange> ranges, const pagetable::PageSink& taken) {
    Removal removal(taken);
    table().unmap(ranges, pagetable::PageSink(removal));
    removal.finish();
}

// The host limits how many pieces a process's memory may have.
Result<> hal::pages_protect(VirtRange range, Protection protection) {
    g_wanted = host_protection(protection);
    g_refused = false;
    table().protect(range, protection);
    g_wanted = -1;
    return g_refused ? Errno::nomem : Errno::ok;
}

pagetable::PageEntry hal::pages_find(Vaddr page) {
    return table().find(page);
}

} // namespace uk
