/* SPDX-License-Identifier: BSD-3-Clause */
/* <setjmp.h>: newlib's, and POSIX's jumps that restore the mask of signals. */
#ifndef _UK_NEWLIB_SETJMP_H_
#define _UK_NEWLIB_SETJMP_H_

#include_next <setjmp.h>
#include <sys/_sigset.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    jmp_buf __place;
    int __has_mask;
    __sigset_t __mask;
} sigjmp_buf[1];

void __sigsetjmp_mask(sigjmp_buf place, int save);
void siglongjmp(sigjmp_buf place, int value) __attribute__((__noreturn__));

#ifdef __cplusplus
}
#endif

/* A macro: the place is in the function that calls. */
#define sigsetjmp(place, save) (__sigsetjmp_mask((place), (save)), setjmp((place)->__place))
#define _setjmp(place) setjmp(place)
#define _longjmp(place, value) longjmp((place), (value))

#endif /* _UK_NEWLIB_SETJMP_H_ */
