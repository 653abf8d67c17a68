// SPDX-License-Identifier: BSD-3-Clause
// Event channels, two-level layout (public/event_channel.h, public/xen.h: struct shared_info).
#pragma once

#include <uk/xen/abi.hpp>

namespace uk::xen {

inline constexpr uint64_t event_bit(EventPort port) {
    return uint64_t{1} << (port % 64);
}

// Stops the channel's upcalls. Ports from kEventPorts on are ignored. From anywhere.
inline void mask_event(volatile SharedInfo& info, EventPort port) {
    if (port < kEventPorts) {
        __atomic_fetch_or(&info.mask[port / 64], event_bit(port), __ATOMIC_SEQ_CST);
    }
}

inline void mask_all_events(volatile SharedInfo& info) {
    for (volatile uint64_t& word : info.mask) {
        __atomic_store_n(&word, ~uint64_t{0}, __ATOMIC_SEQ_CST);
    }
}

// Takes the pending mark of one channel; true if it was there. From anywhere.
inline bool take_event(volatile SharedInfo& info, EventPort port) {
    return port < kEventPorts &&
           (__atomic_fetch_and(&info.pending[port / 64], ~event_bit(port), __ATOMIC_SEQ_CST) &
            event_bit(port)) != 0;
}

// Sets it, as if the other side had sent; no upcall yet. From anywhere.
inline void mark_event(volatile SharedInfo& info, EventPort port) {
    if (port < kEventPorts) {
        __atomic_fetch_or(&info.pending[port / 64], event_bit(port), __ATOMIC_SEQ_CST);
    }
}

// Some of the domain's channels.
struct EventSet {
    uint64_t words[kEventWords];

    void add(EventPort port) { // < kEventPorts; one caller at a time
        __atomic_fetch_or(&words[port / 64], event_bit(port), __ATOMIC_SEQ_CST);
    }
    uint64_t word(unsigned index) const { return __atomic_load_n(&words[index], __ATOMIC_ACQUIRE); }
};

// What the upcall's handler begins with: which words of marks this CPU has to look at. Cleared
// before it looks, so that what comes afterwards calls again.
inline uint64_t begin_upcall(volatile VcpuInfo& vcpu) {
    __atomic_store_n(&vcpu.upcall_pending, uint8_t{0}, __ATOMIC_SEQ_CST);
    return __atomic_exchange_n(&vcpu.pending_words, uint64_t{0}, __ATOMIC_SEQ_CST);
}

// Calls handle(port) once for each channel that is pending and not masked, and takes its mark, the
// lowest port first. Ends even if channels become pending all the time: then Xen calls again.
// `elsewhere`: channels that are rung on other CPUs; a word has marks of all, and who took
// another's would take its upcall. For the upcall's handler, with interrupts off.
template <class Handle>
void take_events(volatile SharedInfo& info, volatile VcpuInfo& vcpu, Handle handle,
                 const EventSet* elsewhere = nullptr) {
    uint64_t words = begin_upcall(vcpu);
    while (words != 0) {
        auto word = static_cast<unsigned>(__builtin_ctzll(words));
        words &= words - 1;
        uint64_t bits = __atomic_load_n(&info.pending[word], __ATOMIC_ACQUIRE) &
                        ~__atomic_load_n(&info.mask[word], __ATOMIC_ACQUIRE);
        if (elsewhere != nullptr) {
            bits &= ~elsewhere->word(word);
        }
        __atomic_fetch_and(&info.pending[word], ~bits, __ATOMIC_SEQ_CST);
        for (; bits != 0; bits &= bits - 1) {
            handle(
                static_cast<EventPort>(word * 64 + static_cast<unsigned>(__builtin_ctzll(bits))));
        }
    }
}

} // namespace uk::xen
