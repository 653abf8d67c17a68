// SPDX-License-Identifier: BSD-3-Clause
// Interrupts of a native arm64 image, for its platform: the exception, the CPU interface of GICv3,
// the virtual timer.
#pragma once

#include <cstdint>

namespace uk::arm64 {

// Lets interrupts call `handler`. It runs with interrupts off, may use no vector registers (compile
// it with |isr), must acknowledge the interrupt and may not block. Once, in thread context; before,
// an interrupt is a crash.
void irq_init(void (*handler)());

// MPIDR_EL1: which CPU this is.
[[nodiscard]] inline uint64_t cpu_affinity() {
    uint64_t value;
    asm volatile("mrs %0, mpidr_el1" : "=r"(value));
    return value;
}

// Model of intctlr::GicCpuRegisters. By encoding: assemblers know the names only with an option.
struct GicCpu {
    static uint32_t sre() {
        uint64_t value;
        asm volatile("mrs %0, s3_0_c12_c12_5" : "=r"(value)); // ICC_SRE_EL1
        return static_cast<uint32_t>(value);
    }
    static void set_sre(uint32_t value) {
        asm volatile("msr s3_0_c12_c12_5, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static void set_pmr(uint32_t value) {
        asm volatile("msr s3_0_c4_c6_0, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static void set_bpr1(uint32_t value) {
        asm volatile("msr s3_0_c12_c12_3, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static uint32_t ctlr() {
        uint64_t value;
        asm volatile("mrs %0, s3_0_c12_c12_4" : "=r"(value));
        return static_cast<uint32_t>(value);
    }
    static void set_ctlr(uint32_t value) {
        asm volatile("msr s3_0_c12_c12_4, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static void set_igrpen1(uint32_t value) {
        asm volatile("msr s3_0_c12_c12_7, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static uint32_t iar1() {
        uint64_t value;
        asm volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(value) : : "memory");
        return static_cast<uint32_t>(value);
    }
    static void set_eoir1(uint32_t value) {
        asm volatile("msr s3_0_c12_c12_1, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
    static void set_sgi1r(uint64_t request) {
        asm volatile("dsb ishst\n\tmsr s3_0_c12_c11_5, %0\n\tisb" : : "r"(request) : "memory");
    }
};

// Model of clocksource::TimerRegisters: the virtual timer, which needs no right from a hypervisor.
struct VirtualTimer {
    static uint64_t frequency() {
        uint64_t value;
        asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
        return value;
    }
    static uint64_t count() {
        uint64_t value;
        asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
        return value;
    }
    static void set_compare(uint64_t value) {
        asm volatile("msr cntv_cval_el0, %0\n\tisb" : : "r"(value) : "memory");
    }
    static uint32_t control() {
        uint64_t value;
        asm volatile("mrs %0, cntv_ctl_el0" : "=r"(value) : : "memory");
        return static_cast<uint32_t>(value);
    }
    static void set_control(uint32_t value) {
        asm volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(uint64_t{value}) : "memory");
    }
};

} // namespace uk::arm64
