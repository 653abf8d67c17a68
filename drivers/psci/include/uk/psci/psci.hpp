// SPDX-License-Identifier: BSD-3-Clause
// How firmware or a hypervisor is asked to switch an Arm machine off, reset it, or start a CPU.
// (Arm Power State Coordination Interface, DEN0022; numbers are its sections. The calling
// convention is Arm SMCCC, DEN0028.)
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::psci {

// The way a call leaves this world: `hvc #0` or `smc #0` with the function in w0, arguments in x1
// to x3; returns x0. Only x0 to x17 may change (SMCCC 1.1: x4 to x17 are kept).
template <class C>
concept Conduit = std::copyable<C> && requires(C& c, uint32_t function, uint64_t argument) {
    { c.call(function, argument, argument, argument) } -> std::same_as<uint64_t>;
};

// 5.1: functions. Those with bit 30 take 64-bit arguments.
enum class Function : uint32_t {
    version = 0x84000000,
    cpu_suspend = 0xc4000001,
    cpu_off = 0x84000002,
    cpu_on = 0xc4000003,
    affinity_info = 0xc4000004,
    system_off = 0x84000008,
    system_reset = 0x84000009,
    features = 0x8400000a,
};

// 5.2.2: return codes.
enum class Status : int32_t {
    success = 0,
    not_supported = -1,
    invalid_parameters = -2,
    denied = -3,
    already_on = -4,
    on_pending = -5,
    internal_failure = -6,
    not_present = -7,
    disabled = -8,
    invalid_address = -9,
};

constexpr Errno errno_of(Status status) {
    switch (status) {
    case Status::success:
        return Errno::ok;
    case Status::not_supported:
        return Errno::nosys;
    case Status::invalid_parameters:
        return Errno::inval;
    case Status::denied:
        return Errno::perm;
    case Status::already_on:
        return Errno::exist;
    case Status::on_pending:
        return Errno::already;
    case Status::not_present:
    case Status::disabled:
        return Errno::nodev;
    case Status::invalid_address:
        return Errno::fault;
    case Status::internal_failure:
        break;
    }
    return Errno::io; // also what no version of the specification knows
}

struct Version {
    uint16_t major = 0;
    uint16_t minor = 0;
};

// Pure logic over a conduit; no state, so from anywhere and any CPU.
template <Conduit C>
class Psci {
  public:
    explicit constexpr Psci(C conduit) : conduit_(conduit) {}

    // 5.3. Errors: ENOSYS (nobody answers, or one older than 0.2, which numbered its functions
    // freely: do not call the others then).
    [[nodiscard]] Result<Version> version() {
        uint32_t answer = low(call(Function::version));
        Version version{static_cast<uint16_t>(answer >> 16), static_cast<uint16_t>(answer)};
        if ((answer & 0x80000000U) != 0 || (version.major == 0 && version.minor < 2)) {
            return Errno::nosys;
        }
        return version;
    }

    // 5.9, 5.10. Return only if firmware refused, with its reason.
    [[nodiscard]] Errno system_off() { return refused(call(Function::system_off)); }
    [[nodiscard]] Errno system_reset() { return refused(call(Function::system_reset)); }

    // 5.6: starts the CPU whose MPIDR_EL1 affinity fields are `affinity` at physical address
    // `entry`, MMU off, x0 = `context`. Errors: EEXIST (runs already), EALREADY (is starting),
    // EINVAL (no such CPU), EFAULT (no such address), EPERM, ENODEV, ENOSYS, EIO.
    [[nodiscard]] Result<> cpu_on(uint64_t affinity, uint64_t entry, uint64_t context) {
        return errno_of(status(call(Function::cpu_on, affinity, entry, context)));
    }

  private:
    static constexpr uint32_t low(uint64_t answer) { return static_cast<uint32_t>(answer); }
    static constexpr Status status(uint64_t answer) {
        return static_cast<Status>(static_cast<int32_t>(low(answer)));
    }
    // "Success" of a call that does not return is a firmware that did nothing.
    static constexpr Errno refused(uint64_t answer) {
        Errno code = errno_of(status(answer));
        return code == Errno::ok ? Errno::io : code;
    }
    uint64_t call(Function function, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0) {
        return conduit_.call(static_cast<uint32_t>(function), a, b, c);
    }

    C conduit_;
};

} // namespace uk::psci
