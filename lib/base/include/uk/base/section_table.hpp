// SPDX-License-Identifier: BSD-3-Clause
// Tables that the linker gathers: rows written anywhere in the image, found as one array.
//
//     // header of the registry
//     UK_SECTION_TABLE(uk_drivers, uk::Driver);                        // at namespace scope, once
//     #define UK_DRIVER(...) UK_SECTION_ROW(uk_drivers, uk::Driver, __VA_ARGS__)
//     // any library
//     UK_DRIVER({.name = "ns16550", .probe = probe});
//     // the registry
//     for (const uk::Driver* d : UK_SECTION_SPAN(uk_drivers)) ...
//
// The section holds pointers, not rows (compilers may pad or align rows). Its name is a C
// identifier, so every linker makes __start_/__stop_ by itself; no linker script, no constructor. A
// table without rows is empty. The order of rows is the link order: no user may depend on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::detail {

template <class Row>
inline std::span<const Row* const> section_span(const Row* const* start, const Row* const* stop) {
    // Through integers: to the compiler these are two unrelated arrays.
    const auto bytes =
        reinterpret_cast<std::uintptr_t>(stop) - reinterpret_cast<std::uintptr_t>(start);
    return {start, bytes / sizeof(Row*)};
}

} // namespace uk::detail

#define UK_SECTION_CAT_(a, b) a##b
#define UK_SECTION_CAT(a, b) UK_SECTION_CAT_(a, b)

/// Declares the table: a section name that is a C identifier starting with uk_, and the type of its
/// rows.
#define UK_SECTION_TABLE(section, Row)                                                             \
    extern "C" {                                                                                   \
    [[gnu::weak, gnu::visibility("hidden")]] extern const Row* const __start_##section[];          \
    [[gnu::weak, gnu::visibility("hidden")]] extern const Row* const __stop_##section[];           \
    }                                                                                              \
    static_assert(true)

/// Adds a row: the arguments are its initialiser. The row is constant and lives for ever.
#define UK_SECTION_ROW(section, Row, ...)                                                          \
    UK_SECTION_ROW_(section, Row, UK_SECTION_CAT(uk_row_, __COUNTER__), __VA_ARGS__)
#define UK_SECTION_ROW_(section, Row, id, ...)                                                     \
    static constinit const Row id = __VA_ARGS__;                                                   \
    UK_SECTION_POINTER(section, Row, UK_SECTION_CAT(id, _pointer), &id)

/// Adds a row that is an object of its own: `object` is a constant address of type const Row*.
#define UK_SECTION_POINTER(table, Row, id, object)                                                 \
    [[gnu::section(#table), gnu::used, gnu::retain]] static constinit const Row* const id = object

/// All rows, as std::span<const Row* const>.
#define UK_SECTION_SPAN(section) ::uk::detail::section_span(__start_##section, __stop_##section)
