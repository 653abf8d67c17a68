// SPDX-License-Identifier: BSD-3-Clause
// What lib/ukcxx gives C++ applications, where threads interrupt each other. Destructors at the end
// of the program: tests/system/test_cxx.py.
#include <uk/alloc/heap.hpp>
#include <uk/base/atomic.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace {

constexpr unsigned kThreads = 6;

uintptr_t address(const void* object) {
    return reinterpret_cast<uintptr_t>(object);
}

struct alignas(256) Wide {
    char bytes[256];
};

UK_TEST(new_of_every_form)
{
    int* one = new int(4);
    UK_TEST_EXPECT_EQ(*one, 4);
    delete one;
    char* none = new char[0];
    UK_TEST_EXPECT(none != nullptr);
    delete[] none;
    Wide* wide = new Wide;
    Wide* wides = new Wide[3];
    UK_TEST_EXPECT_EQ(address(wide) % 256, 0u);
    UK_TEST_EXPECT_EQ(address(wides) % 256, 0u);
    delete wide;
    delete[] wides;
    Wide* quiet = new (std::nothrow) Wide[2];
    UK_TEST_EXPECT(quiet != nullptr && address(quiet) % 256 == 0);
    delete[] quiet;
    UK_TEST_EXPECT(uk::heap::verify());
}

UK_TEST(new_without_memory_is_null_if_asked_so)
{
    constexpr size_t kTooMuch = size_t{1} << 46;
    UK_TEST_EXPECT(::operator new(kTooMuch, std::nothrow) == nullptr);
    UK_TEST_EXPECT(::operator new[](kTooMuch, std::nothrow) == nullptr);
    UK_TEST_EXPECT(::operator new (kTooMuch, std::align_val_t{64}, std::nothrow) == nullptr);
    static unsigned calls = 0;
    std::set_new_handler([] {
        if (++calls == 3) {
            std::set_new_handler(nullptr);
        }
    });
    UK_TEST_EXPECT(::operator new(kTooMuch, std::nothrow) == nullptr);
    UK_TEST_EXPECT_EQ(calls, 3u);
}

UK_TEST(vectors_grow)
{
    std::vector<std::vector<unsigned>> rows;
    for (unsigned i = 0; i < 100; i++) {
        rows.emplace_back(i, i);
    }
    unsigned long sum = 0;
    for (const std::vector<unsigned>& row : rows) {
        for (const unsigned value : row) {
            sum += value;
        }
    }
    UK_TEST_EXPECT_EQ(sum, 328350ul);
}

// --- local static objects and threads ------------------------------------------------------------

constinit uk::Atomic<unsigned> g_made{0};
constinit uk::Atomic<unsigned> g_half_seen{0};

template <unsigned kNumber>
struct Slow {
    unsigned first;
    unsigned last;

    // Others come while this one waits; they may not go on before it is done.
    Slow() : first(kNumber) {
        g_made.fetch_add_relaxed(1);
        uk::sched::sleep_for(2'000'000);
        uk::sched::yield();
        last = kNumber + 1;
    }
};

template <unsigned kNumber>
void meet() {
    static Slow<kNumber> object;
    if (object.first != kNumber || object.last != kNumber + 1) {
        g_half_seen.fetch_add_relaxed(1);
    }
}

void* meet_all(void* /*argument*/) {
    meet<1>();
    meet<2>();
    meet<3>();
    meet<1>();
    return nullptr;
}

UK_TEST(threads_make_a_local_static_object_once)
{
    UK_TEST_NEEDS_THREADS;
    uk::Ref<uk::Thread> threads[kThreads];
    for (uk::Ref<uk::Thread>& thread : threads) {
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "static"}, meet_all, nullptr);
        UK_TEST_ASSERT(made.ok());
        thread = made.take();
    }
    for (uk::Ref<uk::Thread>& thread : threads) {
        UK_TEST_EXPECT(uk::sched::join(*thread).ok());
    }
    UK_TEST_EXPECT_EQ(g_made.load_relaxed(), 3u);
    UK_TEST_EXPECT_EQ(g_half_seen.load_relaxed(), 0u);
}

} // namespace
