// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: plays allocations against a heap class and remembers what must be true.
#pragma once

#ifdef UK_HOST_TEST

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <uk/alloc/concepts.hpp>
#include <uk/assert.h>

namespace uk::heap_test {

// Whether the heap gives freed memory out again. A heap class that does not says
// `static constexpr bool kReuses = false`.
template <class H>
inline constexpr bool kReuses = true;
template <class H>
requires requires {
    H::kReuses;
}
inline constexpr bool kReuses<H> = H::kReuses;

// Whether any block becomes smaller where it is. One that does not says `kShrinksInPlace = false`.
template <class H>
inline constexpr bool kShrinksInPlace = true;
template <class H>
requires requires {
    H::kShrinksInPlace;
}
inline constexpr bool kShrinksInPlace<H> = H::kShrinksInPlace;

// In how many pages at a time it takes memory, so how large a store is that is small for it. A heap
// class that takes more than single pages says `static constexpr size_t kGrainPages`.
template <class H>
inline constexpr size_t kGrainPages = 1;
template <class H>
requires requires {
    H::kGrainPages;
}
inline constexpr size_t kGrainPages<H> = H::kGrainPages;

// Live blocks with a pattern in each. Every function panics when the heap breaks its contract; a
// failed allocation is no breach, the functions return false then.
template <HeapAllocator H>
class Shadow {
  public:
    explicit Shadow(H& heap) : heap_(heap) {}
    Shadow(const Shadow&) = delete;
    Shadow& operator=(const Shadow&) = delete;

    bool allocate(size_t size) { return enter(heap_.allocate(size), size, kHeapAlign); }
    bool allocate(size_t size, size_t align) {
        return enter(heap_.allocate(size, align), size, align);
    }

    void deallocate(size_t which) {
        const Live block = live_[which];
        check(block);
        live_[which] = live_.back();
        live_.pop_back();
        heap_.deallocate(block.memory);
    }

    bool reallocate(size_t which, size_t size) {
        Live& block = live_[which];
        check(block);
        void* moved = heap_.reallocate(block.memory, size);
        if (!moved) {
            check(block); // still ours
            return false;
        }
        const Live front{static_cast<uint8_t*>(moved), size < block.size ? size : block.size,
                         block.seed};
        check(front);
        live_[which] = live_.back();
        live_.pop_back();
        return enter(moved, size, kHeapAlign);
    }

    size_t count() const { return live_.size(); }
    void* memory(size_t which) const { return live_[which].memory; }

    void check_all() const {
        for (const Live& block : live_)
            check(block);
        UK_VERIFY(heap_.verify());
    }
    void deallocate_all() {
        while (!live_.empty())
            deallocate(live_.size() - 1);
    }

    // Interprets bytes as operations; any bytes will do. Ends with all memory given back.
    void play(std::span<const uint8_t> script) {
        for (size_t at = 0; at + 4 <= script.size(); at += 4) {
            const size_t number = script[at + 1] | size_t{script[at + 2]} << 8;
            const unsigned shift = script[at + 3] % 12;
            const size_t size = number >> (script[at + 3] >> 4);
            const size_t which = count() ? number % count() : 0;
            switch (script[at] % 8) {
            case 0:
            case 1:
                (void)allocate(size);
                break;
            case 2:
                (void)allocate(size, size_t{16} << shift);
                break;
            case 3:
                (void)allocate(size << (shift % 5));
                break;
            case 4:
            case 5:
                if (count())
                    deallocate(which);
                break;
            case 6:
                if (count())
                    (void)reallocate(which, 1 + ((script[at + 3] * 257u + number) & 0x7fff));
                break;
            default:
                if (script[at + 3] < 8)
                    heap_.trim();
                else if (script[at + 3] < 24)
                    check_all();
                break;
            }
        }
        check_all();
        deallocate_all();
        check_all();
    }

  private:
    static constexpr size_t kPiece = 4096;
    struct Live {
        uint8_t* memory;
        size_t size;
        uint8_t seed;
    };

    // A block repeats a piece of this; memcmp is quick even under sanitizers.
    static const uint8_t* pattern(uint8_t seed) {
        static const auto text = [] {
            std::array<uint8_t, kPiece + 256> bytes{};
            for (size_t i = 0; i < bytes.size(); i++)
                bytes[i] = static_cast<uint8_t>(i * 31 + i / 256 * 7);
            return bytes;
        }();
        return text.data() + seed;
    }
    template <class F>
    static void for_pieces(const Live& block, F&& visit) {
        for (size_t at = 0; at < block.size; at += kPiece)
            visit(block.memory + at, block.size - at < kPiece ? block.size - at : kPiece);
    }
    static void fill(const Live& block) {
        for_pieces(block, [&](uint8_t* to, size_t n) { std::memcpy(to, pattern(block.seed), n); });
    }
    static void check(const Live& block) {
        for_pieces(block, [&](uint8_t* from, size_t n) {
            UK_VERIFY(std::memcmp(from, pattern(block.seed), n) == 0);
        });
    }

    // The pattern of neighbours would be damaged if blocks overlapped; all of the block is written.
    bool enter(void* memory, size_t size, size_t align) {
        if (!memory)
            return false;
        UK_VERIFY(reinterpret_cast<uintptr_t>(memory) % align == 0);
        UK_VERIFY(reinterpret_cast<uintptr_t>(memory) % kHeapAlign == 0);
        const size_t usable = heap_.usable_size(memory);
        UK_VERIFY(usable >= size);
        std::memset(memory, 0xEE, usable);
        seed_ = static_cast<uint8_t>(seed_ * 5 + 1);
        live_.push_back({static_cast<uint8_t*>(memory), size, seed_});
        fill(live_.back());
        return true;
    }

    H& heap_;
    std::vector<Live> live_;
    uint8_t seed_ = 0;
};

} // namespace uk::heap_test

#endif // UK_HOST_TEST
