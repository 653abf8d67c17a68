# SPDX-License-Identifier: BSD-3-Clause
# Where libfdt comes from; also for the host tests (tests/upstream.mk).
LIBFDT_ORIGIN_NAME := arm-trusted-firmware_2.8.0+dfsg.orig.tar.xz
LIBFDT_ORIGIN_URL := debsrc:arm-trusted-firmware/$(LIBFDT_ORIGIN_NAME)
LIBFDT_ORIGIN_SHA256 := a4ecc35e0b893fe8682c075fc1bdb858de87e4cb18fbed9a1597e2c9f6d320de
LIBFDT_ORIGIN_TOP := trusted-firmware-a-2.8.0
LIBFDT_ORIGIN_ONLY := $(addprefix $(LIBFDT_ORIGIN_TOP)/,lib/libfdt include/lib/libfdt)
