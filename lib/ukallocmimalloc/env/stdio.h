/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing: included by mimalloc, not used by what we compile. */
