// SPDX-License-Identifier: BSD-3-Clause
// Private: echoes as ping sends them, and how long they took. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>

namespace uk::shell {

inline constexpr size_t kEchoSize = 64; // of a message of ICMP

// A request without identifier and sum, which the socket knows.
void make_echo(std::span<uint8_t, kEchoSize> out, bool v6, uint16_t sequence);
// The number of a reply that has all that was sent. Errors: EPROTO (it is none).
[[nodiscard]] Result<uint16_t> read_reply(std::span<const uint8_t> message, bool v6);

// Round trips, in nanoseconds.
class RoundTrips {
  public:
    void add(uint64_t ns);
    [[nodiscard]] unsigned count() const { return count_; }
    [[nodiscard]] uint64_t least() const { return count_ != 0 ? least_ : 0; }
    [[nodiscard]] uint64_t most() const { return most_; }
    [[nodiscard]] uint64_t mean() const { return count_ != 0 ? sum_ / count_ : 0; }

  private:
    unsigned count_ = 0;
    uint64_t least_ = ~uint64_t{0}, most_ = 0, sum_ = 0;
};

// "12.345" of milliseconds.
struct MillisecondsText {
    char text[24];
};
[[nodiscard]] MillisecondsText milliseconds_text(uint64_t ns);

} // namespace uk::shell
