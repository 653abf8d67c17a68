# SPDX-License-Identifier: BSD-3-Clause
# What Makefile.uk files set and what libraries they registered, in one line for support/build/unused.py, which finds
# misspelt names. Read in the counting pass only.
_SET_HERE = $(filter-out _%,$(foreach v,$(filter %-y %-n %-,$(.VARIABLES)),$(if $(filter file,$(origin $(v))),$(v))))
_REGISTERED = $(patsubst %_BASE,%,$(foreach v,$(filter %_BASE,$(.VARIABLES)),$(if $(filter file,$(origin $(v))),$(v))))
$(warning UK-NAMES|$(_SET_HERE)|$(_REGISTERED)|$(filter-out $(UK_BASE)/support/% $(BUILD_DIR)/%,$(MAKEFILE_LIST)))
