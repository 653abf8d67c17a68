// SPDX-License-Identifier: BSD-3-Clause
// ProgramBreak: the heap that brk() moves the end of. Pure.
#pragma once

#include <cstdint>

#include <uk/base/bits.hpp>
#include <uk/base/result.hpp>
#include <uk/vmem/types.hpp>

namespace uk::mmap {

// Addresses for all that it may ever need are taken when somebody asks first; memory comes as it
// grows. Not synchronised. Space: map(), protect() and discard() of <uk/vmem.hpp>.
template <class Space>
class ProgramBreak {
  public:
    constexpr ProgramBreak(Space space, uint64_t most) : space_(space), most_(most) {}

    // The end, after it was set to `wanted`; where that cannot be, where it was before, as Linux
    // says. 0 where there are no addresses for a heap.
    Vaddr set(Vaddr wanted) {
        if (start_.is_null() && !begin().ok())
            return {};
        if (wanted >= start_ && wanted - start_ <= most_ && change(wanted).ok())
            end_ = wanted;
        return end_;
    }

  private:
    Result<> begin() {
        start_ = end_ = UK_TRY(space_.map(
            {.size = most_, .protection = vmem::kNoAccess, .name = "brk", .reserve_only = true}));
        return ok();
    }
    Result<> change(Vaddr wanted) const {
        const Vaddr before = page_end(end_);
        const Vaddr after = page_end(wanted);
        if (after > before)
            return space_.protect(before, after - before, vmem::kReadWrite);
        if (after < before) {
            UK_TRY(space_.discard(after, before - after));
            return space_.protect(after, before - after, vmem::kNoAccess);
        }
        return ok();
    }
    static Vaddr page_end(Vaddr at) { return Vaddr{align_up(at.value(), kPageSize)}; }

    [[no_unique_address]] Space space_;
    uint64_t most_;
    Vaddr start_{};
    Vaddr end_{};
};

} // namespace uk::mmap
