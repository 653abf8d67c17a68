/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to memcpy.S, memmove.S, memset.S: function frames. On the host they are called
 * uk_arch_<name>, so that tests can compare them with the host's own.
 *
 * Only general registers are used: these run in interrupt and fault handlers, which do not save the
 * vector registers of the code that they interrupted. Blocks up to 64 bytes take a few overlapping
 * moves, up to 256 a loop of 32 bytes, beyond that "rep movsq/stosq" on an aligned destination: as
 * fast as "rep movsb" where that is fast, and fast where it is not (measured on Zen 4; before Zen 3
 * and Ivy Bridge only the q forms are fast strings).
 */
#ifdef UK_HOST_TEST
#define NAME(name) uk_arch_##name
#else
#define NAME(name) name
#endif

#define FUNCTION(name)                                                                             \
    .section.text.name, "ax", @progbits;                                                           \
    .p2align 4;                                                                                    \
    .globl NAME(name);                                                                             \
    .hidden NAME(name);                                                                            \
    .type NAME(name), @function;                                                                   \
    NAME(name) :

#define END(name) .size NAME(name), .- NAME(name)
