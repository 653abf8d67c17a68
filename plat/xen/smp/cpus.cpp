// SPDX-License-Identifier: BSD-3-Clause
// The virtual CPUs of a domain: Xen lets them begin in 64-bit mode, and rings event channels on
// them.
#include "cpus.hpp"

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/x86/cpus.hpp>
#include <uk/x86/layout.h>

#include "events.hpp"
#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

constinit unsigned g_count = 0;   // 0: not counted yet
constinit unsigned g_running = 1; // CPUs below this number have their channels
constinit Atomic<bool> g_are_others{false};

Result<> bind_messages(unsigned cpu) {
    for (Channel channel : {Channel::kick, Channel::stop}) {
        BindIpi request{cpu, 0};
        UK_TRY(call(Call::event_channel, kBindIpi, &request));
        give_channel(channel, request.port, cpu);
        UK_TRY(unmask(request.port));
    }
    return {};
}

constexpr uint64_t kEferLma = 0x400; // in 64-bit mode already

Result<> begin(unsigned cpu, const void* stack, const void* memory) {
    VcpuContext context{};
    context.mode = 1;
    context.rdi = reinterpret_cast<uint64_t>(memory);
    context.rsp = reinterpret_cast<uint64_t>(stack);
    context.rip = reinterpret_cast<uint64_t>(uk_cpu_entry);
    context.rflags = 2; // always set; interrupts off
    context.cr0 = UK_CR0_VALUE;
    context.cr3 = x86::root_table_address();
    context.cr4 = UK_CR4;
    context.efer = UK_EFER | kEferLma;
    UK_TRY(call(Call::vcpu, kInitialise, cpu, reinterpret_cast<uint64_t>(&context)));
    UK_TRY(call(Call::vcpu, kUp, cpu));
    return {};
}

EventPort port_of(Channel channel, unsigned cpu) {
    return g_channels[cpu][static_cast<unsigned>(channel)];
}

void send(Channel channel, unsigned cpu) {
    EventPort port = port_of(channel, cpu);
    (void)call(Call::event_channel, kSendEvent, &port).ok(); // our own channel: it exists
}

} // namespace

// Xen answers for a CPU that the domain has, up or not.
unsigned hal::cpu_count() {
    constexpr unsigned kMost = min(kMostCpus, kMostVcpus);
    if (g_count == 0) {
        g_count = 1;
        while (g_count < kMost && call(Call::vcpu, kIsUp, g_count).ok()) {
            g_count++;
        }
    }
    return g_count;
}

Result<> hal::cpu_start(unsigned index, const CpuStart& start) {
    constexpr uint64_t kLongestNs = 2'000'000'000; // the machine may be busy with other domains
    if (index >= cpu_count()) {
        return Errno::nodev;
    }
    if (port_of(Channel::kick, 0) == 0) {
        UK_TRY(bind_messages(0));
    }
    UK_TRY(bind_messages(index));
    UK_TRY(timer_joins(index));
    void* memory = UK_TRY(x86::prepare_cpu(index, start));
    g_are_others.store_relaxed(true);
    UK_TRY(begin(index, start.stack, memory));
    for (const uint64_t since = clock_monotonic_ns(); !x86::cpu_has_come(index); xen::yield()) {
        if (clock_monotonic_ns() - since > kLongestNs) {
            return Errno::timedout;
        }
    }
    g_running = index + 1;
    return {};
}

void hal::cpu_kick(unsigned index) {
    send(Channel::kick, index);
}

// Xen does it when a CPU runs next, and stops those that run; nobody waits for one that does not.
void x86::flush_others() {
    if (g_are_others.load_relaxed()) {
        const bool flushed = call(Call::hvm, kFlushTlbs, 0).ok();
        UK_VERIFY(flushed); // refused to PV domains only
    }
}

// Xen knows which CPUs do not run.
void hal::cpu_rest_begin() {}
void hal::cpu_rest_end() {}

// Whoever is waited for may wait itself, for this CPU to use up its slice of 30 ms.
void x86::wait_a_little() {
    constexpr unsigned kSpins = 64; // a lock is seldom held for longer
    // A caller that is moved counts for another CPU, which does not matter.
    static constinit uint32_t g_spins[hal::kMostCpus]{};
    const uint32_t spins = __atomic_add_fetch(&g_spins[hal::cpu_index()], 1, __ATOMIC_RELAXED);
    if (spins % kSpins == 0) {
        xen::yield();
    }
}

void hal::cpus_stop_others() {
    for (unsigned i = 0; i < g_running && g_running > 1; i++) {
        if (i != cpu_index()) {
            send(Channel::stop, i);
        }
    }
}

} // namespace uk

// Its timer and its channels were opened by the CPU that started it.
void uk_platform_cpu_start(unsigned /*index*/) {}
