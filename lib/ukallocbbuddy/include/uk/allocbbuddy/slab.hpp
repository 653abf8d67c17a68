// SPDX-License-Identifier: BSD-3-Clause
// Slabs: one page cut into equal objects, for blocks smaller than a page.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>

namespace uk::bbuddy {

inline constexpr size_t kSlabHeader = 48;

// Sizes that a page divides into with little loss. Powers of two start at a multiple of their size,
// so their objects are aligned to it.
inline constexpr std::array<uint16_t, 14> kSlabSizes = {16,  32,  48,  64,  96,   128,  192,
                                                        256, 384, 512, 768, 1024, 1344, 2016};
inline constexpr size_t kSlabMax = kSlabSizes.back();

namespace detail {

constexpr size_t first_of(size_t size) {
    const bool pow2 = (size & (size - 1)) == 0;
    return !pow2 ? kSlabHeader : (kSlabHeader + size - 1) / size * size;
}
struct Shape {
    uint16_t first;    // offset of the first object
    uint16_t capacity; // objects in a page
};
constexpr auto make_shapes() {
    std::array<Shape, kSlabSizes.size()> shapes{};
    for (size_t i = 0; i < shapes.size(); i++) {
        const size_t first = first_of(kSlabSizes[i]);
        shapes[i] = {static_cast<uint16_t>(first),
                     static_cast<uint16_t>((kPageSize - first) / kSlabSizes[i])};
    }
    return shapes;
}
inline constexpr auto kShapes = make_shapes();

constexpr std::array<uint8_t, kSlabMax / 16 + 1> make_class_table() {
    std::array<uint8_t, kSlabMax / 16 + 1> table{};
    uint8_t size_class = 0;
    for (size_t i = 0; i < table.size(); i++) {
        while (kSlabSizes[size_class] < i * 16)
            size_class++;
        table[i] = size_class;
    }
    return table;
}
inline constexpr auto kClassTable = make_class_table();

} // namespace detail

constexpr size_t slab_first(unsigned size_class) {
    return detail::kShapes[size_class].first;
}
constexpr size_t slab_capacity(unsigned size_class) {
    return detail::kShapes[size_class].capacity;
}

// The class for `size` <= kSlabMax bytes.
constexpr unsigned slab_class(size_t size) {
    return detail::kClassTable[(size + 15) / 16];
}

// The head of a page full of objects of one class. Objects that were never used are not in the free
// list: `fresh` counts up, so making a slab costs nothing for each object.
struct [[gnu::may_alias]] Slab {
    static constexpr uint32_t kMagic = 0x51ab51ab;
    struct [[gnu::may_alias]] FreeObject {
        FreeObject* next;
    };

    uint32_t magic;
    uint16_t size_class;
    uint16_t used;  // objects handed out
    uint16_t fresh; // objects that were handed out at least once
    FreeObject* free_list;
    Slab* next; // slabs of this class with room
    Slab* prev;

    void init(unsigned of_class) {
        magic = kMagic;
        size_class = static_cast<uint16_t>(of_class);
        used = fresh = 0;
        free_list = nullptr;
        next = prev = nullptr;
    }
    size_t size() const { return kSlabSizes[size_class]; }
    bool full() const { return used == slab_capacity(size_class); }

    // Only when !full().
    void* take() {
        used++;
        if (FreeObject* object = free_list) {
            free_list = object->next;
            return object;
        }
        return reinterpret_cast<char*>(this) + slab_first(size_class) + size() * fresh++;
    }
    void put(void* object) {
        auto* free = static_cast<FreeObject*>(object);
        free->next = free_list;
        free_list = free;
        used--;
    }
    // Whether `object` is one of this slab's, and in use. Walks the free list.
    bool is_live(const void* object) const {
        const auto offset = static_cast<size_t>(static_cast<const char*>(object) -
                                                reinterpret_cast<const char*>(this)) -
                            slab_first(size_class);
        if (offset % size() != 0 || offset / size() >= fresh)
            return false;
        for (const FreeObject* free = free_list; free; free = free->next)
            if (free == object)
                return false;
        return true;
    }
    bool verify() const {
        size_t listed = 0;
        for (const FreeObject* free = free_list; free && listed <= fresh; free = free->next)
            listed++;
        return magic == kMagic && size_class < kSlabSizes.size() && used + listed == fresh &&
               fresh <= slab_capacity(size_class);
    }
};

static_assert(sizeof(Slab) <= kSlabHeader);
static_assert(slab_class(0) == 0 && slab_class(17) == 1 && slab_class(2016) == 13);
static_assert(slab_capacity(slab_class(64)) == 63 && slab_capacity(slab_class(1344)) == 3);

} // namespace uk::bbuddy
