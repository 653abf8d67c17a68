/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing: included by lwIP, not used by what we compile. */
