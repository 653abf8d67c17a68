// SPDX-License-Identifier: BSD-3-Clause
// Physical memory and its direct map for tests of frame allocators: nothing may be touched before
// it is opened, opening can fail, and page tables can eat part of what is opened.
#pragma once

#include <cstdint>
#include <sys/mman.h>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::fakes {

// The machine. Addresses 0 ... size; unopened memory faults when touched.
class RamStore {
  public:
    explicit RamStore(uint64_t size)
        : size_(size),
          memory_(static_cast<char*>(
              mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
        UK_VERIFY(memory_ != MAP_FAILED);
    }
    ~RamStore() { munmap(memory_, size_); }
    RamStore(const RamStore&) = delete;
    RamStore& operator=(const RamStore&) = delete;

    Result<PhysRange> open(PhysRange range) {
        UK_VERIFY(range.start.is_aligned(kPageSize) && range.size % kPageSize == 0);
        UK_VERIFY(range.end().value() <= size_);
        if (failures_ > 0) {
            failures_--;
            return Errno::nomem;
        }
        if (fail_in_ > 0 && --fail_in_ == 0)
            return Errno::nomem;
        UK_VERIFY(mprotect(memory_ + range.start.value(), range.size, PROT_READ | PROT_WRITE) == 0);
        opens_++;
        opened_ += range.size;
        const uint64_t eaten = tables_ * kPageSize < range.size ? tables_ * kPageSize : range.size;
        return PhysRange{range.start + eaten, range.size - eaten};
    }
    void* pointer(Paddr address) const { return memory_ + address.value(); }
    Paddr address(const void* pointer) const {
        return Paddr{static_cast<uint64_t>(static_cast<const char*>(pointer) - memory_)};
    }

    void take_for_tables(size_t pages) { tables_ = pages; }
    void fail_opens(size_t count) { failures_ = count; }
    // The k-th from now on (counted from 1), once; 0 = none.
    void fail_open_in(size_t k) { fail_in_ = k; }
    bool failure_is_to_come() const { return fail_in_ > 0; }
    size_t opens() const { return opens_; }
    uint64_t opened_bytes() const { return opened_; }
    // Touches each page, which faults unless it is open.
    bool is_open(const char* run, size_t pages) const {
        for (size_t i = 0; i < pages; i++)
            (void)*static_cast<const volatile char*>(run + i * kPageSize);
        return true;
    }

  private:
    uint64_t size_;
    char* memory_;
    size_t tables_ = 0;
    size_t failures_ = 0;
    size_t fail_in_ = 0;
    size_t opens_ = 0;
    uint64_t opened_ = 0;
};

// The policy object that a frame allocator takes.
struct Ram {
    RamStore* store;

    Result<PhysRange> open(PhysRange range) { return store->open(range); }
    void* pointer(Paddr address) { return store->pointer(address); }
    Paddr address(const void* pointer) { return store->address(pointer); }
};

} // namespace uk::fakes
