// SPDX-License-Identifier: BSD-3-Clause
// The portable memcpy, memmove, memset, and the functions on memory blocks.
#include "mem_suite.hpp"

#include <algorithm>
#include <string>

#include <uk/fakes/effort.hpp>

extern "C" {
void* uk_host_memcpy(void*, const void*, size_t);
void* uk_host_mempcpy(void*, const void*, size_t);
void* uk_host_memccpy(void*, const void*, int, size_t);
void* uk_host_memmove(void*, const void*, size_t);
void* uk_host_memset(void*, int, size_t);
int uk_host_memcmp(const void*, const void*, size_t);
int uk_host_bcmp(const void*, const void*, size_t);
void* uk_host_memchr(const void*, int, size_t);
void* uk_host_memrchr(const void*, int, size_t);
void* uk_host_memmem(const void*, size_t, const void*, size_t);
}

namespace {

int sign(int v) {
    return (v > 0) - (v < 0);
}

TEST(Mem, Copy) {
    mem_suite::check_copy(uk_host_memcpy);
}

TEST(Mem, Move) {
    mem_suite::check_move(uk_host_memmove);
}

TEST(Mem, Set) {
    mem_suite::check_set(uk_host_memset);
}

TEST(Mem, CopyAndGoOn) {
    mem_suite::check_copy([](void* d, const void* s, size_t n) -> void* {
        char* end = static_cast<char*>(uk_host_mempcpy(d, s, n));
        return end - n;
    });
    char text[8] = "-------";
    EXPECT_EQ(uk_host_memccpy(text, "abcdef", 'c', 6), text + 3);
    EXPECT_STREQ(text, "abc----");
    EXPECT_EQ(uk_host_memccpy(text, "xyz", 'q', 2), nullptr);
    EXPECT_STREQ(text, "xyc----");
}

TEST(Mem, Compare) {
    std::mt19937 random(4);
    mem_suite::Guarded a(4096);
    mem_suite::Guarded b(4096);
    for (int i = 0; i < 100000; i++) {
        const size_t n = random() % (i % 10 == 0 ? 600 : 40);
        unsigned char* x = i % 2 ? a.end() - n : a.begin();
        unsigned char* y = i % 3 ? b.end() - n : b.begin() + random() % 9;
        mem_suite::fill_random(x, n, random);
        memcpy(y, x, n);
        for (unsigned changes = random() % 3; changes > 0 && n > 0; changes--)
            y[random() % n] = static_cast<unsigned char>(random());
        ASSERT_EQ(sign(uk_host_memcmp(x, y, n)), sign(memcmp(x, y, n))) << n;
        ASSERT_EQ(uk_host_bcmp(x, y, n) == 0, memcmp(x, y, n) == 0) << n;
    }
}

TEST(Mem, Search) {
    std::mt19937 random(5);
    mem_suite::Guarded block(4096);
    for (int i = 0; i < 100000; i++) {
        const size_t n = random() % 70;
        unsigned char* p = i % 2 ? block.end() - n : block.begin() + random() % 9;
        for (size_t k = 0; k < n; k++) // few values, with those that differ in one bit or borrow
            p[k] = static_cast<unsigned char>("\x00\x01\x7f\x80\x81\xff"[random() % 6]);
        const int c =
            static_cast<int>("\x00\x01\x7f\x80\x81\xff\x02"[random() % 7]) + (i % 2 ? 256 : 0);
        ASSERT_EQ(uk_host_memchr(p, c, n), memchr(p, c, n));
        ASSERT_EQ(uk_host_memrchr(p, c, n), memrchr(p, c, n));
    }
    // Found in front of memory that is not there: allowed.
    *(block.end() - 1) = 'e';
    for (size_t n = 1; n < 20; n++)
        EXPECT_NE(uk_host_memchr(block.end() - n, 'e', SIZE_MAX), nullptr);
}

TEST(Mem, Find) {
    std::mt19937 random(6);
    mem_suite::Guarded hay_block(4096);
    mem_suite::Guarded needle_block(4096);
    for (unsigned i = 0; i < uk::fakes::effort(200'000); i++) {
        const unsigned letters = 1 + random() % 3; // few letters: periodic needles, near misses
        const size_t n = random() % 80;
        const size_t m = random() % (i % 2 ? 12 : 40);
        unsigned char* hay = hay_block.end() - n;
        unsigned char* needle = needle_block.end() - m;
        std::generate(hay, hay + n, [&] { return 'a' + random() % letters; });
        if (m <= n && random() % 2)
            memcpy(needle, hay + random() % (n - m + 1), m);
        else
            std::generate(needle, needle + m, [&] { return 'a' + random() % letters; });
        ASSERT_EQ(uk_host_memmem(hay, n, needle, m), memmem(hay, n, needle, m))
            << std::string(hay, hay + n) << " / " << std::string(needle, needle + m);
    }
}

TEST(Mem, FindTakesLinearTime) {
    const std::string hay(1 << 20, 'a');
    const std::string needle = std::string(1 << 19, 'a') + "b"; // 2^38 steps the simple way
    EXPECT_EQ(uk_host_memmem(hay.data(), hay.size(), needle.data(), needle.size()), nullptr);
    const std::string end_first = "b" + std::string(1 << 19, 'a');
    EXPECT_EQ(uk_host_memmem(hay.data(), hay.size(), end_first.data(), end_first.size()), nullptr);
}

} // namespace
