// SPDX-License-Identifier: BSD-3-Clause
// The local APIC: its own timer, and the pin LINT0 that the old interrupt controllers reach the CPU
// through, which firmware opens on most machines, but not on all; and interrupts to other CPUs.
// Intel SDM 3A, chapter 11.
#pragma once

#include <cstddef>
#include <cstdint>

namespace uk::intctlr {

// Cpu provides:
//   bool has_apic();                                    CPUID leaf 1, edx, bit 9
//   uint64_t msr_read(uint32_t); void msr_write(uint32_t, uint64_t);
//   volatile uint32_t* map(uint64_t address, size_t);   null: cannot
// open_*() in thread context, the others with interrupts off. Vectors are from 32 on.
template <class Cpu>
class LocalApic {
  public:
    explicit constexpr LocalApic(Cpu cpu) : cpu_(cpu) {}

    // Lets the 8259's interrupts through, where there is a local APIC between. False if its
    // registers cannot be reached.
    [[nodiscard]] bool open_lint0(uint8_t spurious_vector) {
        find();
        if (mode_ == Mode::none)
            return true; // the controllers are wired to the CPU itself
        if (mode_ == Mode::failed)
            return false;
        write(kTimer, kMasked);
        write(kSpurious, kEnable | spurious_vector);
        write(kLint0, kExternal);
        return true;
    }

    // The timer raises `vector`, once each time it is armed; the 8259 is not heard any more. False
    // if there is no such timer.
    [[nodiscard]] bool open_timer(uint8_t vector, uint8_t spurious_vector) {
        find();
        if (mode_ == Mode::none || mode_ == Mode::failed)
            return false;
        write(kSpurious, kEnable | spurious_vector);
        write(kLint0, kMasked);
        write(kDivider, kBy16);
        write(kInitialCount, 0);
        write(kTimer, vector); // one-shot
        return true;
    }
    // Counts `ticks` down, at a rate that nobody tells; 0: none.
    void arm_timer(uint32_t ticks) { write(kInitialCount, ticks); }
    [[nodiscard]] uint32_t timer_left() { return read(kCurrentCount); }

    // On a CPU that another one started, before open_timer(): its registers are reached as those of
    // the first are.
    void join() {
        if (mode_ == Mode::msr)
            cpu_.msr_write(kBaseMsr, cpu_.msr_read(kBaseMsr) | kBaseX2);
    }
    // Of this CPU; after open_timer().
    [[nodiscard]] uint32_t id() { return mode_ == Mode::msr ? read(kId) : read(kId) >> 24; }
    // To the CPU with this id. An interrupt, also to the caller; not to it: INIT; and START-UP, by
    // which it begins at the physical address `page` * 4096, below 1 MiB, in real mode.
    void send(uint32_t id, uint8_t vector) { command(id, vector); }
    void send_init(uint32_t id) { command(id, kAssert | kInit); }
    void send_start(uint32_t id, uint8_t page) { command(id, kAssert | kStartUp | page); }

    // Ends an interrupt that the APIC itself raised (not the spurious one); in its handler.
    void end_interrupt() { write(kEndOfInterrupt, 0); }

  private:
    enum class Mode : uint8_t { unknown, none, failed, memory, msr };

    static constexpr uint32_t kBaseMsr = 0x1b;
    static constexpr uint64_t kBaseEnabled = 1U << 11;
    static constexpr uint64_t kBaseX2 = 1U << 10;
    static constexpr uint64_t kBaseAddress = 0x000ffffffffff000;
    // Registers by their memory offset; in x2APIC mode they are MSRs.
    static constexpr uint32_t kId = 0x020;
    static constexpr uint32_t kEndOfInterrupt = 0x0b0;
    static constexpr uint32_t kSpurious = 0x0f0;
    static constexpr uint32_t kCommand = 0x300;
    static constexpr uint32_t kCommandTo = 0x310;
    static constexpr uint32_t kTimer = 0x320;
    static constexpr uint32_t kLint0 = 0x350;
    static constexpr uint32_t kInitialCount = 0x380;
    static constexpr uint32_t kCurrentCount = 0x390;
    static constexpr uint32_t kDivider = 0x3e0;
    static constexpr uint32_t kFirstMsr = 0x800;
    static constexpr size_t kSize = 0x400;

    static constexpr uint32_t kEnable = 1U << 8;
    static constexpr uint32_t kExternal = 7U << 8; // the vector comes from the 8259
    static constexpr uint32_t kMasked = 1U << 16;
    static constexpr uint32_t kBy16 = 3;
    static constexpr uint32_t kInit = 5U << 8;
    static constexpr uint32_t kStartUp = 6U << 8;
    static constexpr uint32_t kBusy = 1U << 12; // the one before has not left yet
    static constexpr uint32_t kAssert = 1U << 14;

    void find() {
        if (mode_ == Mode::unknown)
            mode_ = look();
    }
    Mode look() {
        if (!cpu_.has_apic())
            return Mode::none;
        const uint64_t base = cpu_.msr_read(kBaseMsr);
        if ((base & kBaseEnabled) == 0)
            return Mode::none;
        if ((base & kBaseX2) != 0)
            return Mode::msr;
        registers_ = cpu_.map(base & kBaseAddress, kSize);
        return registers_ != nullptr ? Mode::memory : Mode::failed;
    }
    void write(uint32_t at, uint32_t value) {
        if (mode_ == Mode::msr)
            cpu_.msr_write(kFirstMsr + (at >> 4), value);
        else
            registers_[at / 4] = value;
    }
    // In memory the second write sends; a handler that sends between the two is why interrupts are
    // off.
    void command(uint32_t id, uint32_t what) {
        if (mode_ == Mode::msr) {
            cpu_.msr_write(kFirstMsr + (kCommand >> 4), uint64_t{id} << 32 | what);
            return;
        }
        while ((read(kCommand) & kBusy) != 0) {
        }
        write(kCommandTo, id << 24);
        write(kCommand, what);
    }
    uint32_t read(uint32_t at) {
        if (mode_ == Mode::msr)
            return static_cast<uint32_t>(cpu_.msr_read(kFirstMsr + (at >> 4)));
        return registers_[at / 4];
    }

    Cpu cpu_;
    Mode mode_ = Mode::unknown;
    volatile uint32_t* registers_ = nullptr;
};

} // namespace uk::intctlr
