// SPDX-License-Identifier: BSD-3-Clause
// What the contents of files stand on: frames of the image, counted against a file system's limit.
#pragma once

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/memory.hpp>
#include <uk/ramfs/limits.hpp>
#include <uk/spinlock.hpp>
#include <uk/vfs/paged_content.hpp>

namespace uk::ramfs {

class Pages {
  public:
    using Lock = Spinlock<LockRank::file_pages>;

    explicit Pages(Counter& bytes) : bytes_(bytes) {}
    [[nodiscard]] Result<Paddr> take_page() {
        UK_TRY(bytes_.take(kPageSize));
        Result<void*> frame = falloc::allocate_run(1);
        if (!frame.ok()) [[unlikely]] {
            bytes_.give(kPageSize);
            return frame.error();
        }
        return hal::direct_map_paddr(frame.value());
    }
    void give_page(Paddr frame) {
        falloc::free_run(hal::direct_map(frame), 1);
        bytes_.give(kPageSize);
    }
    [[nodiscard]] bool has_room(uint64_t pages) const { return pages <= bytes_.left() / kPageSize; }
    static std::byte* bytes(Paddr frame) { return static_cast<std::byte*>(hal::direct_map(frame)); }
    static void* allocate(size_t size) { return heap::allocate(size); }
    static void deallocate(void* block) { heap::deallocate(block); }

  private:
    Counter& bytes_;
};
static_assert(vfs::PageEnvironment<Pages>);

using Content = vfs::PagedContent<Pages>;

} // namespace uk::ramfs
