// SPDX-License-Identifier: BSD-3-Clause
// What Linux hands to a signal handler on each architecture: reading it, changing where the
// interrupted code goes on, and moving it to another stack. Pure; callable from anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/hal/trap.hpp>
#include <uk/linuxabi/types.hpp>

namespace uk::linuxabi {

inline constexpr size_t kWords = 40; // room for the registers of any architecture

// The parts of a context that all architectures have.
struct View {
    uintptr_t pc;
    uintptr_t sp;
    uintptr_t frame_pointer;
    uintptr_t link; // the link register, or 0
    uint64_t error_code;
    hal::Access access;
    bool has_address; // false where the CPU does not tell the address of this kind of fault
};

// Where interrupted code shall go on instead: at the start of a function.
struct Place {
    uintptr_t pc;
    uintptr_t sp;
    uintptr_t frame_pointer;
};

// Each architecture has these. `context` is a handler's third argument.
struct Amd64 {
    // Copies the registers into `words`, in an order of the architecture's own.
    static void read(const void* context, uint64_t (&words)[kWords]);
    static View view(const uint64_t (&words)[kWords]);
    static size_t registers(const uint64_t (&words)[kWords], std::span<hal::NamedRegister> out);
    static void set_pc(void* context, uintptr_t pc);
    static void go_on_at(void* context, Place place);
    // Copies all that rt_sigreturn needs to just below `top`, extended state included, and returns
    // where the stack pointer has to be for it. 0: that takes more than `room` bytes.
    static uintptr_t copy(const void* context, uintptr_t top, size_t room);
    // Makes a copy, whose place copy() returned, one for the calling thread of the host, which may
    // be another than was interrupted: `stack` is the one of its handlers, `base` is for x18 where
    // that is no register of the program.
    static void move(uintptr_t copied, SigStack stack, uintptr_t base);
};

struct Arm64 {
    static void read(const void* context, uint64_t (&words)[kWords]);
    // The error code is the syndrome, or 0; the access is not looked at.
    static View view(const uint64_t (&words)[kWords]);
    static uintptr_t address(const uint64_t (&words)[kWords]) { return words[0]; } // of a fault
    static size_t registers(const uint64_t (&words)[kWords], std::span<hal::NamedRegister> out);
    static void set_pc(void* context, uintptr_t pc);
    static void go_on_at(void* context, Place place);
    static uintptr_t copy(const void* context, uintptr_t top, size_t room);
    static void move(uintptr_t copied, SigStack stack, uintptr_t base);
};

// A function, its code, and the part of a stack that it may use.
struct Detour {
    uintptr_t start;
    size_t size;
    uintptr_t top; // aligned to 16
    size_t room;   // for the state of the interrupted code
};

// Lets the code that the handler's `context` stands for go on in a function first, which finds that
// state on the stack and goes back to it (rt_sigreturn). Under the state two words let a backtrace
// go on in the interrupted code. Code that is in the function already goes to its start. False: the
// state takes more than there is room for.
template <class Frame>
[[nodiscard]] bool detour(void* context, const View& view, const Detour& to) {
    if (view.pc - to.start < to.size) {
        Frame::set_pc(context, to.start); // on its way back to a state, which can as well stay
        return true;
    }
    auto* record = reinterpret_cast<uintptr_t*>(to.top) - 2;
    record[0] = view.frame_pointer;
    record[1] = view.pc;
    const uintptr_t sp = Frame::copy(context, reinterpret_cast<uintptr_t>(record), to.room);
    if (sp != 0) {
        Frame::go_on_at(context, {to.start, sp, reinterpret_cast<uintptr_t>(record)});
    }
    return sp != 0;
}

} // namespace uk::linuxabi
