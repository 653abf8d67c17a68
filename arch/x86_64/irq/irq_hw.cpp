// SPDX-License-Identifier: BSD-3-Clause
// Gates of the interrupt lines. They come into being when a platform asks, so that images which
// wait for nothing spend no instruction on them at boot. Intel SDM 3A, chapter 6.
#include <uk/x86/irq.hpp>

#include <uk/hal/irq.hpp>
#include <uk/x86/gate.hpp>

extern "C" {
extern const char uk_irq_stubs[]; // 16 bytes for each line
void uk_interrupt(unsigned vector);
}

namespace uk {
namespace {

using namespace x86;

constexpr uint64_t kIst = 5; // as the common exceptions
constexpr unsigned kGates = kFirstIrqVector + kIrqLines;

constinit Gate g_gates[kGates]{};
using Handler = void (*)(unsigned line);
constinit Handler g_handler = nullptr;

} // namespace

void x86::irq_init(void (*handler)(unsigned line)) {
    hal::IrqState state = hal::irq_save();
    g_handler = handler;
    TablePointer now{};
    asm volatile("sidt %0" : "=m"(now));
    const auto* gates = reinterpret_cast<const Gate*>(now.base);
    for (unsigned i = 0; i < kFirstIrqVector; i++) {
        g_gates[i] = gates[i];
    }
    auto address = reinterpret_cast<uint64_t>(uk_irq_stubs);
    for (unsigned i = kFirstIrqVector; i < kGates; i++) {
        g_gates[i] = gate_to(address, kIst);
        address += 16;
    }
    load_gates(g_gates);
    hal::irq_restore(state);
}

} // namespace uk

// Called by uk_trap() for vectors above those of exceptions.
void uk_interrupt(unsigned vector) {
    uk::hal::g_handlers++;
    uk::g_handler(vector - uk::x86::kFirstIrqVector);
    uk::hal::g_handlers--;
}
