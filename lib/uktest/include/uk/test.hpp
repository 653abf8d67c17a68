// SPDX-License-Identifier: BSD-3-Clause
// Tests that need a machine: they run inside the image and print TAP on the console.
//
//     UK_TEST(page_zero_is_unmapped) {
//         char byte;
//         UK_TEST_EXPECT(uk::hal::probe_read(&byte, 0, 1) == 0);
//     }
//
// What can be tested on the host is tested there (GoogleTest); these are for traps, paging, clocks,
// boot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <uk/base/section_table.hpp>

#ifndef UK_LIBNAME
#define UK_LIBNAME "app"
#endif

namespace uk::test {

// Receives TAP, in whole lines.
using Print = void (*)(const char* text, size_t size);

// State of the running test; the macros below use it. Only the test's own thread may.
class Context {
  public:
    explicit constexpr Context(Print print) : print_(print) {}

    // Notes a failure and prints where and why as a diagnostic line. Never ends the test.
    __attribute__((format(printf, 4, 5))) void fail(const char* file, int line, const char* fmt,
                                                    ...);
    // Ends nothing by itself: the macro returns. The last reason wins.
    void skip(const char* reason) { skip_ = reason; }
    [[nodiscard]] unsigned failures() const { return failures_; }
    [[nodiscard]] const char* skip_reason() const { return skip_; }

  private:
    Print print_;
    unsigned failures_ = 0;
    const char* skip_ = nullptr;
};

struct Case {
    const char* library;
    const char* name;
    void (*run)(Context& test);
};

struct Totals {
    unsigned passed = 0;
    unsigned failed = 0;
    unsigned skipped = 0;
};

using Cases = std::span<const Case* const>;

// Runs the cases of this image whose "library.name" contains `filter` (nullptr: all), in link
// order, and prints TAP: plan, one line for each, "# file:line: ..." for failures. Thread context,
// may block.
Totals run_all(const char* filter);

// The same for any cases and any printer. Pure, if the cases are.
Totals run(Cases cases, const char* filter, Print print);

UK_SECTION_TABLE(uk_tests, Case);

} // namespace uk::test

// A test. At namespace scope of a file in tests/*_guest.cpp; names are unique within a file.
#define UK_TEST(name)                                                                              \
    static void uk_test_body_##name(uk::test::Context& uk_test);                                   \
    UK_SECTION_ROW(uk_tests, uk::test::Case, {UK_LIBNAME, #name, &uk_test_body_##name});           \
    static void uk_test_body_##name([[maybe_unused]] uk::test::Context& uk_test)

// Notes a failure and goes on.
#define UK_TEST_EXPECT(condition)                                                                  \
    ((condition) ? (void)0 : uk_test.fail(__FILE__, __LINE__, "%s is false", #condition))

// The same for two integers, enums or pointers; shows both values.
#define UK_TEST_EXPECT_EQ(left, right)                                                             \
    uk::test::detail::expect_equal(uk_test, __FILE__, __LINE__, #left " == " #right, (left),       \
                                   (right))

// Notes a failure and leaves the test.
#define UK_TEST_ASSERT(condition)                                                                  \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            uk_test.fail(__FILE__, __LINE__, "%s is false", #condition);                           \
            return;                                                                                \
        }                                                                                          \
    } while (0)

// Leaves the test as skipped; `reason` is static text.
#define UK_TEST_SKIP(reason)                                                                       \
    do {                                                                                           \
        uk_test.skip(reason);                                                                      \
        return;                                                                                    \
    } while (0)

namespace uk::test::detail {

template <class T>
constexpr uint64_t bits_of(T value) {
    if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>)
        return reinterpret_cast<uintptr_t>(value);
    else
        return static_cast<uint64_t>(value);
}

template <class L, class R>
void expect_equal(Context& test, const char* file, int line, const char* text, L left, R right) {
    const auto l = static_cast<unsigned long long>(bits_of(left));
    const auto r = static_cast<unsigned long long>(bits_of(right));
    if (l == r) {
        return;
    }
    test.fail(file, line, "%s: %lld (0x%llx) against %lld (0x%llx)", text,
              static_cast<long long>(l), l, static_cast<long long>(r), r);
}

} // namespace uk::test::detail
