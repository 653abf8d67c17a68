// SPDX-License-Identifier: BSD-3-Clause
// Words of the application's address space: what can be asked for, and what backs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/trap.hpp>
#include <uk/pagetable/codec.hpp>

namespace uk::vmem {

using hal::Access;
using pagetable::Protection;

// What may be asked for; `device` is set where it belongs. Nothing may be both writable and
// executable at once (EACCES).
inline constexpr Protection kNoAccess{.read = false};
inline constexpr Protection kReadOnly{};
inline constexpr Protection kReadWrite{.write = true};
inline constexpr Protection kReadExecute{.execute = true};

// What the pages of an area are. A stack is anonymous memory with a guard area right below it.
enum class Kind : uint8_t { anonymous, stack, guard, device, file };

// A file, or whatever looks like one, whose pages appear in memory. Implemented above this library.
// Lives until the last drop(). Everything but hold() and drop() is called with the address space
// locked unless may_block() says that this cannot be: so it neither waits, nor calls the address
// space, nor touches application memory. `offset` is always page-aligned.
class Pager {
  public:
    // One more, one fewer user. The first hold() comes with the mapping, from its caller's thread.
    virtual void hold() = 0;
    virtual void drop() = 0;

    // True: fill(), share() and write_back() may wait. They are then called without the lock, and
    // all pages at once when the mapping is made: a fault cannot wait.
    [[nodiscard]] virtual bool may_block() const = 0;

    // For private mappings: the page's bytes at this moment; zeros beyond the end of the file.
    // Errors: any; a fault that ends so is not repaired (EIO by convention).
    [[nodiscard]] virtual Result<> fill(uint64_t offset, std::span<std::byte> page) = 0;

    // For shared mappings: the frame in which the file keeps this page, which stays where it is
    // until as many calls of unshare(). Errors: any, ENODEV for files that cannot be shared.
    [[nodiscard]] virtual Result<Paddr> share(uint64_t offset) = 0;
    virtual void unshare(uint64_t offset, Paddr frame) = 0;

    // A page that is shared now will be written: for the first time, or the first time since
    // write_back() of it. Never waits. Errors: any (ENOSPC); the write then faults.
    [[nodiscard]] virtual Result<> will_write(uint64_t offset) = 0;

    // Stores what was written in the shared pages from `offset` on. Called without the lock. Each
    // of them says will_write() again before its next write.
    [[nodiscard]] virtual Result<> write_back(uint64_t offset, uint64_t size) = 0;

  protected:
    ~Pager() = default;
};

// Where a mapping goes.
enum class Placement : uint8_t {
    anywhere, // near `where` if that is free and not 0, else wherever it fits
    exact,    // at `where`; EEXIST if something is there
    replace,  // at `where`; what was there is unmapped (MAP_FIXED)
};

struct MapRequest {
    uint64_t size = 0; // bytes, rounded up to whole pages
    Protection protection = kReadWrite;
    Vaddr where{};
    Placement placement = Placement::anywhere;
    uint64_t align = kPageSize; // a power of two; for `anywhere`
    Kind kind = Kind::anonymous;
    const char* name = "";     // for people, the first 15 characters are kept
    uint64_t guard = 0;        // of a stack: bytes below it that fault; at least a page
    Pager* pager = nullptr;    // of a file
    uint64_t offset = 0;       // of a file; of a device: its physical address
    bool shared = false;       // of a file: writes go to the file, not into private copies
    bool write_allowed = true; // false: nobody may make it writable later on, either
    bool cached = false;       // of a device: behaves like memory
    bool populate = false;     // give all pages a frame at once, so that ENOMEM comes here
    bool reserve_only = false; // may be larger than all RAM (MAP_NORESERVE)
};

// One area as it is now: neighbours that do not differ are one.
struct AreaInfo {
    VirtRange range{};
    Protection protection{};
    Kind kind = Kind::anonymous;
    bool shared = false;
    uint64_t offset = 0;
    char name[16] = "";
};

// What became of a fault.
enum class Fault : uint8_t {
    repaired,  // try the access again
    unmapped,  // there is no area
    guard,     // the guard of a stack
    forbidden, // the area does not permit it
    no_memory,
    no_data, // the pager failed
    stuck,   // the page is there and permits it, yet it faults again and again
};

struct Stats {
    uint64_t mapped_bytes = 0;  // of all areas, guards included
    uint64_t private_pages = 0; // frames that were taken for pages; tables not included
    size_t areas = 0;
    uint64_t faults = 0; // repaired so far
};

[[nodiscard]] constexpr const char* kind_name(Kind kind) {
    constexpr const char* kNames[] = {"memory", "stack", "guard of stack", "device", "file"};
    return kNames[static_cast<unsigned>(kind)];
}

[[nodiscard]] constexpr const char* fault_name(Fault fault) {
    constexpr const char* kNames[] = {
        "repaired",      "nothing is mapped there",    "stack overflow", "not permitted",
        "out of memory", "the file could not be read", "faults for ever"};
    return kNames[static_cast<unsigned>(fault)];
}

} // namespace uk::vmem
