// SPDX-License-Identifier: BSD-3-Clause
// C face of lib/ukboot: how an image ends.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Ends the image as if main had returned `status`: destructors of the application, term functions
// of the init table in reverse, then the machine. Thread context. Called again while it runs (a
// term function that fails), it skips what is left and ends the machine at once.
__attribute__((noreturn)) void uk_exit(int status);

#ifdef __cplusplus
}
#endif
