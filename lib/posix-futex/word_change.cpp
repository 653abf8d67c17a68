// SPDX-License-Identifier: BSD-3-Clause
// The argument of FUTEX_WAKE_OP.
#include <uk/futex/table.hpp>

namespace uk::futex {

// Bits `low` to `low` + 11, signed.
static int32_t signed_field(uint32_t encoded, unsigned low) {
    return static_cast<int32_t>(encoded << (20 - low)) >> 20;
}

Result<WordChange> word_change(uint32_t encoded) {
    constexpr uint32_t kShift = 8; // the operand is the number of a bit
    const uint32_t how = encoded >> 28;
    const uint32_t test = encoded >> 24 & 15;
    if ((how & ~kShift) > static_cast<uint32_t>(WordChange::How::xor_) ||
        test > static_cast<uint32_t>(WordChange::Test::ge))
        return Errno::nosys;
    auto operand = static_cast<uint32_t>(signed_field(encoded, 12));
    if ((how & kShift) != 0)
        operand = uint32_t{1} << (operand & 31);
    return WordChange{.how = WordChange::How(how & ~kShift),
                      .test = WordChange::Test(test),
                      .operand = operand,
                      .compared_to = signed_field(encoded, 0)};
}

} // namespace uk::futex
