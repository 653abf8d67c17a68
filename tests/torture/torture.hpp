// SPDX-License-Identifier: BSD-3-Clause
// What the files of this program share.
#pragma once

#include <cstdint>
#include <span>

namespace torture {

// Numbers that look random; one for each thread.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
    uint64_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }
    uint64_t below(uint64_t limit) { return (next() >> 16) % limit; }
    bool one_in(uint64_t many) { return below(many) == 0; }

  private:
    uint64_t state_;
};

// Something is not as it should be: says so and ends the program with status 1.
[[noreturn]] void finding(const char* what, uint64_t is, uint64_t should);

inline void expect(bool right, const char* what) {
    if (!right) {
        finding(what, 0, 1);
    }
}
inline void expect_equal(uint64_t is, uint64_t should, const char* what) {
    if (is != should) {
        finding(what, is, should);
    }
}

// One act: a few milliseconds at most. Any number of threads may be in the same one.
struct Act {
    const char* name;
    void (*run)(Random& random);
};

std::span<const Act> thread_acts();
std::span<const Act> lock_acts();
std::span<const Act> memory_acts();
std::span<const Act> compute_acts();

// After all threads have ended: what must be true then.
void check_locks();

} // namespace torture
