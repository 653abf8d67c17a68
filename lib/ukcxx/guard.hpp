// SPDX-License-Identifier: BSD-3-Clause
// Private: the guard of a local static object, which is made by whoever comes first.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk::cxx {

/// The word that the compiler keeps beside such an object (Itanium C++ ABI, 3.3.3), zero at first.
/// Compiled code reads its first byte, with acquire: not zero means that the object is there. The
/// other seven belong to this class: who is making the object.
class Guard {
  public:
    enum class Turn : unsigned char {
        make,    // the caller makes the object, then says made() or given_up()
        made,    // it is there, and all that its constructor wrote can be seen
        wait,    // another thread is making it
        circular // the caller itself is making it
    };

    constexpr Guard() = default;
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    /// `self` names the thread that calls, and no other one: an address, or 0.
    Turn enter(uintptr_t self) {
        // The first byte stays zero and the next is not: no thread looks like nobody.
        const uint64_t mine = (static_cast<uint64_t>(self) << 16) | kMaking;
        if (word_.replace_acquire(0, mine)) {
            return Turn::make;
        }
        const uint64_t seen = word_.load_acquire();
        if (seen == kMade) {
            return Turn::made;
        }
        return seen == mine ? Turn::circular : Turn::wait;
    }
    void made() { word_.store_release(kMade); }
    /// The constructor ended without an object: somebody else tries.
    void given_up() { word_.store_release(0); }

    [[nodiscard]] bool is_being_made() const { return (word_.load_acquire() & kMaking) != 0; }

  private:
    static constexpr uint64_t kMade = 1;
    static constexpr uint64_t kMaking = 0x100;

    Atomic<uint64_t> word_{0};
};
static_assert(sizeof(Guard) == 8);

} // namespace uk::cxx
