/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of the marker instructions around each measured loop.
 *
 * Loop N runs between marker 2 N + 0x100 and the next one. Before it the image prints
 *
 *     measure <name> marks <first> <last> operations <how many>
 *
 * with all numbers in decimal. tests/bench/icount.c reports the instruction count at each marker,
 * so (count at last - count at first) / operations is the cost of one operation, the loop around it
 * included: about two instructions. Every loop runs once before its first marker, so what happens
 * only on first use is not measured.
 */
#pragma once

#define BENCH_MARK_FIRST(index) (0x100 + 2 * (index))
#define BENCH_MARK_LAST(index) (0x101 + 2 * (index))
