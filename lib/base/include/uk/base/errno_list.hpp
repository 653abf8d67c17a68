// SPDX-License-Identifier: BSD-3-Clause
// The one list of error numbers: Linux values, names and texts, ascending and without gaps.
//
// UK_ERRNO_LIST(X, HOLE) expands X(identifier, value, "ENAME", "text") for each number and
// HOLE(value) for the two that Linux never assigned, so that a table made from it can be indexed by
// value. The texts are the ones POSIX systems have always printed (strerror of a libc may use
// them).
#pragma once

// clang-format off
#define UK_ERRNO_LIST(X, HOLE) \
    X(perm, 1, "EPERM", "Operation not permitted") \
    X(noent, 2, "ENOENT", "No such file or directory") \
    X(srch, 3, "ESRCH", "No such process") \
    X(intr, 4, "EINTR", "Interrupted system call") \
    X(io, 5, "EIO", "Input/output error") \
    X(nxio, 6, "ENXIO", "No such device or address") \
    X(e2big, 7, "E2BIG", "Argument list too long") \
    X(noexec, 8, "ENOEXEC", "Exec format error") \
    X(badf, 9, "EBADF", "Bad file descriptor") \
    X(child, 10, "ECHILD", "No child processes") \
    X(again, 11, "EAGAIN", "Resource temporarily unavailable") \
    X(nomem, 12, "ENOMEM", "Cannot allocate memory") \
    X(acces, 13, "EACCES", "Permission denied") \
    X(fault, 14, "EFAULT", "Bad address") \
    X(notblk, 15, "ENOTBLK", "Block device required") \
    X(busy, 16, "EBUSY", "Device or resource busy") \
    X(exist, 17, "EEXIST", "File exists") \
    X(xdev, 18, "EXDEV", "Invalid cross-device link") \
    X(nodev, 19, "ENODEV", "No such device") \
    X(notdir, 20, "ENOTDIR", "Not a directory") \
    X(isdir, 21, "EISDIR", "Is a directory") \
    X(inval, 22, "EINVAL", "Invalid argument") \
    X(nfile, 23, "ENFILE", "Too many open files in system") \
    X(mfile, 24, "EMFILE", "Too many open files") \
    X(notty, 25, "ENOTTY", "Inappropriate ioctl for device") \
    X(txtbsy, 26, "ETXTBSY", "Text file busy") \
    X(fbig, 27, "EFBIG", "File too large") \
    X(nospc, 28, "ENOSPC", "No space left on device") \
    X(spipe, 29, "ESPIPE", "Illegal seek") \
    X(rofs, 30, "EROFS", "Read-only file system") \
    X(mlink, 31, "EMLINK", "Too many links") \
    X(pipe, 32, "EPIPE", "Broken pipe") \
    X(dom, 33, "EDOM", "Numerical argument out of domain") \
    X(range, 34, "ERANGE", "Numerical result out of range") \
    X(deadlk, 35, "EDEADLK", "Resource deadlock avoided") \
    X(nametoolong, 36, "ENAMETOOLONG", "File name too long") \
    X(nolck, 37, "ENOLCK", "No locks available") \
    X(nosys, 38, "ENOSYS", "Function not implemented") \
    X(notempty, 39, "ENOTEMPTY", "Directory not empty") \
    X(loop, 40, "ELOOP", "Too many levels of symbolic links") \
    HOLE(41) \
    X(nomsg, 42, "ENOMSG", "No message of desired type") \
    X(idrm, 43, "EIDRM", "Identifier removed") \
    X(chrng, 44, "ECHRNG", "Channel number out of range") \
    X(l2nsync, 45, "EL2NSYNC", "Level 2 not synchronized") \
    X(l3hlt, 46, "EL3HLT", "Level 3 halted") \
    X(l3rst, 47, "EL3RST", "Level 3 reset") \
    X(lnrng, 48, "ELNRNG", "Link number out of range") \
    X(unatch, 49, "EUNATCH", "Protocol driver not attached") \
    X(nocsi, 50, "ENOCSI", "No CSI structure available") \
    X(l2hlt, 51, "EL2HLT", "Level 2 halted") \
    X(bade, 52, "EBADE", "Invalid exchange") \
    X(badr, 53, "EBADR", "Invalid request descriptor") \
    X(xfull, 54, "EXFULL", "Exchange full") \
    X(noano, 55, "ENOANO", "No anode") \
    X(badrqc, 56, "EBADRQC", "Invalid request code") \
    X(badslt, 57, "EBADSLT", "Invalid slot") \
    HOLE(58) \
    X(bfont, 59, "EBFONT", "Bad font file format") \
    X(nostr, 60, "ENOSTR", "Device not a stream") \
    X(nodata, 61, "ENODATA", "No data available") \
    X(time, 62, "ETIME", "Timer expired") \
    X(nosr, 63, "ENOSR", "Out of streams resources") \
    X(nonet, 64, "ENONET", "Machine is not on the network") \
    X(nopkg, 65, "ENOPKG", "Package not installed") \
    X(remote, 66, "EREMOTE", "Object is remote") \
    X(nolink, 67, "ENOLINK", "Link has been severed") \
    X(adv, 68, "EADV", "Advertise error") \
    X(srmnt, 69, "ESRMNT", "Srmount error") \
    X(comm, 70, "ECOMM", "Communication error on send") \
    X(proto, 71, "EPROTO", "Protocol error") \
    X(multihop, 72, "EMULTIHOP", "Multihop attempted") \
    X(dotdot, 73, "EDOTDOT", "RFS specific error") \
    X(badmsg, 74, "EBADMSG", "Bad message") \
    X(overflow, 75, "EOVERFLOW", "Value too large for defined data type") \
    X(notuniq, 76, "ENOTUNIQ", "Name not unique on network") \
    X(badfd, 77, "EBADFD", "File descriptor in bad state") \
    X(remchg, 78, "EREMCHG", "Remote address changed") \
    X(libacc, 79, "ELIBACC", "Can not access a needed shared library") \
    X(libbad, 80, "ELIBBAD", "Accessing a corrupted shared library") \
    X(libscn, 81, "ELIBSCN", ".lib section in a.out corrupted") \
    X(libmax, 82, "ELIBMAX", "Attempting to link in too many shared libraries") \
    X(libexec, 83, "ELIBEXEC", "Cannot exec a shared library directly") \
    X(ilseq, 84, "EILSEQ", "Invalid or incomplete multibyte or wide character") \
    X(restart, 85, "ERESTART", "Interrupted system call should be restarted") \
    X(strpipe, 86, "ESTRPIPE", "Streams pipe error") \
    X(users, 87, "EUSERS", "Too many users") \
    X(notsock, 88, "ENOTSOCK", "Socket operation on non-socket") \
    X(destaddrreq, 89, "EDESTADDRREQ", "Destination address required") \
    X(msgsize, 90, "EMSGSIZE", "Message too long") \
    X(prototype, 91, "EPROTOTYPE", "Protocol wrong type for socket") \
    X(noprotoopt, 92, "ENOPROTOOPT", "Protocol not available") \
    X(protonosupport, 93, "EPROTONOSUPPORT", "Protocol not supported") \
    X(socktnosupport, 94, "ESOCKTNOSUPPORT", "Socket type not supported") \
    X(opnotsupp, 95, "EOPNOTSUPP", "Operation not supported") \
    X(pfnosupport, 96, "EPFNOSUPPORT", "Protocol family not supported") \
    X(afnosupport, 97, "EAFNOSUPPORT", "Address family not supported by protocol") \
    X(addrinuse, 98, "EADDRINUSE", "Address already in use") \
    X(addrnotavail, 99, "EADDRNOTAVAIL", "Cannot assign requested address") \
    X(netdown, 100, "ENETDOWN", "Network is down") \
    X(netunreach, 101, "ENETUNREACH", "Network is unreachable") \
    X(netreset, 102, "ENETRESET", "Network dropped connection on reset") \
    X(connaborted, 103, "ECONNABORTED", "Software caused connection abort") \
    X(connreset, 104, "ECONNRESET", "Connection reset by peer") \
    X(nobufs, 105, "ENOBUFS", "No buffer space available") \
    X(isconn, 106, "EISCONN", "Transport endpoint is already connected") \
    X(notconn, 107, "ENOTCONN", "Transport endpoint is not connected") \
    X(shutdown, 108, "ESHUTDOWN", "Cannot send after transport endpoint shutdown") \
    X(toomanyrefs, 109, "ETOOMANYREFS", "Too many references: cannot splice") \
    X(timedout, 110, "ETIMEDOUT", "Connection timed out") \
    X(connrefused, 111, "ECONNREFUSED", "Connection refused") \
    X(hostdown, 112, "EHOSTDOWN", "Host is down") \
    X(hostunreach, 113, "EHOSTUNREACH", "No route to host") \
    X(already, 114, "EALREADY", "Operation already in progress") \
    X(inprogress, 115, "EINPROGRESS", "Operation now in progress") \
    X(stale, 116, "ESTALE", "Stale file handle") \
    X(uclean, 117, "EUCLEAN", "Structure needs cleaning") \
    X(notnam, 118, "ENOTNAM", "Not a XENIX named type file") \
    X(navail, 119, "ENAVAIL", "No XENIX semaphores available") \
    X(isnam, 120, "EISNAM", "Is a named type file") \
    X(remoteio, 121, "EREMOTEIO", "Remote I/O error") \
    X(dquot, 122, "EDQUOT", "Disk quota exceeded") \
    X(nomedium, 123, "ENOMEDIUM", "No medium found") \
    X(mediumtype, 124, "EMEDIUMTYPE", "Wrong medium type") \
    X(canceled, 125, "ECANCELED", "Operation canceled") \
    X(nokey, 126, "ENOKEY", "Required key not available") \
    X(keyexpired, 127, "EKEYEXPIRED", "Key has expired") \
    X(keyrevoked, 128, "EKEYREVOKED", "Key has been revoked") \
    X(keyrejected, 129, "EKEYREJECTED", "Key was rejected by service") \
    X(ownerdead, 130, "EOWNERDEAD", "Owner died") \
    X(notrecoverable, 131, "ENOTRECOVERABLE", "State not recoverable") \
    X(rfkill, 132, "ERFKILL", "Operation not possible due to RF-kill") \
    X(hwpoison, 133, "EHWPOISON", "Memory page has hardware error")
// clang-format on
