// SPDX-License-Identifier: BSD-3-Clause
// Private: how much of a connection's bytes the other side has not confirmed. Pure, over lwIP's
// control blocks.
#pragma once

#include <cstdint>

#include <lwip/priv/tcp_priv.h>

namespace uk::lwip {

// Bytes of the program's, sent or not. SYN and FIN have numbers, too (RFC 9293, 3.4), and are no
// bytes: a SYN is the first that waits, a FIN the last. Under the stack's lock.
[[nodiscard]] inline uint32_t unsent_bytes(const tcp_pcb& of) {
    const tcp_seg* const first = of.unacked != nullptr ? of.unacked : of.unsent;
    const uint32_t numbers = of.snd_lbb - of.lastack;
    if (first == nullptr || numbers == 0)
        return 0;
    const uint32_t syn = (TCPH_FLAGS(first->tcphdr) & TCP_SYN) != 0 ? 1 : 0;
    const uint32_t fin = (of.flags & TF_FIN) != 0 ? 1 : 0;
    return numbers > syn + fin ? numbers - syn - fin : 0;
}

} // namespace uk::lwip
