// SPDX-License-Identifier: BSD-3-Clause
// What netstat calls unsent: bytes, without the numbers of SYN and FIN.
#include "../unsent.hpp"

#include <gtest/gtest.h>

namespace {

using uk::lwip::unsent_bytes;

// A connection whose first unconfirmed segment has these flags.
struct Pcb : tcp_pcb {
    explicit Pcb(uint32_t numbers, uint16_t flags_of_first) : tcp_pcb{} {
        lastack = 0xffff'fff0; // numbers go round
        snd_lbb = lastack + numbers;
        TCPH_HDRLEN_FLAGS_SET(&header_, 5, flags_of_first);
        segment_.tcphdr = &header_;
        unacked = numbers != 0 ? &segment_ : nullptr;
    }

  private:
    tcp_hdr header_ = {};
    tcp_seg segment_ = {};
};

TEST(Unsent, CountsBytesOnly) {
    EXPECT_EQ(unsent_bytes(Pcb(0, 0)), 0U);
    EXPECT_EQ(unsent_bytes(Pcb(1000, TCP_ACK)), 1000U);
    EXPECT_EQ(unsent_bytes(Pcb(1, TCP_SYN)), 0U); // SYN_SENT
    EXPECT_EQ(unsent_bytes(Pcb(101, TCP_SYN)), 100U);
}

TEST(Unsent, AFinThatWaitsIsTheLast) {
    Pcb closing(101, TCP_ACK);
    closing.flags = TF_FIN;
    EXPECT_EQ(unsent_bytes(closing), 100U);
    Pcb only(1, TCP_FIN | TCP_ACK);
    only.flags = TF_FIN;
    EXPECT_EQ(unsent_bytes(only), 0U);
    Pcb confirmed(0, 0);
    confirmed.flags = TF_FIN;
    EXPECT_EQ(unsent_bytes(confirmed), 0U);
    Pcb early(2, TCP_SYN); // closed before the handshake ended
    early.flags = TF_FIN;
    EXPECT_EQ(unsent_bytes(early), 0U);
}

TEST(Unsent, LooksAtWhatWasNotSentYet) {
    Pcb quiet(1, TCP_SYN);
    quiet.unsent = quiet.unacked;
    quiet.unacked = nullptr;
    EXPECT_EQ(unsent_bytes(quiet), 0U);
}

} // namespace
