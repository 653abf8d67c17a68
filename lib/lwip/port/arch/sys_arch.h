/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing: lwIP runs without threads, semaphores and mailboxes of its own (NO_SYS), under the one
 * lock of <uk/lwip/stack.hpp>. */
