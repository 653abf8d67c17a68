/* SPDX-License-Identifier: BSD-3-Clause */
/* How many vectors from 32 on lead to the platform. */
#pragma once
#ifdef CONFIG_HAL_IRQ_LINES
#define UK_IRQ_LINES 48
#else
#define UK_IRQ_LINES 16
#endif
