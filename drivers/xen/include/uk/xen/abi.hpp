// SPDX-License-Identifier: BSD-3-Clause
// Numbers and structures of Xen's interface for guests (Xen public/xen.h and what is named below),
// as far as this system uses them. Layouts are those of x86-64.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/clocksource/pvclock.hpp>

namespace uk::xen {

// Numbers of hypercalls.
enum class Call : uint32_t {
    memory = 12,
    version = 17,
    console = 18,
    grant_table = 20,
    vcpu = 24,
    sched = 29,
    event_channel = 32,
    hvm = 34,
};

using DomId = uint16_t;
inline constexpr DomId kSelf = 0x7ff0;

// public/memory.h
inline constexpr uint64_t kAddToPhysmap = 7;
inline constexpr uint64_t kMemoryMap = 9;
enum class MapSpace : uint32_t { shared_info = 0, grant_table = 1 };

struct AddToPhysmap {
    DomId domain;
    uint16_t size;
    MapSpace space;
    uint64_t index;
    uint64_t frame; // where in the guest's memory it shall appear
};
static_assert(sizeof(AddToPhysmap) == 24);

struct MemoryMap {
    uint32_t count; // in: entries that `buffer` can take; out: entries stored
    uint32_t padding;
    void* buffer;
};

// As the BIOS's call 0xe820 lays it out, without padding.
struct [[gnu::packed]] MemoryMapEntry {
    uint64_t start;
    uint64_t size;
    uint32_t type;
};
static_assert(sizeof(MemoryMapEntry) == 20);

// public/hvm/hvm_op.h, public/hvm/params.h
inline constexpr uint64_t kSetParameter = 0;
inline constexpr uint64_t kGetParameter = 1;
inline constexpr uint64_t kFlushTlbs =
    5; // of all this domain's CPUs, global pages too; no argument
enum class Parameter : uint32_t {
    callback = 0,
    store_frame = 1,
    store_port = 2,
    console_frame = 17,
    console_port = 18,
};
inline constexpr uint64_t kCallbackIsVector = uint64_t{2} << 56;

struct ParameterCall {
    DomId domain;
    uint16_t padding;
    Parameter index;
    uint64_t value;
};
static_assert(sizeof(ParameterCall) == 16);

// public/sched.h
inline constexpr uint64_t kYield = 0;
inline constexpr uint64_t kShutdown = 2;
enum class ShutdownReason : uint32_t { power_off = 0, reboot = 1, suspend = 2, crash = 3 };

// public/event_channel.h
using EventPort = uint32_t;
inline constexpr uint64_t kBindInterdomain = 0;
inline constexpr uint64_t kBindVirq = 1;
inline constexpr uint64_t kCloseEvent = 3;
inline constexpr uint64_t kSendEvent = 4;
inline constexpr uint64_t kAllocateUnbound = 6;
inline constexpr uint64_t kBindIpi = 7;
inline constexpr uint64_t kUnmaskEvent = 9;

struct BindInterdomain {
    DomId remote_domain;
    uint16_t padding;
    EventPort remote_port;
    EventPort local_port; // out
};
static_assert(sizeof(BindInterdomain) == 12);

struct AllocateUnbound {
    DomId domain;
    DomId remote_domain;
    EventPort port; // out
};
static_assert(sizeof(AllocateUnbound) == 8);

struct BindVirq {
    uint32_t virq;
    uint32_t vcpu;
    EventPort port; // out
};
inline constexpr uint32_t kVirqTimer = 0;
inline constexpr uint32_t kVirqConsole = 2; // for the control domain: something was typed

struct BindIpi {
    uint32_t vcpu;
    EventPort port; // out
};

// public/vcpu.h
inline constexpr uint64_t kInitialise = 0;
inline constexpr uint64_t kUp = 1;
inline constexpr uint64_t kIsUp = 3;
inline constexpr uint64_t kStopPeriodicTimer = 7;
inline constexpr uint64_t kSetSingleshotTimer = 8;

struct SingleshotTimer {
    uint64_t at_ns; // system time
    uint32_t flags;
    uint32_t padding;
};

// public/hvm/hvm_vcpu.h: how a CPU begins, in 64-bit mode.
struct VcpuContext {
    uint32_t mode; // 1: the registers below
    uint32_t padding;
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, rip, rflags;
    uint64_t cr0, cr3, cr4, efer;
    uint64_t unused[2]; // the union is as large as its 32-bit member
};

// public/xen.h: console_io
inline constexpr uint64_t kConsoleWrite = 0;
inline constexpr uint64_t kConsoleRead = 1;

// public/grant_table.h
inline constexpr uint64_t kGrantCopy = 5;
inline constexpr uint64_t kGrantQuerySize = 6;

// hvm_start_info.flags: this is the domain that controls the machine.
inline constexpr uint32_t kInitialDomain = 1U << 1;

// public/xen.h: shared between guest and hypervisor, all of it volatile.
struct VcpuInfo {
    uint8_t upcall_pending;
    uint8_t upcall_mask; // PV guests only
    uint8_t padding[6];
    uint64_t pending_words; // bit N: look at pending[N]
    uint64_t architecture[2];
    clocksource::PvclockPage time;
};
static_assert(sizeof(VcpuInfo) == 64 && offsetof(VcpuInfo, time) == 32);

inline constexpr unsigned kEventWords = 64;
inline constexpr unsigned kEventPorts = kEventWords * 64;

inline constexpr unsigned kMostVcpus = 32; // whose VcpuInfo is here

struct SharedInfo {
    VcpuInfo vcpu[kMostVcpus];
    uint64_t pending[kEventWords]; // a bit for each event channel
    uint64_t mask[kEventWords];
    clocksource::PvclockWall wall;
    uint32_t wall_seconds_high;
    uint64_t architecture[6];
};
static_assert(offsetof(SharedInfo, pending) == 2048 && offsetof(SharedInfo, wall) == 3072);

} // namespace uk::xen
