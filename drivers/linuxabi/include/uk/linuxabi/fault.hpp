// SPDX-License-Identifier: BSD-3-Clause
// The signals by which Linux tells a process of its faults, in words. Pure; callable from anywhere.
#pragma once

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
