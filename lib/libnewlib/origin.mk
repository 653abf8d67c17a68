# SPDX-License-Identifier: BSD-3-Clause
# Where newlib comes from; also for tests.
LIBNEWLIB_ORIGIN_NAME := newlib_3.3.0.orig.tar.gz
LIBNEWLIB_ORIGIN_URL := debsrc:newlib/$(LIBNEWLIB_ORIGIN_NAME)
LIBNEWLIB_ORIGIN_SHA256 := 58dd9e3eaedf519360d92d84205c3deef0b3fc286685d1c562e245914ef72c66
LIBNEWLIB_ORIGIN_TOP := newlib-3.3.0
LIBNEWLIB_ORIGIN_ONLY := $(addprefix $(LIBNEWLIB_ORIGIN_TOP)/newlib/,libc libm)
