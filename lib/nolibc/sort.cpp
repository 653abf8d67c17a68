// SPDX-License-Identifier: BSD-3-Clause
// qsort (introsort: quicksort, heapsort when that goes wrong), bsearch, rand.
#include <stdint.h>
#include <stdlib.h>

#include <bit>

namespace {

using Compare = int (*)(const void*, const void*, void*);

// An array of `size`-byte elements under a comparison that need not be consistent: nothing is
// accessed outside the array whatever it answers.
class Sorter {
    size_t size_;
    Compare compare_;
    void* context_;

    bool less(const char* a, const char* b) const { return compare_(a, b, context_) < 0; }

    void swap(char* a, char* b) const {
        size_t left = size_;
        for (; left >= 8; left -= 8, a += 8, b += 8) {
            uint64_t x, y;
            __builtin_memcpy(&x, a, 8);
            __builtin_memcpy(&y, b, 8);
            __builtin_memcpy(a, &y, 8);
            __builtin_memcpy(b, &x, 8);
        }
        for (; left > 0; left--, a++, b++) {
            char byte = *a;
            *a = *b;
            *b = byte;
        }
    }

    void insertion(char* base, size_t count) const {
        char* end = base + count * size_;
        for (char* p = base + size_; p < end; p += size_) {
            for (char* q = p; q > base && less(q, q - size_); q -= size_) {
                swap(q, q - size_);
            }
        }
    }

    void sift_down(char* base, size_t root, size_t count) const {
        for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
            if (child + 1 < count && less(base + child * size_, base + (child + 1) * size_)) {
                child++;
            }
            if (!less(base + root * size_, base + child * size_)) {
                return;
            }
            swap(base + root * size_, base + child * size_);
            root = child;
        }
    }

    void heapsort(char* base, size_t count) const {
        for (size_t root = count / 2; root > 0; root--) {
            sift_down(base, root - 1, count);
        }
        for (size_t left = count - 1; left > 0; left--) {
            swap(base, base + left * size_);
            sift_down(base, 0, left);
        }
    }

    // Brings the median of the first, middle and last element to the front.
    void choose_pivot(char* base, size_t count) const {
        char* middle = base + count / 2 * size_;
        char* last = base + (count - 1) * size_;
        if (less(middle, base)) {
            swap(middle, base);
        }
        if (less(last, base)) {
            swap(last, base);
        }
        swap(base, less(last, middle) ? last : middle);
    }

    // Parts the array around its first element and returns the index where that ends up.
    size_t partition(char* base, size_t count) const {
        size_t low = 0;
        size_t high = count;
        for (;;) {
            do {
                low++;
            } while (low < high && less(base + low * size_, base));
            do {
                high--;
            } while (high > 0 && less(base, base + high * size_));
            if (low >= high) {
                break;
            }
            swap(base + low * size_, base + high * size_);
        }
        swap(base, base + high * size_);
        return high;
    }

  public:
    Sorter(size_t size, Compare compare, void* context)
        : size_(size), compare_(compare), context_(context) {}

    // Recursion goes into the smaller part only, so its depth is at most log2(count).
    void sort(char* base, size_t count, unsigned depth) const {
        constexpr size_t kSmall = 12;
        while (count > kSmall) {
            if (depth-- == 0) {
                return heapsort(base, count);
            }
            choose_pivot(base, count);
            size_t pivot = partition(base, count);
            size_t above = count - pivot - 1;
            char* upper = base + (pivot + 1) * size_;
            if (pivot < above) {
                sort(base, pivot, depth);
                base = upper;
                count = above;
            } else {
                sort(upper, above, depth);
                count = pivot;
            }
        }
        insertion(base, count);
    }
};

struct PlainCompare {
    int (*function)(const void*, const void*);
};

int call_plain(const void* a, const void* b, void* context) {
    return static_cast<PlainCompare*>(context)->function(a, b);
}

constinit unsigned g_seed = 1;

} // namespace

void qsort_r(void* array, size_t count, size_t size, Compare compare, void* context) {
    if (count > 1 && size > 0) {
        unsigned depth = 2 * static_cast<unsigned>(std::bit_width(count));
        Sorter(size, compare, context).sort(static_cast<char*>(array), count, depth);
    }
}

void qsort(void* array, size_t count, size_t size, int (*compare)(const void*, const void*)) {
    PlainCompare plain{compare};
    qsort_r(array, count, size, call_plain, &plain);
}

void* bsearch(const void* key, const void* array, size_t count, size_t size,
              int (*compare)(const void*, const void*)) {
    const char* base = static_cast<const char*>(array);
    while (count > 0) {
        const char* middle = base + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) {
            return const_cast<char*>(middle);
        }
        if (order > 0) {
            base = middle + size;
            count--;
        }
        count /= 2;
    }
    return nullptr;
}

// A 32-bit linear congruence for the full period, stirred so that low bits are as good as high
// ones.
int rand_r(unsigned* seed) {
    unsigned x = *seed = *seed * 1664525U + 1013904223U;
    x = (x ^ x >> 16) * 0x85ebca6bU;
    x = (x ^ x >> 13) * 0xc2b2ae35U;
    return static_cast<int>((x ^ x >> 16) >> 1);
}

int rand() {
    unsigned seed = __atomic_load_n(&g_seed, __ATOMIC_RELAXED);
    const int number = rand_r(&seed);
    __atomic_store_n(&g_seed, seed, __ATOMIC_RELAXED); // threads may draw the same, C allows it
    return number;
}

void srand(unsigned seed) {
    __atomic_store_n(&g_seed, seed, __ATOMIC_RELAXED);
}
