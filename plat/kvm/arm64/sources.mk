# SPDX-License-Identifier: BSD-3-Clause
# KVM guest on arm64: sources, and how they are linked. The image is a plain copy of memory with the header that loaders of
# Linux look for.
PLAT_LDSCRIPT := $(UK_BASE)/arch/arm64/boot/image.lds.S
PLAT_LDFLAGS-y += -z max-page-size=4096
PLAT_POST_LINK = $(OBJCOPY) -O binary $(_OUTPUT).dbg "$$OUT"

LIBKVM_SRCS-y += $(addprefix $(LIBKVM_ISA)/,start.cpp console.cpp power.cpp clock.cpp|isr interrupts.cpp|isr clock_idle.cpp|isr)
LIBKVM_SRCS-$(CONFIG_HAL_IRQ_LINES) += $(LIBKVM_ISA)/irq_lines.cpp|isr
LIBKVM_SRCS-$(CONFIG_HAL_CONSOLE_INTERRUPT) += $(LIBKVM_ISA)/console_input.cpp|isr
LIBKVM_SRCS-$(and $(CONFIG_HAL_IRQ_LINES),$(CONFIG_LIBUKTEST)) += $(LIBKVM_ISA)/tests/irq_line_guest.cpp|isr
LIBKVM_SRCS-$(CONFIG_LIBUKSMP) += $(addprefix $(LIBKVM_ISA)/smp/,cpus.cpp messages.cpp|isr)
