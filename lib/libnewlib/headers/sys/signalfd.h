/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals that are read. */
#pragma once

#include <signal.h>
#include <stdint.h>
#include <uk/abi/eventfd.h>

#ifdef __cplusplus
extern "C" {
#endif

struct signalfd_siginfo {
    uint32_t ssi_signo;
    int32_t ssi_errno;
    int32_t ssi_code;
    uint32_t ssi_pid;
    uint32_t ssi_uid;
    int32_t ssi_fd;
    uint32_t ssi_tid;
    uint32_t ssi_band;
    uint32_t ssi_overrun;
    uint32_t ssi_trapno;
    int32_t ssi_status;
    int32_t ssi_int;
    uint64_t ssi_ptr;
    uint64_t ssi_utime;
    uint64_t ssi_stime;
    uint64_t ssi_addr;
    uint16_t ssi_addr_lsb;
    uint16_t __pad1;
    int32_t ssi_syscall;
    uint64_t ssi_call_addr;
    uint32_t ssi_arch;
    uint8_t __pad2[28];
};

int signalfd(int fd, const sigset_t* mask, int flags);

#ifdef __cplusplus
}
#endif

#define SFD_CLOEXEC UK_SFD_CLOEXEC
#define SFD_NONBLOCK UK_SFD_NONBLOCK
