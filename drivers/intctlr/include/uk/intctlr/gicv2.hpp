// SPDX-License-Identifier: BSD-3-Clause
// Version 2 of Arm's generic interrupt controller. (Arm GIC Architecture Specification version 2,
// IHI 0048B; numbers are its sections.)
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/intctlr/gic.hpp>

namespace uk::intctlr {

// Io: accessors to the registers of the distributor (GICD) and of the CPU interface (GICC). Lines
// of shared devices go to the CPU that called start(). The caller keeps interrupts and other CPUs
// away, but for acknowledge() and end(), which are the handler's, and for sending.
template <class Io>
class GicV2 {
  public:
    constexpr GicV2(Io distributor, Io cpu)
        : distributor_(distributor), lines_(distributor), cpu_(cpu) {}

    // Closes all lines and lets this CPU take interrupts. Errors: ENODEV (not a version that is
    // known here; nothing was written).
    [[nodiscard]] Result<> start() {
        uint32_t version = cpu_.template read<uint32_t>(kCpuIdentification) >> 16 & 0xf;
        if (version != 1 && version != 2) {
            return Errno::nodev;
        }
        line_count_ = gic_line_count(distributor_.template read<uint32_t>(kType));
        distributor_.template write<uint32_t>(kControl, 0);
        for (uint32_t first = 0; first < line_count_; first += 32) {
            uint32_t offset = first / 32 * 4;
            // The CPU's own lines 0-15 cannot be disabled (4.3.6).
            distributor_.template write<uint32_t>(Lines::kDisable + offset, ~0U);
            distributor_.template write<uint32_t>(Lines::kForget + offset, ~0U);
            distributor_.template write<uint32_t>(Lines::kDeactivate + offset, ~0U);
        }
        // 4.3.12: each CPU reads its own mask here; a machine with one CPU reads zeros.
        target_ = static_cast<uint8_t>(distributor_.template read<uint32_t>(Lines::kTargets));
        cpu_.template write<uint32_t>(kCpuPriorityMask, kGicPriorityMask);
        cpu_.template write<uint32_t>(kCpuControl, 1);
        distributor_.template write<uint32_t>(kControl, 1);
        return {};
    }
    [[nodiscard]] uint32_t line_count() const { return line_count_; }

    // Called on a further CPU, on a copy of what another one started: closes its own lines and lets
    // it take interrupts. enable() of the copy is for this CPU's own lines.
    void join() {
        distributor_.template write<uint32_t>(Lines::kDisable, ~0U);
        distributor_.template write<uint32_t>(Lines::kForget, ~0U);
        distributor_.template write<uint32_t>(Lines::kDeactivate, ~0U);
        for (uint32_t offset = 0; offset < kGicFirstPpi; offset += 4) {
            distributor_.template write<uint32_t>(kForgetSent + offset, ~0U); // kForget does not
        }
        target_ = static_cast<uint8_t>(distributor_.template read<uint32_t>(Lines::kTargets));
        cpu_.template write<uint32_t>(kCpuPriorityMask, kGicPriorityMask);
        cpu_.template write<uint32_t>(kCpuControl, 1);
    }
    // By which bit send() knows the CPU that called start() or join(); 0 on a machine with one.
    [[nodiscard]] uint8_t target() const { return target_; }

    // Raises line 0 to 15 on the CPUs with these bits, and on all but the caller. What was written
    // to memory before must be ordered before it by the caller.
    void send(uint8_t targets, uint32_t line) {
        distributor_.template write<uint32_t>(kSend, uint32_t{targets} << 16 | line);
    }
    void send_to_others(uint32_t line) {
        constexpr uint32_t kAllButMe = 1U << 24;
        distributor_.template write<uint32_t>(kSend, kAllButMe | line);
    }

    // Lets a line through, to this CPU. Errors: EINVAL (no such line).
    [[nodiscard]] Result<> enable(uint32_t line, Trigger trigger) {
        if (line >= line_count_) {
            return Errno::inval;
        }
        lines_.set_bit(Lines::kDisable, line);
        lines_.set_byte(Lines::kPriority, line, kGicPriority);
        if (line >= kGicFirstPpi) {
            lines_.set_trigger(line, trigger);
        }
        if (line >= kGicFirstSpi) {
            lines_.set_byte(Lines::kTargets, line, target_);
        }
        lines_.set_bit(Lines::kEnable, line);
        return {};
    }
    [[nodiscard]] Result<> disable(uint32_t line) {
        if (line >= line_count_) {
            return Errno::inval;
        }
        lines_.set_bit(Lines::kDisable, line);
        return {};
    }
    // Makes a shared line pending, which exists, as if its device had raised it.
    void raise(uint32_t line) { lines_.set_bit(Lines::kRaise, line); }

    // In the handler: takes the most urgent interrupt. Its line is line_of() the answer; when that
    // is_spurious() there is none (any more), and end() must not be called.
    [[nodiscard]] uint32_t acknowledge() { return cpu_.template read<uint32_t>(kCpuAcknowledge); }
    static constexpr uint32_t line_of(uint32_t taken) { return taken & 0x3ff; }
    static constexpr bool is_spurious(uint32_t taken) { return gic_is_special(line_of(taken)); }
    // The handler is done with what acknowledge() answered.
    void end(uint32_t taken) { cpu_.template write<uint32_t>(kCpuEnd, taken); }

  private:
    using Lines = GicLines<Io>;
    // 4.1.2: GICD_CTLR, GICD_TYPER, GICD_SGIR, GICD_CPENDSGIR. 4.1.3: GICC_CTLR, GICC_PMR,
    // GICC_IAR, GICC_EOIR, GICC_IIDR.
    static constexpr uint32_t kControl = 0x000;
    static constexpr uint32_t kType = 0x004;
    static constexpr uint32_t kSend = 0xf00;
    static constexpr uint32_t kForgetSent = 0xf10;
    static constexpr uint32_t kCpuControl = 0x000;
    static constexpr uint32_t kCpuPriorityMask = 0x004;
    static constexpr uint32_t kCpuAcknowledge = 0x00c;
    static constexpr uint32_t kCpuEnd = 0x010;
    static constexpr uint32_t kCpuIdentification = 0x0fc;

    Io distributor_;
    Lines lines_;
    Io cpu_;
    uint32_t line_count_ = 0;
    uint8_t target_ = 0;
};

} // namespace uk::intctlr
