/* SPDX-License-Identifier: BSD-3-Clause */
/* Users: lines of /etc/passwd; where there is no such file, root is the only one. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct passwd {
    char* pw_name;
    char* pw_passwd;
    uid_t pw_uid;
    gid_t pw_gid;
    char* pw_gecos; /* who it is, in words */
    char* pw_dir;
    char* pw_shell;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Null and errno as it was: there is none. What is found stays until the next call of these,
 * getpwent() included; never for several threads at once. */
struct passwd* getpwnam(const char* name);
struct passwd* getpwuid(uid_t user);

/* 0 and a null result: there is none. ERANGE: a line is longer than the room. Else what reading
 * the file said. From any thread. */
int getpwnam_r(const char* name, struct passwd* user, char* text, size_t room,
               struct passwd** result);
int getpwuid_r(uid_t number, struct passwd* user, char* text, size_t room, struct passwd** result);

void setpwent(void);
struct passwd* getpwent(void);
void endpwent(void);

#if __MISC_VISIBLE
/* The next line of any such file. ESPIPE: one longer than the room kept so far, from a stream that
 * cannot be sought in; it is left out. */
struct passwd* fgetpwent(FILE* from);
#endif

#ifdef __cplusplus
}
#endif
