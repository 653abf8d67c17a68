// SPDX-License-Identifier: BSD-3-Clause
// The TLSF index: free blocks in lists by size class, found through two levels of bitmaps.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <uk/alloctlsf/block.hpp>

namespace uk::tlsf {

// Every power of two is divided into 16 classes (below 256 bytes: one class for each 16 bytes), so
// a search that rounds up wastes at most 1/16. Classes are numbered through; the lower bitmap has a
// bit for each class, the upper one a bit for each word of the lower. All operations are O(1) and
// free of loops. Masmano, Ripoll, Crespo, Real: "TLSF: a new dynamic memory allocator for real-time
// systems".
class Index {
  public:
    static constexpr unsigned kLog2Slices = 4;
    static constexpr unsigned kSlices = 1u << kLog2Slices;
    static constexpr unsigned kLinearBits = 8; // below 256 bytes classes are linear
    static constexpr unsigned kMaxBits = 41;   // largest block: below 2^41 bytes
    static constexpr unsigned kClasses = (kMaxBits - kLinearBits + 1) * kSlices;
    static constexpr unsigned kWords = (kClasses + 63) / 64;
    static constexpr size_t kMaxBlock = (size_t{1} << kMaxBits) - kHeapAlign;
    static constexpr unsigned kNone = ~0u;

    // The class that blocks of this size are filed under.
    static constexpr unsigned class_of(size_t bytes) {
        if (bytes < (size_t{1} << kLinearBits))
            return static_cast<unsigned>(bytes >> 4);
        const unsigned log2 = static_cast<unsigned>(std::bit_width(bytes)) - 1;
        return (log2 - kLinearBits) * kSlices +
               static_cast<unsigned>(bytes >> (log2 - kLog2Slices));
    }
    // The first class of which every block has at least this size.
    static constexpr unsigned class_at_least(size_t bytes) {
        if (bytes < (size_t{1} << kLinearBits))
            return static_cast<unsigned>(bytes >> 4);
        const unsigned log2 = static_cast<unsigned>(std::bit_width(bytes)) - 1;
        return class_of(bytes + (size_t{1} << (log2 - kLog2Slices)) - 1);
    }

    // The lowest class from `from` on that has a block, or kNone.
    unsigned find(unsigned from) const {
        const unsigned word = from / 64;
        const uint64_t here = classes_[word] >> (from % 64);
        if (here) [[likely]]
            return from + static_cast<unsigned>(std::countr_zero(here));
        const uint64_t above = words_ & (~uint64_t{1} << word);
        if (!above)
            return kNone;
        const unsigned next = static_cast<unsigned>(std::countr_zero(above));
        return next * 64 + static_cast<unsigned>(std::countr_zero(classes_[next]));
    }

    Block* head(unsigned size_class) const { return heads_[size_class]; }

    void insert(Block* block, unsigned size_class) {
        Block* head = heads_[size_class];
        block->next_ = head;
        block->prev_ = nullptr;
        if (head)
            head->prev_ = block;
        heads_[size_class] = block;
        classes_[size_class / 64] |= uint64_t{1} << (size_class % 64);
        words_ |= uint64_t{1} << (size_class / 64);
    }

    void remove(Block* block, unsigned size_class) {
        Block* next = block->next_;
        Block* prev = block->prev_;
        if (next)
            next->prev_ = prev;
        if (prev) {
            prev->next_ = next;
            return;
        }
        heads_[size_class] = next;
        if (!next) {
            const uint64_t left = classes_[size_class / 64] & ~(uint64_t{1} << (size_class % 64));
            classes_[size_class / 64] = left;
            if (!left)
                words_ &= ~(uint64_t{1} << (size_class / 64));
        }
    }

    // Puts `block` into the place of `old`, which has the same class.
    void replace(Block* old, Block* block, unsigned size_class) {
        Block* next = old->next_;
        Block* prev = old->prev_;
        block->next_ = next;
        block->prev_ = prev;
        if (next)
            next->prev_ = block;
        if (prev)
            prev->next_ = block;
        else
            heads_[size_class] = block;
    }

    // For verify() and stats(): whether the bitmaps say the same as the lists.
    bool bitmaps_agree() const {
        for (unsigned c = 0; c < kClasses; c++)
            if ((heads_[c] != nullptr) != ((classes_[c / 64] >> (c % 64) & 1) != 0))
                return false;
        for (unsigned w = 0; w < kWords; w++)
            if ((classes_[w] != 0) != ((words_ >> w & 1) != 0))
                return false;
        return true;
    }

  private:
    uint64_t words_ = 0;
    uint64_t classes_[kWords] = {};
    Block* heads_[kClasses] = {};
};

static_assert(Index::class_of(255) == 15 && Index::class_of(256) == 16);
static_assert(Index::class_of(272) == 17 && Index::class_of(511) == 31 &&
              Index::class_of(512) == 32);
static_assert(Index::class_at_least(256) == 16 && Index::class_at_least(257) == 17);
static_assert(Index::class_of(Index::kMaxBlock) == Index::kClasses - 1);
static_assert(Index::class_at_least(kHeapMaxRequest * 3 / 2) < Index::kClasses);

} // namespace uk::tlsf
