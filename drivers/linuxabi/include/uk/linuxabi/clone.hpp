// SPDX-License-Identifier: BSD-3-Clause
// Threads of the host.
#pragma once

// A thread that begins in entry(argument), which does not return, on the stack that ends at
// `stack`, aligned to 16, with the signals blocked that are blocked here. Its id, also in *id
// before it runs (kCloneThread), or -errno.
extern "C" long uk_linuxabi_clone(long flags, void* stack, int* id, void (*entry)(void* argument),
                                  void* argument);
