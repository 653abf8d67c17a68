// SPDX-License-Identifier: BSD-3-Clause
// qsort on random, patterned and hostile input; bsearch; rand.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <uk/fakes/effort.hpp>

#include "nolibc.hpp"

namespace {

std::mt19937 g_random(7);

int compare_int(const void* a, const void* b) {
    int x = *static_cast<const int*>(a);
    int y = *static_cast<const int*>(b);
    return x < y ? -1 : x > y;
}

void check(std::vector<int> values) {
    std::vector<int> wanted = values;
    std::sort(wanted.begin(), wanted.end());
    nolibc_qsort(values.data(), values.size(), sizeof(int), compare_int);
    EXPECT_EQ(values, wanted);
}

TEST(Qsort, SortsAnything) {
    const int most = 100 + static_cast<int>(uk::fakes::effort(300));
    for (int n = 0; n < most; n++) {
        for (unsigned different : {1U, 2U, 10U, 1'000'000U}) {
            std::vector<int> values;
            for (int i = 0; i < n; i++) {
                values.push_back(static_cast<int>(g_random() % different));
            }
            check(values);
            std::sort(values.begin(), values.end());
            check(values);
            std::reverse(values.begin(), values.end());
            check(values);
            std::rotate(values.begin(), values.begin() + n / 3, values.end());
            check(values);
        }
    }
}

TEST(Qsort, AnyElementSize) {
    for (size_t size = 1; size < 70; size++) {
        std::vector<std::vector<unsigned char>> wanted(50, std::vector<unsigned char>(size));
        std::vector<unsigned char> flat;
        for (auto& element : wanted) {
            for (auto& byte : element) {
                byte = static_cast<unsigned char>(g_random());
            }
            flat.insert(flat.end(), element.begin(), element.end());
        }
        std::sort(wanted.begin(), wanted.end());
        nolibc_qsort_r(
            flat.data(), wanted.size(), size,
            [](const void* a, const void* b, void* n) {
                return memcmp(a, b, *static_cast<size_t*>(n));
            },
            &size);
        for (size_t i = 0; i < wanted.size(); i++) {
            EXPECT_EQ(memcmp(flat.data() + i * size, wanted[i].data(), size), 0);
        }
    }
}

// McIlroy's adversary: answers so that every pivot is a bad one.
struct Adversary {
    std::vector<int> value;
    int solid = 0;
    int candidate = 0;
    long comparisons = 0;

    int compare(int x, int y) {
        int gas = static_cast<int>(value.size()) - 1;
        comparisons++;
        if (value[x] == gas && value[y] == gas) {
            (x == candidate ? value[x] : value[y]) = solid++;
        }
        candidate = value[x] == gas ? x : value[y] == gas ? y : candidate;
        return value[x] - value[y];
    }
};

TEST(Qsort, HostileInputStaysLinearithmic) {
    constexpr int kCount = 20'000;
    Adversary adversary;
    adversary.value.assign(kCount, kCount - 1);
    std::vector<int> items(kCount);
    std::iota(items.begin(), items.end(), 0);
    nolibc_qsort_r(
        items.data(), items.size(), sizeof(int),
        [](const void* a, const void* b, void* self) {
            return static_cast<Adversary*>(self)->compare(*static_cast<const int*>(a),
                                                          *static_cast<const int*>(b));
        },
        &adversary);
    EXPECT_LT(adversary.comparisons, 20'000L * 15 * 6); // log2(20,000) = 14.3
    for (int i = 1; i < kCount; i++) {
        ASSERT_LE(adversary.value[items[i - 1]], adversary.value[items[i]]);
    }
}

TEST(Qsort, InconsistentComparisonStaysInside) {
    for (int round = 0; round < 200; round++) {
        std::vector<int> values(300);
        std::iota(values.begin(), values.end(), 0);
        nolibc_qsort(values.data(), values.size(), sizeof(int),
                     [](const void*, const void*) { return static_cast<int>(g_random() % 3) - 1; });
        std::sort(values.begin(), values.end());
        for (int i = 0; i < 300; i++) {
            ASSERT_EQ(values[i], i); // nothing lost, and AddressSanitizer saw nothing
        }
    }
    std::vector<int> values(1000);
    nolibc_qsort(values.data(), values.size(), sizeof(int),
                 [](const void*, const void*) { return -1; });
    nolibc_qsort(values.data(), values.size(), sizeof(int),
                 [](const void*, const void*) { return 1; });
}

TEST(Bsearch, FindsWhatIsThere) {
    std::vector<int> values;
    for (int n = 0; n < 60; n++) {
        for (int key = -1; key <= 2 * n + 1; key++) {
            const void* found =
                nolibc_bsearch(&key, values.data(), values.size(), sizeof(int), compare_int);
            bool there = key % 2 == 1 && key > 0 && key < 2 * n;
            ASSERT_EQ(found != nullptr, there) << key << " of " << n;
            if (there) {
                ASSERT_EQ(*static_cast<const int*>(found), key);
            }
        }
        values.push_back(2 * n + 1);
    }
}

TEST(Rand, SpreadsAllBitsAndRepeats) {
    std::vector<int> first;
    nolibc_srand(42);
    std::vector<int> ones(31);
    for (int i = 0; i < 20'000; i++) {
        int value = nolibc_rand();
        ASSERT_GE(value, 0);
        first.push_back(value);
        for (int bit = 0; bit < 31; bit++) {
            ones[bit] += value >> bit & 1;
        }
    }
    for (int bit = 0; bit < 31; bit++) {
        EXPECT_NEAR(ones[bit], 10'000, 500) << bit;
    }
    nolibc_srand(42);
    for (int value : first) {
        ASSERT_EQ(nolibc_rand(), value);
    }
}

} // namespace
