// SPDX-License-Identifier: BSD-3-Clause
// What compilers and the freestanding parts of libstdc++ may call: all of it is a programmer error
// and panics.
//
// Allocation, exceptions and thread-safe statics are absent on purpose: code that needs them does
// not link.
#include <uk/assert.h>

#include <cstddef>

#ifndef UK_HOST_TEST // the host has its own

extern "C" [[noreturn, gnu::cold]] void __cxa_pure_virtual() {
    UK_PANIC("pure virtual function called");
}

extern "C" [[noreturn, gnu::cold]] void __cxa_deleted_virtual() {
    UK_PANIC("deleted virtual function called");
}

// std::optional::value() of nothing and std::get of the wrong alternative end here, too. Weak: a C
// library's own abort() takes its place.
extern "C" [[noreturn, gnu::cold, gnu::weak]] void abort() {
    UK_PANIC("abort called");
}

namespace std {

[[noreturn, gnu::cold]] void __throw_out_of_range_fmt(const char* fmt, ...);
[[noreturn, gnu::cold]] void __throw_out_of_range(const char* what);
[[noreturn, gnu::cold]] void __throw_length_error(const char* what);
[[noreturn, gnu::cold]] void __throw_logic_error(const char* what);
[[noreturn, gnu::cold]] void __throw_invalid_argument(const char* what);
[[noreturn, gnu::cold]] void __glibcxx_assert_fail(const char* file, int line, const char* func,
                                                   const char* condition) noexcept;

void __throw_out_of_range_fmt(const char* fmt, ...) {
    UK_PANIC("out of range: %s", fmt); // array::at, string_view::substr
}
void __throw_out_of_range(const char* what) {
    UK_PANIC("out of range: %s", what);
}
void __throw_length_error(const char* what) {
    UK_PANIC("length error: %s", what);
}
void __throw_logic_error(const char* what) {
    UK_PANIC("logic error: %s", what);
}
void __throw_invalid_argument(const char* what) {
    UK_PANIC("invalid argument: %s", what);
}
void __glibcxx_assert_fail(const char* file, int line, const char* func,
                           const char* condition) noexcept {
    uk_panic(file, line, func, "assertion failed: %s", condition != nullptr ? condition : "?");
}

} // namespace std

#endif // UK_HOST_TEST
