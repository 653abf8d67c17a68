/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals: Linux's numbers and structures, as the system calls take them. */
#pragma once

#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <uk/abi/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

typedef void (*_sig_func_ptr)(int);

union sigval {
    int sival_int;
    void* sival_ptr;
};
typedef union sigval sigval_t;

typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    int __pad;
    union {
        int __size[28];
        struct {
            pid_t __pid;
            uid_t __uid;
            union {
                union sigval __value;
                struct {
                    int __status;
                    clock_t __utime;
                    clock_t __stime;
                } __child;
            } __more;
        } __sender;
        struct {
            int __id;
            int __overrun;
            union sigval __value;
        } __timer;
        struct {
            void* __addr;
            short __addr_lsb;
            void* __lower;
            void* __upper;
        } __fault;
        struct {
            long __band;
            int __fd;
        } __poll;
    } __fields;
} siginfo_t;
#define si_pid __fields.__sender.__pid
#define si_uid __fields.__sender.__uid
#define si_value __fields.__sender.__more.__value
#define si_int si_value.sival_int
#define si_ptr si_value.sival_ptr
#define si_status __fields.__sender.__more.__child.__status
#define si_utime __fields.__sender.__more.__child.__utime
#define si_stime __fields.__sender.__more.__child.__stime
#define si_timerid __fields.__timer.__id
#define si_overrun __fields.__timer.__overrun
#define si_addr __fields.__fault.__addr
#define si_addr_lsb __fields.__fault.__addr_lsb
#define si_lower __fields.__fault.__lower
#define si_upper __fields.__fault.__upper
#define si_band __fields.__poll.__band
#define si_fd __fields.__poll.__fd

struct sigaction {
    union {
        _sig_func_ptr __plain;
        void (*__info)(int, siginfo_t*, void*);
    } __handler;
    unsigned long sa_flags;
    void (*sa_restorer)(void);
    sigset_t sa_mask;
};
#define sa_handler __handler.__plain
#define sa_sigaction __handler.__info

typedef struct sigaltstack {
    void* ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

struct sigevent {
    union sigval sigev_value;
    int sigev_signo;
    int sigev_notify;
    union {
        int __size[12];
        pid_t __tid;
        struct {
            void (*__function)(union sigval);
            pthread_attr_t* __attributes;
        } __of_thread;
    } __how;
};
#define sigev_notify_function __how.__of_thread.__function
#define sigev_notify_attributes __how.__of_thread.__attributes
#define sigev_notify_thread_id __how.__tid

int sigemptyset(sigset_t* set);
int sigfillset(sigset_t* set);
int sigaddset(sigset_t* set, int number);
int sigdelset(sigset_t* set, int number);
int sigismember(const sigset_t* set, int number);
int sigprocmask(int how, const sigset_t* set, sigset_t* before);
int sigaction(int number, const struct sigaction* action, struct sigaction* before);
int sigaltstack(const stack_t* __restrict stack, stack_t* __restrict before);
int sigpending(sigset_t* set);
int sigsuspend(const sigset_t* mask);
int sigwait(const sigset_t* __restrict set, int* __restrict number);
int sigwaitinfo(const sigset_t* __restrict set, siginfo_t* __restrict info);
int sigtimedwait(const sigset_t* __restrict set, siginfo_t* __restrict info,
                 const struct timespec* __restrict timeout);
int sigqueue(pid_t pid, int number, union sigval value);
int siginterrupt(int number, int flag);
int kill(pid_t pid, int number);
int killpg(pid_t group, int number);
int pthread_kill(pthread_t thread, int number);
int pthread_sigmask(int how, const sigset_t* set, sigset_t* before);

#ifdef __cplusplus
}
#endif

#define SIGHUP UK_SIGHUP
#define SIGINT UK_SIGINT
#define SIGQUIT UK_SIGQUIT
#define SIGILL UK_SIGILL
#define SIGTRAP UK_SIGTRAP
#define SIGABRT UK_SIGABRT
#define SIGIOT UK_SIGIOT
#define SIGBUS UK_SIGBUS
#define SIGFPE UK_SIGFPE
#define SIGKILL UK_SIGKILL
#define SIGUSR1 UK_SIGUSR1
#define SIGSEGV UK_SIGSEGV
#define SIGUSR2 UK_SIGUSR2
#define SIGPIPE UK_SIGPIPE
#define SIGALRM UK_SIGALRM
#define SIGTERM UK_SIGTERM
#define SIGSTKFLT UK_SIGSTKFLT
#define SIGCHLD UK_SIGCHLD
#define SIGCONT UK_SIGCONT
#define SIGSTOP UK_SIGSTOP
#define SIGTSTP UK_SIGTSTP
#define SIGTTIN UK_SIGTTIN
#define SIGTTOU UK_SIGTTOU
#define SIGURG UK_SIGURG
#define SIGXCPU UK_SIGXCPU
#define SIGXFSZ UK_SIGXFSZ
#define SIGVTALRM UK_SIGVTALRM
#define SIGPROF UK_SIGPROF
#define SIGWINCH UK_SIGWINCH
#define SIGIO UK_SIGIO
#define SIGPOLL UK_SIGPOLL
#define SIGPWR UK_SIGPWR
#define SIGSYS UK_SIGSYS
#define SIG_BLOCK UK_SIG_BLOCK
#define SIG_UNBLOCK UK_SIG_UNBLOCK
#define SIG_SETMASK UK_SIG_SETMASK
#define SA_NOCLDSTOP UK_SA_NOCLDSTOP
#define SA_NOCLDWAIT UK_SA_NOCLDWAIT
#define SA_SIGINFO UK_SA_SIGINFO
#define SA_UNSUPPORTED UK_SA_UNSUPPORTED
#define SA_RESTORER UK_SA_RESTORER
#define SA_ONSTACK UK_SA_ONSTACK
#define SA_RESTART UK_SA_RESTART
#define SA_NODEFER UK_SA_NODEFER
#define SA_RESETHAND UK_SA_RESETHAND
#define SS_ONSTACK UK_SS_ONSTACK
#define SS_DISABLE UK_SS_DISABLE
#define SS_AUTODISARM UK_SS_AUTODISARM
#define SI_USER UK_SI_USER
#define SI_KERNEL UK_SI_KERNEL
#define SI_QUEUE UK_SI_QUEUE
#define SI_TIMER UK_SI_TIMER
#define SI_MESGQ UK_SI_MESGQ
#define SI_ASYNCIO UK_SI_ASYNCIO
#define SI_SIGIO UK_SI_SIGIO
#define SI_TKILL UK_SI_TKILL
#define ILL_ILLOPC UK_ILL_ILLOPC
#define ILL_ILLOPN UK_ILL_ILLOPN
#define ILL_ILLADR UK_ILL_ILLADR
#define ILL_ILLTRP UK_ILL_ILLTRP
#define ILL_PRVOPC UK_ILL_PRVOPC
#define ILL_PRVREG UK_ILL_PRVREG
#define ILL_COPROC UK_ILL_COPROC
#define ILL_BADSTK UK_ILL_BADSTK
#define ILL_BADIADDR UK_ILL_BADIADDR
#define FPE_INTDIV UK_FPE_INTDIV
#define FPE_INTOVF UK_FPE_INTOVF
#define FPE_FLTDIV UK_FPE_FLTDIV
#define FPE_FLTOVF UK_FPE_FLTOVF
#define FPE_FLTUND UK_FPE_FLTUND
#define FPE_FLTRES UK_FPE_FLTRES
#define FPE_FLTINV UK_FPE_FLTINV
#define FPE_FLTSUB UK_FPE_FLTSUB
#define FPE_FLTUNK UK_FPE_FLTUNK
#define FPE_CONDTRAP UK_FPE_CONDTRAP
#define SEGV_MAPERR UK_SEGV_MAPERR
#define SEGV_ACCERR UK_SEGV_ACCERR
#define SEGV_BNDERR UK_SEGV_BNDERR
#define SEGV_PKUERR UK_SEGV_PKUERR
#define BUS_ADRALN UK_BUS_ADRALN
#define BUS_ADRERR UK_BUS_ADRERR
#define BUS_OBJERR UK_BUS_OBJERR
#define TRAP_BRKPT UK_TRAP_BRKPT
#define TRAP_TRACE UK_TRAP_TRACE
#define TRAP_BRANCH UK_TRAP_BRANCH
#define TRAP_HWBKPT UK_TRAP_HWBKPT
#define CLD_EXITED UK_CLD_EXITED
#define CLD_KILLED UK_CLD_KILLED
#define CLD_DUMPED UK_CLD_DUMPED
#define CLD_TRAPPED UK_CLD_TRAPPED
#define CLD_STOPPED UK_CLD_STOPPED
#define CLD_CONTINUED UK_CLD_CONTINUED
#define POLL_IN UK_POLL_IN
#define POLL_OUT UK_POLL_OUT
#define POLL_MSG UK_POLL_MSG
#define POLL_ERR UK_POLL_ERR
#define POLL_PRI UK_POLL_PRI
#define POLL_HUP UK_POLL_HUP
#define SIGEV_SIGNAL UK_SIGEV_SIGNAL
#define SIGEV_NONE UK_SIGEV_NONE
#define SIGEV_THREAD UK_SIGEV_THREAD
#define SIGEV_THREAD_ID UK_SIGEV_THREAD_ID
#define MINSIGSTKSZ UK_MINSIGSTKSZ
#define SIGSTKSZ UK_SIGSTKSZ

#define SIGCLD SIGCHLD
#define SA_NOMASK SA_NODEFER
#define SA_ONESHOT SA_RESETHAND
/* The library keeps the first three for itself. */
#define SIGRTMIN (UK_SIGRTMIN + 3)
#define SIGRTMAX UK_SIGRTMAX
#define _NSIG (UK_NSIG + 1)
#define NSIG _NSIG

/* Programs include either; <signal.h> has the rest. */
#include <signal.h>
