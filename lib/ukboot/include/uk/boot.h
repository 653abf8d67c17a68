// SPDX-License-Identifier: BSD-3-Clause
// C face of lib/ukboot: how an image ends.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Ends the image: term functions of the init table in reverse, then the machine. The program's own
// clean-up (atexit functions, destructors) is the business of its libc's exit(), which calls this
// at its end. Thread context. Called again while it runs (a term function that fails), it skips
// what is left and ends the machine at once; another thread waits for the end, 10 s at most.
__attribute__((noreturn)) void uk_exit(int status);

// Runs the program's destructors (.fini_array), last one first, if its constructors have run; once.
// For exit() of a libc. Thread context.
void uk_run_destructors(void);

#ifdef __cplusplus
}
#endif
