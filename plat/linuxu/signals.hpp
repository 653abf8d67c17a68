// SPDX-License-Identifier: BSD-3-Clause
// Host signals of linuxu: how they are set, and the frame that a fault leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/hal/trap.hpp>

namespace uk::linuxu {

inline constexpr uintptr_t kSigDefault = 0;
inline constexpr uintptr_t kSigIgnore = 1;

// Sets the disposition of `signal`: kSigDefault or kSigIgnore.
void set_signal(int signal, uintptr_t disposition);

// How a fault touched memory, as far as the CPU tells.
using hal::Access;

// --- what the architecture's signal_frame.cpp answers about the context a handler was given ---

inline constexpr size_t kContextWords = 40; // room for any architecture

// Copies the registers of `context` into `words`, in an order of the architecture's own.
void context_read(const void* context, uint64_t (&words)[kContextWords]);

// Lets the interrupted code continue at `pc` instead.
void context_set_pc(void* context, uintptr_t pc);

// The parts of a copied context that all architectures have.
struct ContextView {
    uintptr_t pc;
    uintptr_t sp;
    uintptr_t frame_pointer;
    uintptr_t link; // the link register, or 0
    uint64_t error_code;
    Access access;
    bool has_address; // false where the CPU does not tell the address of this kind of fault
};
[[nodiscard]] ContextView context_view(const uint64_t (&words)[kContextWords]);
[[nodiscard]] size_t context_registers(const uint64_t (&words)[kContextWords],
                                       std::span<hal::NamedRegister> out);

} // namespace uk::linuxu

struct uk::hal::TrapFrame {
    int signal;
    int code;
    uintptr_t address;
    bool nested;
    uint64_t words[linuxu::kContextWords];
};
