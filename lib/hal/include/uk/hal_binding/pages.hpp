// SPDX-License-Identifier: BSD-3-Clause
// What an architecture's <uk/hal/pages.hpp> is made of: a codec, and how its processor is told.
//
//     struct Processor { table(), publish(), forget(), forgotten(), code() };   // as TableMachine
//     constinit Paddr g_root;
//     UK_HAL_PAGES(MyCodec, Processor, g_root)    // all functions but pages_init(), which sets
//                                                 // g_table_frames
#pragma once

#include <uk/hal/pages.hpp>

namespace uk::pagetable {

inline constinit hal::TableFrames g_table_frames{};

// A processor with frames for its tables.
template <class Processor>
struct WithFrames : Processor {
    static Result<Paddr> take() {
        Result<Paddr> frame = g_table_frames.take();
        Processor::publish(); // its zeros
        return frame;
    }
    static void give(Paddr frame) { g_table_frames.give(frame); }
};

} // namespace uk::pagetable

#define UK_HAL_PAGES(Codec, Processor, root)                                                       \
    namespace uk {                                                                                 \
    static pagetable::PageTable<Codec, pagetable::WithFrames<Processor>> hal_table() {             \
        return {root, {}};                                                                         \
    }                                                                                              \
    Result<> hal::pages_map(Vaddr page, Paddr frame, pagetable::Protection protection) {           \
        return hal_table().map(page, frame, protection);                                           \
    }                                                                                              \
    void hal::pages_unmap(std::span<const VirtRange> ranges, const pagetable::PageSink& taken) {   \
        hal_table().unmap(ranges, taken);                                                          \
    }                                                                                              \
    Result<> hal::pages_protect(VirtRange range, pagetable::Protection protection) {               \
        hal_table().protect(range, protection);                                                    \
        return {};                                                                                 \
    }                                                                                              \
    pagetable::PageEntry hal::pages_find(Vaddr page) {                                             \
        return hal_table().find(page);                                                             \
    }                                                                                              \
    }
