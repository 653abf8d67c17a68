# SPDX-License-Identifier: BSD-3-Clause
# KVM guest on x86_64: sources, and how they are compiled and linked.
ARCHFLAGS-y += -mcmodel=kernel -fno-pic # the second for assembly, too
PLAT_LDSCRIPT := $(UK_BASE)/arch/x86_64/boot/image.lds.S
PLAT_LDFLAGS-y += --nmagic

LIBKVM_SRCS-y += $(addprefix $(LIBKVM_ISA)/,start.cpp console.cpp|isr power.cpp clock.cpp|isr clock_wall.cpp clock_idle.cpp|isr)
LIBKVM_SRCS-$(CONFIG_HAL_IRQ_LINES) += $(LIBKVM_ISA)/irq_lines.cpp|isr
LIBKVM_SRCS-$(and $(CONFIG_HAL_IRQ_LINES),$(CONFIG_LIBUKTEST)) += $(LIBKVM_ISA)/tests/irq_line_guest.cpp|isr
LIBKVM_SRCS-$(CONFIG_LIBUKSMP) += $(addprefix $(LIBKVM_ISA)/smp/,cpus.cpp cpu_start.S messages.cpp|isr)
