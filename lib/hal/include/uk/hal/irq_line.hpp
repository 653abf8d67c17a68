// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 7 of 8: interrupt lines of devices, whatever leads them to the image: an
// IO-APIC's pin, a message (MSI), a shared line of a GIC, an event channel, a signal of the host.
// Implemented by the platform, over intctlr::IrqTable; only in images with HAL_IRQ_LINES, which
// drivers select.
//
//     bool on_interrupt(void* self);       // acknowledges the device, wakes; compiled with |isr
//     uk::hal::IrqAction action{on_interrupt, &device};
//     uk::hal::IrqLine line = UK_TRY(uk::hal::irq_line_of_isa(4));
//     UK_TRY(uk::hal::irq_attach(line, action));
//
// Lines lead to CPU 0. Interrupts must be on there, or somebody halt: see <uk/hal/irq.hpp>.
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>

namespace uk::hal {

// A line of this image. The number is the platform's and tells nothing, but for reports.
struct IrqLine {
    uint32_t number = 0;
    friend constexpr bool operator==(IrqLine, IrqLine) = default;
};

// How a device drives its line.
enum class IrqTrigger : uint8_t { edge_rising, edge_falling, level_high, level_low };

// A device's interest in a line; several may share one. The owner's, who keeps it where it is until
// irq_detach() returned.
//
// The handler runs with interrupts off, in no thread: it acknowledges the device, takes at most
// IrqSpinlocks, wakes a thread, and returns in a few microseconds. It may use no vector registers
// (compile it with |isr). It answers whether the device had raised the line: those that share one
// are all called, each in its turn, and a line whose interrupts nobody answers for is closed.
class IrqAction {
  public:
    using Handler = bool (*)(void* context);

    constexpr IrqAction(Handler handler, void* context) : handler_(handler), context_(context) {}
    IrqAction(const IrqAction&) = delete;
    IrqAction& operator=(const IrqAction&) = delete;

    // The rest is for the platform.
    [[nodiscard]] bool call() const { return handler_(context_); }
    Atomic<IrqAction*> next{nullptr};

  private:
    Handler handler_;
    void* context_;
};

// After so many interrupts in a row that nobody answered for, a line is closed, with one warning;
// the next irq_attach() opens it again.
inline constexpr uint32_t kMostUnansweredIrqs = 10'000;

// The line that the platform knows by a number, as firmware, a bus or the host told it:
// x86 a GSI, arm64 an INTID (intctlr::gic_line() of a device tree's words), Xen an event port
// (bound by the caller; the trigger does not matter), linuxu a descriptor of the host or a signal
// (<uk/linuxabi/lines.hpp>). Asked again, it is the same line. Thread context, one caller at a
// time. Errors: EINVAL (no such line), EBUSY (in use with another trigger, or the platform's own),
// ENOSPC (no more lines), ENODEV (the machine lacks what it takes), ENOSYS.
[[nodiscard]] Result<IrqLine> irq_line(uint32_t number, IrqTrigger trigger);

// The line of a PC's old device, by its number 0 to 15 on the ISA bus, which firmware may have led
// elsewhere. Errors as above; ENOSYS where there is no such bus.
[[nodiscard]] Result<IrqLine> irq_line_of_isa(unsigned irq);

// A line of its own for a device that writes `data` to `address` in order to raise it.
struct MsiLine {
    IrqLine line;
    DmaAddr address{};
    uint32_t data = 0;
};
// Thread context, one caller at a time. Errors: ENOSYS (this platform takes no messages), ENOSPC,
// ENODEV.
[[nodiscard]] Result<MsiLine> irq_msi_allocate();
// Nobody is attached, and the device writes there no more. Thread context.
void irq_msi_free(const MsiLine& msi);

// Adds the action to the line, behind those that are there; the first opens it. From here on the
// handler may run. Thread context. Errors: ENOSPC (too many lines in use), or why the line cannot
// be opened; then nothing has changed.
[[nodiscard]] Result<> irq_attach(IrqLine line, IrqAction& action);

// Takes the action away, which is attached to this line; the last closes it. When this returns, the
// handler does not run, on no CPU, and will not. Thread context, not under a lock that the handler
// takes; waits for a handler that runs on another CPU.
void irq_detach(IrqLine line, IrqAction& action);

// For who has an action on the line; of all who share it. While it is masked no handler begins; one
// may still run on another CPU. They nest: the last irq_unmask() opens it. What was raised
// meanwhile is delivered then, once. From anywhere.
void irq_mask(IrqLine line);
void irq_unmask(IrqLine line);

} // namespace uk::hal
