// SPDX-License-Identifier: BSD-3-Clause
// Tests that every implementation of memcpy, memmove and memset must pass: lib/base's own and each
// architecture's. Blocks lie directly against pages that cannot be touched, and everything around
// the destination is checked.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace mem_suite {

/// Memory with an untouchable page in front and behind.
class Guarded {
    size_t page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t size_;
    unsigned char* map_;

  public:
    explicit Guarded(size_t size) : size_((size + page_ - 1) / page_ * page_) {
        void* map = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(map, MAP_FAILED);
        map_ = static_cast<unsigned char*>(map);
        EXPECT_EQ(mprotect(map_ + page_, size_, PROT_READ | PROT_WRITE), 0);
    }
    ~Guarded() { munmap(map_, size_ + 2 * page_); }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;
    unsigned char* begin() { return map_ + page_; }
    unsigned char* end() { return map_ + page_ + size_; }
    size_t size() const { return size_; }
};

inline void fill_random(unsigned char* p, size_t n, std::mt19937& random) {
    for (size_t i = 0; i < n; i++)
        p[i] = static_cast<unsigned char>(random());
}

using Copy = void* (*)(void*, const void*, size_t);
using Set = void* (*)(void*, int, size_t);

/// One call; the whole destination buffer is compared with what it must be.
inline void copy_once(Copy copy, Guarded& to, size_t at, const unsigned char* from, size_t n) {
    std::vector<unsigned char> wanted(to.begin(), to.end());
    const std::vector<unsigned char> source(from, from + n);
    std::copy(source.begin(), source.end(), wanted.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_EQ(copy(to.begin() + at, from, n), to.begin() + at);
    ASSERT_EQ(memcmp(to.begin(), wanted.data(), to.size()), 0) << "n " << n << " at " << at;
}

inline void check_copy(Copy copy) {
    std::mt19937 random(1);
    Guarded from(8192);
    Guarded to(8192);
    fill_random(from.begin(), from.size(), random);
    for (size_t n = 0; n <= 600; n++) { // against each end, and every alignment of both
        fill_random(to.begin(), to.size(), random);
        copy_once(copy, to, 0, from.end() - n, n);
        copy_once(copy, to, to.size() - n, from.begin(), n);
        copy_once(copy, to, n % 17, from.begin() + n % 13, n);
    }
    for (int i = 0; i < 3000; i++) {
        const size_t n = random() % 4000;
        copy_once(copy, to, random() % (to.size() - n), from.begin() + random() % (from.size() - n),
                  n);
        if (::testing::Test::HasFatalFailure())
            return;
    }
}

inline void check_move(Copy move) {
    check_copy(move);
    std::mt19937 random(2);
    Guarded block(4096);
    fill_random(block.begin(), block.size(), random);
    for (size_t n = 0; n <= 300; n++) // all small distances, both ways
        for (int distance = -70; distance <= 70; distance++) {
            copy_once(move, block, static_cast<size_t>(1000 + distance), block.begin() + 1000, n);
            if (::testing::Test::HasFatalFailure())
                return;
        }
    for (int i = 0; i < 5000; i++) {
        const size_t n = random() % 4097;
        const size_t room = block.size() - n + 1;
        copy_once(move, block, random() % room, block.begin() + random() % room, n);
        if (::testing::Test::HasFatalFailure())
            return;
    }
}

inline void set_once(Set set, Guarded& to, size_t at, int c, size_t n) {
    std::vector<unsigned char> wanted(to.begin(), to.end());
    memset(wanted.data() + at, c, n);
    ASSERT_EQ(set(to.begin() + at, c, n), to.begin() + at);
    ASSERT_EQ(memcmp(to.begin(), wanted.data(), to.size()), 0) << "n " << n << " at " << at;
}

inline void check_set(Set set) {
    std::mt19937 random(3);
    Guarded to(8192);
    for (size_t n = 0; n <= 600; n++) {
        fill_random(to.begin(), to.size(), random);
        set_once(set, to, 0, 0xab, n);
        set_once(set, to, to.size() - n, -2, n);
        for (size_t at = 1; at < 20; at++)
            set_once(set, to, at, static_cast<int>(0x1200 + n), n);
        if (::testing::Test::HasFatalFailure())
            return;
    }
    for (int i = 0; i < 3000; i++) {
        const size_t n = random() % 8193;
        set_once(set, to, random() % (to.size() - n + 1), static_cast<int>(random()), n);
        if (::testing::Test::HasFatalFailure())
            return;
    }
}

} // namespace mem_suite
