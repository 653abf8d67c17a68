// SPDX-License-Identifier: BSD-3-Clause
// The ways a KVM guest ends. Each is tried once, even if the one before it crashes.
#include <uk/hal/power.hpp>

#include <string_view>

#include <uk/acpi/machine.hpp>
#include <uk/acpi/sleep.hpp>
#include <uk/acpi/tables.hpp>
#include <uk/base/atomic.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal_arch/port_io.hpp>
#include <uk/isadebug/leave.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>
#include <uk/x86/trap.hpp>

#include "kvm.hpp"

namespace uk {
namespace {

using hal::Shutdown;

constexpr uint16_t kResetControl = 0xcf9;
constexpr uint16_t kKeyboardCommand = 0x64;

constinit Atomic<unsigned> g_tried{0};
constinit Shutdown g_reason{};

void say(std::string_view text) {
    hal::console_write(text.data(), text.size());
}

// The hypervisor may take a moment to act.
void wait() {
    constexpr uint64_t kCycles = 300'000'000;
    for (uint64_t start = hal::cpu_cycles(); hal::cpu_cycles() - start < kCycles;) {
        hal::cpu_relax();
    }
}

bool read_physical(void*, Paddr from, void* to, size_t size) {
    auto bytes = x86::view_physical(from, size);
    if (bytes.ok()) {
        __builtin_memcpy(to, bytes.value().data(), size);
    }
    return bytes.ok();
}

void write_register(const acpi::Register& where, uint16_t value, unsigned bytes) {
    if (where.space == acpi::Register::Space::port) {
        auto port = static_cast<uint16_t>(where.address);
        if (bytes == 1) {
            hal::port_write<uint8_t>(port, static_cast<uint8_t>(value));
        } else {
            hal::port_write<uint16_t>(port, value);
        }
        return;
    }
    Result<volatile void*> at = hal::map_device(Paddr{where.address}, bytes);
    if (!at.ok()) {
        return;
    }
    if (bytes == 1) {
        *static_cast<volatile uint8_t*>(at.value()) = static_cast<uint8_t>(value);
    } else {
        *static_cast<volatile uint16_t*>(at.value()) = value;
    }
}

struct Ports {
    static uint8_t read(uint16_t port) { return hal::port_read<uint8_t>(port); }
    static void write(uint16_t port, uint8_t value) { hal::port_write(port, value); }
    static void say(std::string_view text) { uk::say(text); }
    static void settle() {}
};

// Where people put isa-debug-exit: QEMU's default is the second, and what many scripts say.
void debug_exit(Shutdown reason, int status) {
    constexpr uint16_t kPorts[] = {UK_DEBUG_EXIT_PORT, 0xf4};
    for (uint16_t port : kPorts) {
        if (isadebug::leave(Ports{}, {port, UK_STATUS_PORT, UK_STATUS_PORT_ANSWER},
                            reason == Shutdown::panic, status)) {
            wait();
        }
    }
}

void acpi_off() {
    Result<acpi::SoftOff> off = acpi::read_soft_off(kvm::acpi_memory(), kvm::g_boot_info.acpi_root);
    if (!off.ok()) {
        return;
    }
    for (const acpi::SoftOff::Write& write : off.value().writes) {
        if (write.where.address != 0) {
            write_register(write.where, write.value, write.bytes);
        }
    }
    wait();
}

void acpi_reset() {
    Result<acpi::Fadt> fadt = acpi::read_fadt(kvm::acpi_memory(), kvm::g_boot_info.acpi_root);
    if (fadt.ok() && fadt.value().reset.address != 0) {
        write_register(fadt.value().reset, fadt.value().reset_value, 1);
        wait();
    }
}

// Intel ICH9 data sheet, 13.7.5: prepare a hard reset, then do it.
void chipset_reset() {
    hal::port_write<uint8_t>(kResetControl, 0x02);
    hal::port_write<uint8_t>(kResetControl, 0x06);
    wait();
}

// 8042: command 0xfe pulses the reset line, once the controller takes commands.
void keyboard_reset() {
    constexpr uint8_t kInputFull = 0x02;
    for (unsigned i = 0;
         i < 10'000 && (hal::port_read<uint8_t>(kKeyboardCommand) & kInputFull) != 0; i++) {
        hal::cpu_relax();
    }
    hal::port_write<uint8_t>(kKeyboardCommand, 0xfe);
    wait();
}

void reset(unsigned attempt) {
    switch (attempt) {
    case 0:
        return acpi_reset();
    case 1:
        return chipset_reset();
    case 2:
        return keyboard_reset();
    case 3:
        return x86::trap_triple_fault();
    case 4:
        return say("Microlith: this machine cannot be reset; halted.\n");
    default:
        hal::cpu_stop();
    }
}

void end(Shutdown reason, unsigned attempt, int status) {
    switch (attempt) {
    case 0:
        return debug_exit(reason, status);
    case 1:
        return acpi_off();
    case 2:
        return say("Microlith: this machine cannot be switched off; halted.\n");
    default:
        hal::cpu_stop();
    }
}

} // namespace

acpi::Memory kvm::acpi_memory() {
    return {read_physical, nullptr};
}

acpi::Machine acpi::machine() {
    return {kvm::acpi_memory(), kvm::g_boot_info.acpi_root};
}

// A crash in here comes back through uk_crash(): it goes on with the next way.
void hal::shutdown(Shutdown reason, int status) {
    irq_disable();
    for (;;) {
        unsigned attempt = g_tried.fetch_add_relaxed(1);
        if (attempt == 0) {
            g_reason = reason;
        }
        if (g_reason == Shutdown::reboot) {
            reset(attempt);
        } else {
            end(reason, attempt, status);
        }
    }
}

} // namespace uk
