// SPDX-License-Identifier: BSD-3-Clause
// The table of system calls by number, made by the compiler from what the image provides.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace uk::detail {

using SyscallFunction = long (*)(long a, long b, long c, long d, long e, long f);

template <class To>
inline To from_register(long value) {
    if constexpr (std::is_pointer_v<To>)
        return reinterpret_cast<To>(value); // NOLINT(performance-no-int-to-ptr): a register is both
    else
        return static_cast<To>(value);
}

// A system call as the table has it: six registers, of which it takes as many as it has parameters.
template <auto kFunction, class Type = decltype(kFunction)>
struct FromRegisters;
template <auto kFunction, class... Parameters>
struct FromRegisters<kFunction, long (*)(Parameters...)> {
    static constexpr size_t kCount = sizeof...(Parameters);

    static long call(long a, long b, long c, long d, long e, long f) {
        const long registers[] = {a, b, c, d, e, f};
        return with(registers, std::make_index_sequence<kCount>{});
    }

  private:
    template <size_t... kIndex>
    static long with(const long* registers, std::index_sequence<kIndex...> /*indices*/) {
        return kFunction(from_register<Parameters>(registers[kIndex])...);
    }
};

// The number in the text that a macro UK_SYS_name becomes; -1 if there is no such macro, and the
// text is its name: not every architecture has each call.
constexpr int syscall_number(const char* text) {
    int number = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        number = number * 10 + (*text - '0');
    }
    return number;
}

struct SyscallRow {
    int number; // below 0: not on this architecture
    SyscallFunction function;
};

template <size_t kRows>
constexpr size_t syscall_table_size(const std::array<SyscallRow, kRows>& rows) {
    int most = -1;
    for (const SyscallRow& row : rows)
        most = row.number > most ? row.number : most;
    return most < 0 ? 0 : static_cast<size_t>(most) + 1;
}

// Index is the number; null where there is nothing.
template <size_t kSize, size_t kRows>
constexpr std::array<SyscallFunction, kSize>
syscall_table(const std::array<SyscallRow, kRows>& rows) {
    std::array<SyscallFunction, kSize> table{};
    for (const SyscallRow& row : rows) {
        if (row.number >= 0)
            table[static_cast<size_t>(row.number)] = row.function;
    }
    return table;
}

} // namespace uk::detail
