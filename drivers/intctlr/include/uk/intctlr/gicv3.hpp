// SPDX-License-Identifier: BSD-3-Clause
// Versions 3 and 4 of Arm's generic interrupt controller. (Arm GIC Architecture Specification
// version 3 and 4, IHI 0069; numbers are its sections.)
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/intctlr/gic.hpp>

namespace uk::intctlr {

// The CPU interface's system registers (12.2): ICC_SRE_EL1, ICC_PMR_EL1, ICC_BPR1_EL1,
// ICC_CTLR_EL1, ICC_IGRPEN1_EL1, ICC_IAR1_EL1, ICC_EOIR1_EL1, ICC_SGI1R_EL1. Writers synchronise
// (ISB), iar1() does as well (DSB SY) before what follows it; set_sgi1r() lets other CPUs see first
// what was written to memory before (DSB).
template <class C>
concept GicCpuRegisters = std::copyable<C> && requires(C& c, uint32_t value, uint64_t request) {
    { c.sre() } -> std::same_as<uint32_t>;
    c.set_sre(value);
    c.set_pmr(value);
    c.set_bpr1(value);
    c.set_ctlr(value);
    { c.ctlr() } -> std::same_as<uint32_t>;
    c.set_igrpen1(value);
    { c.iar1() } -> std::same_as<uint32_t>;
    c.set_eoir1(value);
    c.set_sgi1r(request);
};

// Io: accessors to the distributor (GICD) and to a region of redistributors (GICR). Lines of shared
// devices go to the CPU that called start(). The caller keeps interrupts and other CPUs away, but
// for acknowledge() and end(), which are the handler's, and for sending.
template <class Io, GicCpuRegisters Cpu>
class GicV3 {
  public:
    // `redistributors_size`: bytes of the region, as the device tree says.
    constexpr GicV3(Io distributor, Io redistributors, uint64_t redistributors_size, Cpu cpu)
        : distributor_(distributor),
          lines_(distributor), redistributors_{redistributors, 0, redistributors_size}, cpu_(cpu) {}

    // Closes all shared lines and those of this CPU, whose MPIDR_EL1 is `mpidr`, and lets it take
    // interrupts of group 1. Bounded waits. Errors: ENODEV (not a version that is known here, no
    // redistributor for this CPU, system registers locked by a higher exception level), ETIMEDOUT
    // (the chip does not get ready).
    [[nodiscard]] Result<> start(uint64_t mpidr) {
        if (!is_known(distributor_.template read<uint32_t>(kIdentification))) {
            return Errno::nodev;
        }
        // 12.2.20: without it the registers below do not exist.
        cpu_.set_sre(cpu_.sre() | 1);
        if ((cpu_.sre() & 1) == 0) {
            return Errno::nodev;
        }
        uint64_t affinity = affinity_of(mpidr);
        UK_TRY(find_redistributor(affinity));
        UK_TRY(start_distributor(affinity));
        UK_TRY(start_redistributor());
        open_cpu();
        constexpr uint32_t kRangeSelector = 1U << 26; // RSS, 12.9.38
        has_ranges_ =
            (distributor_.template read<uint32_t>(kType) & kRangeSelector) != 0 && cpu_has_ranges();
        return {};
    }
    [[nodiscard]] uint32_t line_count() const { return line_count_; }

    // Called on a further CPU, on a copy of what another one started: the same for this CPU's part.
    // enable() and disable() of the copy are for its own lines. Errors: also ENODEV (it cannot send
    // to all that the other one can).
    [[nodiscard]] Result<> join(uint64_t mpidr) {
        cpu_.set_sre(cpu_.sre() | 1);
        if ((cpu_.sre() & 1) == 0) {
            return Errno::nodev;
        }
        UK_TRY(find_redistributor(affinity_of(mpidr)));
        if (has_ranges_ && !cpu_has_ranges()) {
            return Errno::nodev;
        }
        UK_TRY(start_redistributor());
        open_cpu();
        return {};
    }

    // Whether send() reaches a CPU: the first 16 of each cluster, the rest if both the chip and the
    // CPUs have range selectors.
    [[nodiscard]] bool can_send_to(uint64_t mpidr) const {
        return has_ranges_ || (mpidr & 0xff) < 16;
    }
    // Raises line 0 to 15 on the CPU with this MPIDR_EL1 (12.2.24), and on all but the caller.
    void send(uint64_t mpidr, uint32_t line) {
        const uint64_t affinity = affinity_of(mpidr);
        cpu_.set_sgi1r((affinity >> 24) << 48 | (affinity >> 4 & 0xf) << 44 |
                       (affinity >> 16 & 0xff) << 32 | uint64_t{line} << 24 |
                       (affinity >> 8 & 0xff) << 16 | uint64_t{1} << (affinity & 0xf));
    }
    void send_to_others(uint32_t line) {
        constexpr uint64_t kAllButMe = uint64_t{1} << 40;
        cpu_.set_sgi1r(kAllButMe | uint64_t{line} << 24);
    }

    // Lets a line through, to this CPU. Errors: EINVAL (no such line).
    [[nodiscard]] Result<> enable(uint32_t line, Trigger trigger) {
        UK_TRY(disable(line));
        if (line >= kGicFirstSpi) {
            distributor_.template write<uint64_t>(kRoute + line * 8, route_);
            set_up(lines_, line, trigger);
        } else {
            GicLines<Frame> own(redistributors_);
            set_up(own, line, trigger);
        }
        return {};
    }
    // The line is quiet when this returns. Errors: EINVAL (no such line), ETIMEDOUT.
    [[nodiscard]] Result<> disable(uint32_t line) {
        if (line >= line_count_) {
            return Errno::inval;
        }
        if (line >= kGicFirstSpi) {
            lines_.set_bit(Lines::kDisable, line);
            return wait(distributor_, kControl, kDistributorBusy);
        }
        GicLines<Frame>(redistributors_).set_bit(Lines::kDisable, line);
        return wait(redistributors_.control(), kRedistributorControl, kRedistributorBusy);
    }
    // Makes a shared line pending, which exists, as if its device had raised it.
    void raise(uint32_t line) { lines_.set_bit(Lines::kRaise, line); }

    // In the handler: takes the most urgent interrupt. Its line is line_of() the answer; when that
    // is_spurious() there is none (any more), and end() must not be called.
    [[nodiscard]] uint32_t acknowledge() { return cpu_.iar1(); }
    static constexpr uint32_t line_of(uint32_t taken) { return taken & 0xffffff; }
    static constexpr bool is_spurious(uint32_t taken) { return gic_is_special(line_of(taken)); }
    // The handler is done with what acknowledge() answered.
    void end(uint32_t taken) { cpu_.set_eoir1(taken); }

  private:
    using Lines = GicLines<Io>;

    // Registers of one redistributor: its second 64 KiB hold the CPU's own lines (12.10).
    struct Frame {
        Io io;
        uint64_t start;
        uint64_t size; // of the whole region
        static constexpr uint32_t kLinesFrame = 0x10000;

        // Its first 64 KiB.
        struct Control {
            Io io;
            uint32_t start;
            template <class T>
            T read(uint32_t offset) {
                return io.template read<T>(start + offset);
            }
            template <class T>
            void write(uint32_t offset, T value) {
                io.template write<T>(start + offset, value);
            }
        };
        Control control() { return Control{io, static_cast<uint32_t>(start)}; }

        template <class T>
        T read(uint32_t offset) {
            return control().template read<T>(kLinesFrame + offset);
        }
        template <class T>
        void write(uint32_t offset, T value) {
            control().template write<T>(kLinesFrame + offset, value);
        }
    };

    // 12.9: GICD_CTLR, GICD_TYPER, GICD_IROUTER, GICD_PIDR2 (also of redistributors).
    static constexpr uint32_t kControl = 0x0000;
    static constexpr uint32_t kType = 0x0004;
    static constexpr uint32_t kRoute = 0x6000;
    static constexpr uint32_t kIdentification = 0xffe8;
    static constexpr uint32_t kDistributorBusy = 1U << 31; // RWP
    // Group 1 on, with affinity routing. Without security states bits 0 and 1 are the groups 0 and
    // 1, with them both are group 1 of ours; bit 4 is ARE in either view.
    static constexpr uint32_t kDistributorOn = 1U << 4 | 1U << 1 | 1U << 0;
    // 12.10: GICR_CTLR, GICR_TYPER, GICR_WAKER.
    static constexpr uint32_t kRedistributorControl = 0x0000;
    static constexpr uint32_t kRedistributorType = 0x0008;
    static constexpr uint32_t kWaker = 0x0014;
    static constexpr uint32_t kRedistributorBusy = 1U << 3; // RWP
    static constexpr uint32_t kProcessorSleep = 1U << 1;
    static constexpr uint32_t kChildrenAsleep = 1U << 2;
    static constexpr uint64_t kRedistributorSize = 0x20000; // twice that with virtual LPIs
    static constexpr uint32_t kVirtualLpis = 1U << 1;
    static constexpr uint32_t kLast = 1U << 4;
    // A write takes microseconds at most; one look takes about 0.1 us, less in an emulator.
    static constexpr unsigned kPatience = 1'000'000;

    static constexpr bool is_known(uint32_t identification) {
        uint32_t version = identification >> 4 & 0xf;
        return version == 3 || version == 4;
    }
    // Aff3.Aff2.Aff1.Aff0 in 32 bits, as redistributors say it.
    static constexpr uint64_t affinity_of(uint64_t mpidr) {
        return (mpidr >> 8 & 0xff000000) | (mpidr & 0xffffff);
    }

    template <class Registers>
    static Result<> wait(Registers registers, uint32_t offset, uint32_t until_clear) {
        for (unsigned i = 0; i < kPatience; i++) {
            if ((registers.template read<uint32_t>(offset) & until_clear) == 0) {
                return {};
            }
        }
        return Errno::timedout;
    }

    Result<> find_redistributor(uint64_t affinity) {
        Frame& frame = redistributors_;
        frame.start = 0;
        // Offsets are 32 bits wide, which is room for 16 384 CPUs.
        uint64_t end = frame.size < (uint64_t{1} << 32) ? frame.size : uint64_t{1} << 32;
        while (frame.start + kRedistributorSize <= end) {
            typename Frame::Control control = frame.control();
            if (!is_known(control.template read<uint32_t>(kIdentification))) {
                return Errno::nodev;
            }
            auto type = control.template read<uint32_t>(kRedistributorType);
            if (control.template read<uint32_t>(kRedistributorType + 4) == affinity) {
                return {};
            }
            if ((type & kLast) != 0) {
                break;
            }
            frame.start += kRedistributorSize * ((type & kVirtualLpis) != 0 ? 2 : 1);
        }
        return Errno::nodev;
    }

    Result<> start_distributor(uint64_t affinity) {
        route_ = (affinity & 0xff000000) << 8 | (affinity & 0xffffff);
        line_count_ = gic_line_count(distributor_.template read<uint32_t>(kType));
        distributor_.template write<uint32_t>(kControl, 0);
        UK_TRY(wait(distributor_, kControl, kDistributorBusy));
        for (uint32_t first = kGicFirstSpi; first < line_count_; first += 32) {
            quiet(distributor_, first / 32 * 4);
        }
        UK_TRY(wait(distributor_, kControl, kDistributorBusy));
        distributor_.template write<uint32_t>(kControl, kDistributorOn);
        return wait(distributor_, kControl, kDistributorBusy);
    }

    bool cpu_has_ranges() { return (cpu_.ctlr() & 1U << 18) != 0; } // RSS, 12.2.6
    void open_cpu() {
        cpu_.set_pmr(kGicPriorityMask);
        cpu_.set_bpr1(0);
        cpu_.set_ctlr(0); // EOImode 0: one write ends an interrupt
        cpu_.set_igrpen1(1);
    }

    Result<> start_redistributor() {
        typename Frame::Control control = redistributors_.control();
        auto waker = control.template read<uint32_t>(kWaker);
        control.template write<uint32_t>(kWaker, waker & ~kProcessorSleep);
        UK_TRY(wait(control, kWaker, kChildrenAsleep));
        quiet(redistributors_, 0);
        redistributors_.template write<uint32_t>(Lines::kGroup, ~0U);
        return wait(control, kRedistributorControl, kRedistributorBusy);
    }

    template <class Registers>
    static void quiet(Registers registers, uint32_t offset) {
        registers.template write<uint32_t>(Lines::kDisable + offset, ~0U);
        registers.template write<uint32_t>(Lines::kForget + offset, ~0U);
        registers.template write<uint32_t>(Lines::kDeactivate + offset, ~0U);
    }

    template <class Registers>
    static void set_up(Registers& lines, uint32_t line, Trigger trigger) {
        lines.put_in_group_1(line);
        lines.set_byte(Lines::kPriority, line, kGicPriority);
        if (line >= kGicFirstPpi) {
            lines.set_trigger(line, trigger);
        }
        lines.set_bit(Lines::kEnable, line);
    }

    Io distributor_;
    Lines lines_;
    Frame redistributors_;
    Cpu cpu_;
    uint64_t route_ = 0;
    uint32_t line_count_ = 0;
    bool has_ranges_ = false;
};

} // namespace uk::intctlr
