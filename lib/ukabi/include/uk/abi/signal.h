/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals: numbers, sets, actions, what a handler is told. */
#pragma once

#include <uk/abi/types.h>
#include <uk/abi/isa/signal.h>

/* Bit n - 1 is signal n. Signals below UK_SIGRTMIN stay pending once, the others are queued. */
struct uk_sigset {
    uint64_t bits;
};
typedef struct uk_sigset uk_sigset_t;
#define UK_NSIG 64
#define UK_SIGRTMIN 32 /* a libc may keep the first few for itself */
#define UK_SIGRTMAX 64

union uk_sigval {
    int32_t sival_int;
    void* sival_ptr;
};

struct uk_siginfo {
    int32_t si_signo;
    int32_t si_errno;
    int32_t si_code;
    union uk_sifields {
        int32_t uk_size[28]; /* all of it has 128 bytes */
        struct uk_si_kill {
            uk_pid_t pid;
            uk_uid_t uid;
        } kill;
        struct uk_si_timer {
            uk_timer_t timerid;
            int32_t overrun;
            union uk_sigval value;
        } timer;
        struct uk_si_rt {
            uk_pid_t pid;
            uk_uid_t uid;
            union uk_sigval value;
        } rt;
        struct uk_si_child {
            uk_pid_t pid;
            uk_uid_t uid;
            int32_t status;
            uk_clock_t utime;
            uk_clock_t stime;
        } child;
        struct uk_si_fault {
            void* addr;
            int16_t addr_lsb;
            void* lower;
            void* upper;
        } fault;
        struct uk_si_poll {
            int64_t band;
            int32_t fd;
        } poll;
    } fields __attribute__((aligned(8)));
};

/* What sigaltstack() takes. */
struct uk_stack {
    void* ss_sp;
    int32_t ss_flags;
    uk_size_t ss_size;
};

/* What rt_sigaction() takes; `handler` may be UK_SIG_DFL or UK_SIG_IGN, and gets its second and
   third argument if `flags` has UK_SA_SIGINFO. */
struct uk_sigaction {
    void (*handler)(int number, struct uk_siginfo* info, void* context);
    uint64_t flags;
    void (*restorer)(void);
    uk_sigset_t mask;
};
#define UK_SIG_DFL 0
#define UK_SIG_IGN 1
#define UK_SIG_ERR (-1)

struct uk_sigevent {
    union uk_sigval sigev_value;
    int32_t sigev_signo;
    int32_t sigev_notify;
    union uk_sigev_how {
        int32_t uk_size[12];
        uk_pid_t tid;
        struct uk_sigev_thread {
            void (*function)(union uk_sigval value);
            void* attribute;
        } thread;
    } how;
};

/* The registers are the ISA's, and so is what a handler's third argument points to: uk_sigcontext,
   uk_ucontext. */

/* signals */
#define UK_SIGHUP 1
#define UK_SIGINT 2
#define UK_SIGQUIT 3
#define UK_SIGILL 4
#define UK_SIGTRAP 5
#define UK_SIGABRT 6
#define UK_SIGIOT 6
#define UK_SIGBUS 7
#define UK_SIGFPE 8
#define UK_SIGKILL 9
#define UK_SIGUSR1 10
#define UK_SIGSEGV 11
#define UK_SIGUSR2 12
#define UK_SIGPIPE 13
#define UK_SIGALRM 14
#define UK_SIGTERM 15
#define UK_SIGSTKFLT 16
#define UK_SIGCHLD 17
#define UK_SIGCONT 18
#define UK_SIGSTOP 19
#define UK_SIGTSTP 20
#define UK_SIGTTIN 21
#define UK_SIGTTOU 22
#define UK_SIGURG 23
#define UK_SIGXCPU 24
#define UK_SIGXFSZ 25
#define UK_SIGVTALRM 26
#define UK_SIGPROF 27
#define UK_SIGWINCH 28
#define UK_SIGIO 29
#define UK_SIGPOLL 29
#define UK_SIGPWR 30
#define UK_SIGSYS 31

/* how a mask is changed */
#define UK_SIG_BLOCK 0
#define UK_SIG_UNBLOCK 1
#define UK_SIG_SETMASK 2

/* sa_flags */
#define UK_SA_NOCLDSTOP 0x1
#define UK_SA_NOCLDWAIT 0x2
#define UK_SA_SIGINFO 0x4
#define UK_SA_UNSUPPORTED 0x400
#define UK_SA_RESTORER 0x4000000
#define UK_SA_ONSTACK 0x8000000
#define UK_SA_RESTART 0x10000000
#define UK_SA_NODEFER 0x40000000
#define UK_SA_RESETHAND 0x80000000U

/* ss_flags */
#define UK_SS_ONSTACK 0x1
#define UK_SS_DISABLE 0x2
#define UK_SS_AUTODISARM 0x80000000U

/* si_code: who sent it */
#define UK_SI_USER 0
#define UK_SI_KERNEL 128
#define UK_SI_QUEUE (-1)
#define UK_SI_TIMER (-2)
#define UK_SI_MESGQ (-3)
#define UK_SI_ASYNCIO (-4)
#define UK_SI_SIGIO (-5)
#define UK_SI_TKILL (-6)

/* si_code of SIGILL */
#define UK_ILL_ILLOPC 1
#define UK_ILL_ILLOPN 2
#define UK_ILL_ILLADR 3
#define UK_ILL_ILLTRP 4
#define UK_ILL_PRVOPC 5
#define UK_ILL_PRVREG 6
#define UK_ILL_COPROC 7
#define UK_ILL_BADSTK 8
#define UK_ILL_BADIADDR 9

/* si_code of SIGFPE */
#define UK_FPE_INTDIV 1
#define UK_FPE_INTOVF 2
#define UK_FPE_FLTDIV 3
#define UK_FPE_FLTOVF 4
#define UK_FPE_FLTUND 5
#define UK_FPE_FLTRES 6
#define UK_FPE_FLTINV 7
#define UK_FPE_FLTSUB 8
#define UK_FPE_FLTUNK 14
#define UK_FPE_CONDTRAP 15

/* si_code of SIGSEGV */
#define UK_SEGV_MAPERR 1
#define UK_SEGV_ACCERR 2
#define UK_SEGV_BNDERR 3
#define UK_SEGV_PKUERR 4

/* si_code of SIGBUS */
#define UK_BUS_ADRALN 1
#define UK_BUS_ADRERR 2
#define UK_BUS_OBJERR 3

/* si_code of SIGTRAP */
#define UK_TRAP_BRKPT 1
#define UK_TRAP_TRACE 2
#define UK_TRAP_BRANCH 3
#define UK_TRAP_HWBKPT 4

/* si_code of SIGCHLD */
#define UK_CLD_EXITED 1
#define UK_CLD_KILLED 2
#define UK_CLD_DUMPED 3
#define UK_CLD_TRAPPED 4
#define UK_CLD_STOPPED 5
#define UK_CLD_CONTINUED 6

/* si_code of SIGPOLL */
#define UK_POLL_IN 1
#define UK_POLL_OUT 2
#define UK_POLL_MSG 3
#define UK_POLL_ERR 4
#define UK_POLL_PRI 5
#define UK_POLL_HUP 6

/* sigev_notify */
#define UK_SIGEV_SIGNAL 0
#define UK_SIGEV_NONE 1
#define UK_SIGEV_THREAD 2
#define UK_SIGEV_THREAD_ID 4
