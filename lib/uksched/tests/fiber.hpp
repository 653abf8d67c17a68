// SPDX-License-Identifier: BSD-3-Clause
// Stacks that the host switches, and what its sanitizers want to know about that.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <type_traits>

#include <pthread.h>
#include <ucontext.h>

#include <uk/hal/context.hpp>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SIM_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define SIM_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif

namespace sim {

struct Fiber {
    ucontext_t context{};
    void* base = nullptr;
    size_t size = 0;
    void* fake_stack = nullptr; // the address sanitizer's
    void* shadow = nullptr;     // the thread sanitizer's
    uk::hal::ContextEntry entry = nullptr;
    void* argument = nullptr;
};

// What a system runs, for the length of the call that it is given to: a lambda, without its type.
// What takes it by its type is compiled once more for each lambda, which was most of the compiler's
// work for these tests.
class Body {
  public:
    template <class F>
    requires(!std::is_same_v<F, Body>) Body(const F& body)
        : body_(&body), call_([](const void* self) { (*static_cast<const F*>(self))(); }) {}
    void operator()() const { call_(body_); }

  private:
    const void* body_;
    void (*call_)(const void* self);
};

// Makes `fiber` the host thread that calls.
inline void fiber_adopt(Fiber& fiber) {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &fiber.base, &fiber.size);
    pthread_attr_destroy(&attributes);
#ifdef SIM_TSAN
    fiber.shadow = __tsan_get_current_fiber();
#endif
}

inline void fiber_enter(unsigned high, unsigned low) {
    auto* fiber = reinterpret_cast<Fiber*>(uintptr_t{high} << 32 | low);
#ifdef SIM_ASAN
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
    fiber->entry(fiber->argument);
    std::abort();
}

// base and size are set. The same fiber may be made again.
inline void fiber_make(Fiber& fiber, uk::hal::ContextEntry entry, void* argument) {
    fiber.entry = entry;
    fiber.argument = argument;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.base;
    fiber.context.uc_stack.ss_size = fiber.size;
    fiber.context.uc_link = nullptr;
    const auto bits = reinterpret_cast<uintptr_t>(&fiber);
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(fiber_enter), 2,
                static_cast<unsigned>(bits >> 32), static_cast<unsigned>(bits));
#ifdef SIM_TSAN
    if (fiber.shadow != nullptr)
        __tsan_destroy_fiber(fiber.shadow);
    fiber.shadow = __tsan_create_fiber(0);
#endif
}

inline void fiber_drop([[maybe_unused]] Fiber& fiber) {
#ifdef SIM_TSAN
    if (fiber.shadow != nullptr)
        __tsan_destroy_fiber(fiber.shadow);
#endif
}

// `ends`: nobody will switch back to `from`.
inline void fiber_switch(Fiber& from, Fiber& to, [[maybe_unused]] bool ends) {
#ifdef SIM_ASAN
    __sanitizer_start_switch_fiber(ends ? nullptr : &from.fake_stack, to.base, to.size);
#endif
#ifdef SIM_TSAN
    __tsan_switch_to_fiber(to.shadow, 0);
#endif
    swapcontext(&from.context, &to.context);
#ifdef SIM_ASAN
    const void* base = nullptr;
    size_t size = 0;
    __sanitizer_finish_switch_fiber(from.fake_stack, &base, &size);
#endif
}

} // namespace sim
