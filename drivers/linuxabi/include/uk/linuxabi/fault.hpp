// SPDX-License-Identifier: BSD-3-Clause
// The signals by which Linux tells a process of its faults, in words, and a copy that survives one.
// Callable from anywhere.
#pragma once

#include <cstddef>
#include <cstdint>

// Copies until a byte cannot be read; returns how many it copied. The handler of the fault goes on
// where uk_extable says.
extern "C" size_t uk_linuxabi_probe_copy(void* to, uintptr_t from, size_t size);

namespace uk::linuxabi {

inline constexpr int kSigill = 4;
inline constexpr int kSigtrap = 5;
inline constexpr int kSigbus = 7;
inline constexpr int kSigfpe = 8;
inline constexpr int kSigsegv = 11;

// si_code of SIGSEGV.
inline constexpr int kNotMapped = 1;
inline constexpr int kNotPermitted = 2;

// Of one of the five above.
[[nodiscard]] const char* signal_name(int signal);

// What si_code adds to that; "" where the address and the kind of access say all.
[[nodiscard]] const char* fault_detail(int signal, int code);

} // namespace uk::linuxabi
