/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once
#ifdef CONFIG_HAL_IRQ_LINES
#define UK_IRQ_LINES 48 /* vectors from 32 on that lead to the platform */
#else
#define UK_IRQ_LINES 16
#endif
