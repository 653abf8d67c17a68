/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing: mimalloc brings the numbers that it needs, and does not set errno in what we compile. */
