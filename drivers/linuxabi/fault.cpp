// SPDX-License-Identifier: BSD-3-Clause
// Names of faults (uapi asm-generic/siginfo.h).
#include <uk/linuxabi/fault.hpp>

namespace uk::linuxabi {
namespace {

struct FaultText {
    int signal;
    int code; // 0 = any other
    const char* detail;
};
constexpr FaultText kFaults[] = {
    {kSigsegv, 128, "address that no pointer can have, or a privileged instruction"},
    {kSigbus, 1, "misaligned address"},
    {kSigbus, 2, "address beyond the end of what is mapped there"},
    {kSigbus, 0, "memory error"},
    {kSigfpe, 1, "integer division by zero, or its result does not fit"},
    {kSigfpe, 0, "floating-point error"},
    {kSigill, 0, "illegal instruction"},
    {kSigtrap, 0, "breakpoint"},
};

} // namespace

const char* signal_name(int signal) {
    return signal == kSigill    ? "SIGILL"
           : signal == kSigtrap ? "SIGTRAP"
           : signal == kSigbus  ? "SIGBUS"
           : signal == kSigfpe  ? "SIGFPE"
                                : "SIGSEGV";
}

const char* fault_detail(int signal, int code) {
    for (const FaultText& fault : kFaults) {
        if (fault.signal == signal && (fault.code == code || fault.code == 0)) {
            return fault.detail;
        }
    }
    return "";
}

} // namespace uk::linuxabi
