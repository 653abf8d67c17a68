/* SPDX-License-Identifier: BSD-3-Clause */
/* What each CPU's control registers are set to. For assembly. */
#ifndef UK_ARM64_BOOT_CONTROL_H
#define UK_ARM64_BOOT_CONTROL_H

/* 4 KiB pages, walks through the caches. Upper half: 48 bits. Lower half: 28 bits, one table of 2
 * MiB blocks; then nothing. */
#define TCR_UPPER ((16 << 16) | (1 << 24) | (1 << 26) | (3 << 28) | (2 << 30))
#define TCR_LOWER ((36 << 0) | (1 << 8) | (1 << 10) | (3 << 12))
#define TCR_NO_UPPER (1 << 23) /* EPD1 */
#define TCR_NO_LOWER (1 << 7)  /* EPD0 */
#define TCR_IPS_SHIFT 32
#define SCTLR_OFF 0x30d00800             /* what is always 1 */
#define SCTLR_FIRST (SCTLR_OFF | 0x101d) /* I, SA0, SA, C, M */
#define SCTLR_WXN (1 << 19)
#define HCR_EL2_VALUE ((1 << 31) | (1 << 29)) /* EL1 is 64-bit; no hypervisor calls to us */
#define CPTR_EL2_VALUE 0x33ff                 /* what is always 1; no traps of FP and SIMD */
#define SPSR_EL1H 0x3c5                       /* EL1, its own stack pointer, all masked */
#define CPACR_FP (3 << 20)

#endif /* UK_ARM64_BOOT_CONTROL_H */
