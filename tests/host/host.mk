# SPDX-License-Identifier: BSD-3-Clause
# Builds the host tests: one GoogleTest binary for each folder that has tests/*_test.cpp, in several
# variants (compiler-sanitizer). Called by tests/host/run; see CONTRIBUTING.md, "Host tests".
#
#   make -f tests/host/host.mk [VARIANTS="gcc-asan clang-asan clang-tsan"] [FOLDERS="lib/base"] [V=1]
#
# Every binary is linked from its test files, tests/fakes and an archive of all pure sources: any
# .cpp of lib/, drivers/ and arch/ that is not called *_hw.cpp or slot.cpp (under ThreadSanitizer:
# of those that its tests may need, tests/host/needed.py). A folder may have a tests/host.mk that
# sets, for itself:
#   HOST_SRCS      more sources for this binary only, C or C++ ($(D) is the folder)
#   HOST_CXXFLAGS  more flags for HOST_SRCS and the test files
#   HOST_SRCS_FLAGS  more flags for HOST_SRCS only
#   HOST_PRIVATE   y: its sources stay out of the common archive, its headers off everyone's include
#                  path (a C library, say)
#   HOST_TSAN      y: run under ThreadSanitizer as well (everything with atomics or locks): those of its test files that make
#                  threads (tests/host/threaded.py), with TSAN_ALL=y all; or names of some of these, where the others' threads do the same
# A folder's tests/*_fuzz.cpp (int LLVMFuzzerTestOneInput(...)) become libFuzzer binaries: target `fuzz`.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

OUT      ?= build/host
VARIANTS ?= gcc-asan clang-asan gcc-tsan
GXX      ?= g++
CLANGXX  ?= clang++
Q := $(if $(V),,@)

# Header slots come from the architecture of this machine.
HOST_ISA := $(subst aarch64,arm64,$(shell uname -m))
OTHER_ISAS := $(filter-out $(HOST_ISA),$(notdir $(wildcard arch/*)))

# --- what there is -----------------------------------------------------------------------------
TEST_FILES := $(shell find lib drivers arch support tests/fakes -path '*/tests/*_test.cpp' 2>/dev/null | sort)
ALL_FOLDERS := $(patsubst %/tests,%,$(sort $(patsubst %/,%,$(dir $(TEST_FILES)))))
FOLDERS ?= $(ALL_FOLDERS)

PRIVATE_DIRS :=
TSAN_DIRS :=
define read_folder
D := $(1)
HOST_SRCS :=
HOST_CXXFLAGS :=
HOST_SRCS_FLAGS :=
HOST_PRIVATE :=
HOST_TSAN :=
-include $(1)/tests/host.mk
SRCS.$(1) := $$(HOST_SRCS)
CXXFLAGS.$(1) := $$(HOST_CXXFLAGS)
SRCS_FLAGS.$(1) := $$(HOST_SRCS_FLAGS)
PRIVATE_DIRS += $$(if $$(HOST_PRIVATE),$(1))
TSAN_DIRS += $$(if $$(HOST_TSAN),$(1))
TSAN_SOME.$(1) := $$(patsubst %,$(1)/tests/%_test.cpp,$$(filter-out y,$$(HOST_TSAN)))
endef
$(foreach d,$(sort $(ALL_FOLDERS) $(patsubst %/tests/host.mk,%,$(shell find lib drivers arch -name host.mk))),\
    $(eval $(call read_folder,$(d))))

PURE := $(shell find lib drivers arch -name '*.cpp' -not -path '*/tests/*' \
            -not -name '*_hw.cpp' -not -name slot.cpp 2>/dev/null | sort)
PURE := $(filter-out $(addsuffix /%,$(PRIVATE_DIRS)),$(PURE))
# What the folders in TSAN_DIRS test with threads; a folder without has no binary.
TSAN_FILES := $(filter $(addsuffix /tests/%,$(sort $(TSAN_DIRS))),$(TEST_FILES))
TSAN_FILES := $(if $(findstring tsan,$(VARIANTS)),$(if $(TSAN_ALL),$(TSAN_FILES),$(shell tests/host/threaded.py $(TSAN_FILES))))
ifeq ($(TSAN_ALL),)
some_tsan = $(if $(2),$(filter $(2),$(1)),$(1))
TSAN_FILES := $(foreach f,$(TSAN_FILES),$(call some_tsan,$(f),$(TSAN_SOME.$(patsubst %/tests/,%,$(dir $(f))))))
endif
TSAN_DIRS := $(patsubst %/tests,%,$(sort $(patsubst %/,%,$(dir $(TSAN_FILES)))))
FUZZ_FILES := $(sort $(shell find lib drivers arch -path '*/tests/*_fuzz.cpp' 2>/dev/null))
FAKES := $(wildcard tests/fakes/*.cpp)
INCLUDES := -Itests/fakes/include -I$(OUT)/include -Iarch/$(HOST_ISA)/include \
            $(addprefix -I,$(filter-out $(addsuffix /%,$(PRIVATE_DIRS)), \
            $(shell find lib drivers arch -type d -name include $(foreach isa,$(OTHER_ISAS),-not -path 'lib/*/$(isa)/include') 2>/dev/null | sort))) -I.

# $(1) variant: the sources of its archive.
pure_of = $(if $(findstring tsan,$(1)),$(PURE_TSAN),$(PURE))
PURE_TSAN := $(if $(TSAN_FILES),$(shell tests/host/needed.py $(INCLUDES) --sources $(PURE) \
                 --for $(TSAN_FILES) $(FAKES) $(foreach d,$(TSAN_DIRS),$(SRCS.$(d)))))

# Changes when a source comes or goes, so that the archives follow.
$(shell mkdir -p $(OUT); echo '$(PURE) $(FAKES)' >$(OUT)/sources.new; \
        cmp -s $(OUT)/sources.new $(OUT)/sources || mv $(OUT)/sources.new $(OUT)/sources)
ifneq ($(PURE_TSAN),)
$(shell echo '$(PURE_TSAN)' >$(OUT)/sources.tsan.new; \
        cmp -s $(OUT)/sources.tsan.new $(OUT)/sources.tsan || mv $(OUT)/sources.tsan.new $(OUT)/sources.tsan)
endif
list_of = $(OUT)/sources $(if $(findstring tsan,$(1)),$(OUT)/sources.tsan)

# --- how each variant is compiled --------------------------------------------------------------
# Compiling the test files is most of the work: with -O0 it takes half the time and the tests run three times slower, which pays.
$(foreach v,gcc-asan clang-asan gcc-tsan clang-tsan,$(eval OPT.$(v) := -O1)$(eval OPT.$(v).test := -O0))
# Of undefined behaviour, clang++ checks neither null nor object-size (most of what they find AddressSanitizer reports when memory is
# touched) nor vptr, and in test files neither function (g++ has none) nor alignment of what they themselves access: a quarter of the compiler's work.
# What touches no memory, a reference to null or a call of a member through null, only the gcc variants of make check-all report. An
# inline function of a header that both a test file and a source have is the test file's copy in the binary, with its checks. All else is
# checked, in the headers that test files instantiate, too: shifts, overflows, bounds, bool, enum, alignment, return, nonnull-attribute.
REPORTED_ALSO := -fno-sanitize=null,object-size,vptr
OPT.clang-asan += $(REPORTED_ALSO)
OPT.clang-asan.test += $(REPORTED_ALSO) -fno-sanitize=function -fsanitize-ignorelist=tests/host/unchecked
# As in images, without exceptions: a sixth of the compiler's work on test files went into their tables.
COMMON := -std=c++20 -fno-exceptions -DUK_HOST_TEST -g1 -fno-omit-frame-pointer -pthread \
          -Wall -Wextra -Wshadow -Wundef -Werror -MMD -MP $(INCLUDES) -include uk/config.h
CXX.gcc-asan   := $(GXX) -fsanitize=address,undefined -fno-sanitize-recover=all -Wno-psabi
CXX.clang-asan := $(CLANGXX) -fsanitize=address,undefined -fno-sanitize-recover=all
# What libFuzzer needs to learn costs the tests little, so both share the sources' objects.
COVERAGE.clang-asan := -fsanitize-coverage=inline-8bit-counters,pc-table
CXX.gcc-tsan   := $(GXX) -fsanitize=thread -Wno-tsan
# g++ defines the macro itself.
CXX.clang-tsan := $(CLANGXX) -fsanitize=thread -D__SANITIZE_THREAD__=1
PCH.gcc-asan   := gch
PCH.gcc-tsan   := gch
PCH.clang-asan := pch
PCH.clang-tsan := pch
USE_PCH.gch     = -include $(OUT)/$(1)/pch.hpp
USE_PCH.pch     = -fpch-instantiate-templates -include-pch $(OUT)/$(1)/pch.hpp.pch
MAKE_PCH.pch   := -fpch-instantiate-templates
# Sources of the common archive, too: it halves their time.
STD.gch         = $(OUT)/$(1)/std.hpp.gch
USE_STD.gch     = -include $(OUT)/$(1)/std.hpp
STD.pch         = $(OUT)/$(1)/std.hpp.pch
USE_STD.pch     = -include-pch $(OUT)/$(1)/std.hpp.pch

.PHONY: all list
all:
list:
	@$(foreach v,$(VARIANTS),$(foreach f,$(call folders_of,$(v)),echo $(v) $(f) $(OUT)/$(v)/$(f)/test;))

folders_of = $(if $(findstring tsan,$(1)),$(filter $(TSAN_DIRS),$(FOLDERS)),$(FOLDERS))
library = $(notdir $(patsubst %/,%,$(1)))
libname = -DUK_LIBNAME='"$(patsubst lib%,%,$(call library,$(1)))"'
# The folder of a library that a source belongs to: lib/x, drivers/x/y, arch/x.
folder_of = $(patsubst %/,%,$(dir $(1)))

# A source that does not compile leaves <object>.failed and does not stop the rest: binaries that do
# without it are still made and run; tests/host/run counts the failure.
# $(1) variant, $(2) object, $(3) source, $(4) more flags, $(5) order-only prerequisite
define object
ifndef RULE.$(2)
RULE.$(2) := y
$(2): $(3) tests/host/host.mk | $(OUT)/include/uk/config.h $(5)
	@mkdir -p $$(@D)
	@echo "  $(if $(filter %.c,$(3)),CC ,CXX) $(1) $(3)"
	$(Q)$(CXX.$(1)) $(4) $(if $(filter %.c,$(3)),-x c -std=gnu11 $(filter-out -std=% -fno-exceptions,$(COMMON)),$(COMMON)) $(if $(findstring /tests/,$(3)),$(if $(filter %_fuzz.cpp,$(3)),$(OPT.$(1)),$(OPT.$(1).test)),$(OPT.$(1)) $(COVERAGE.$(1))) $(call libname,$(call folder_of,$(3))) -c -o $$@ $$< || \
	    { rm -f $$@; touch $$@.failed; }
DEPS += $(2:.o=.d)
endif
endef

# $(1) variant, $(2) folder
define folder
$(eval O := $(OUT)/$(1)/$(2))
$(eval T := $(filter $(2)/tests/%,$(if $(findstring tsan,$(1)),$(TSAN_FILES),$(TEST_FILES))))
$(foreach s,$(T),$(eval $(call object,$(1),$(OUT)/$(1)/$(s:.cpp=.o),$(s),$(call USE_PCH.$(PCH.$(1)),$(1)) $(CXXFLAGS.$(2)),$(OUT)/$(1)/pch.hpp.$(PCH.$(1)))))
$(foreach s,$(SRCS.$(2)),$(eval $(call object,$(1),$(OUT)/$(1)/private/$(2)/$(basename $(s)).o,$(s),$(CXXFLAGS.$(2)) $(SRCS_FLAGS.$(2)))))
$(O)/test: $(T:%.cpp=$(OUT)/$(1)/%.o) $(foreach s,$(SRCS.$(2)),$(OUT)/$(1)/private/$(2)/$(basename $(s)).o) \
           $(OUT)/$(1)/libpure.a $(OUT)/$(1)/libfakes.a $(OUT)/$(1)/own/$(2)/libown.a
	@echo "  LD  $(1) $(2)"; rm -f $$@
	$(Q)$(CXX.$(1)) -fuse-ld=lld -pthread -o $$@ $$(filter %.o,$$^) -Wl,--start-group $(OUT)/$(1)/own/$(2)/libown.a \
	    $(OUT)/$(1)/libfakes.a $(OUT)/$(1)/libpure.a -Wl,--end-group -lgtest
$(OUT)/$(1)/own/$(2)/libown.a: $(patsubst %.cpp,$(OUT)/$(1)/%.o,$(filter $(2)/%,$(call pure_of,$(1)))) $(call list_of,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$(Q)ar rcs $$@ $$(wildcard $$(filter %.o,$$^))
all: $(O)/test
endef

define variant
$(OUT)/$(1)/pch.hpp.$(PCH.$(1)): tests/host/pch.hpp tests/host/host.mk | $(OUT)/include/uk/config.h
	@mkdir -p $$(@D)
	@echo "  PCH $(1)"
	$(Q)$(CXX.$(1)) $(COMMON) $(OPT.$(1).test) $(MAKE_PCH.$(PCH.$(1))) -x c++-header -o $$@ $$<
$(OUT)/$(1)/std.hpp.$(PCH.$(1)): tests/host/std.hpp tests/host/host.mk | $(OUT)/include/uk/config.h
	@mkdir -p $$(@D)
	@echo "  PCH $(1) sources"
	$(Q)$(CXX.$(1)) $(COMMON) $(OPT.$(1)) $(MAKE_PCH.$(PCH.$(1))) -x c++-header -o $$@ $$<
$(foreach s,$(call pure_of,$(1)) $(FAKES),$(eval $(call object,$(1),$(OUT)/$(1)/$(s:.cpp=.o),$(s),$(call USE_STD.$(PCH.$(1)),$(1)),$(call STD.$(PCH.$(1)),$(1)))))
$(OUT)/$(1)/libpure.a: $(patsubst %.cpp,$(OUT)/$(1)/%.o,$(call pure_of,$(1)))
$(OUT)/$(1)/libfakes.a: $(FAKES:%.cpp=$(OUT)/$(1)/%.o)
$(OUT)/$(1)/libpure.a $(OUT)/$(1)/libfakes.a: $(call list_of,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$(Q)ar rcs $$@ $$(wildcard $$(filter %.o,$$^))
DEPS += $(OUT)/$(1)/pch.hpp.d $(OUT)/$(1)/std.hpp.d
$(foreach f,$(call folders_of,$(1)),$(eval $(call folder,$(1),$(f))))
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))

# --- fuzz targets: one binary for each tests/*_fuzz.cpp; run by tests/fuzz/run ----------------------
# $(1) source, $(2) its folder, $(3) the folder's own objects
define fuzz_target
$(call object,clang-asan,$(OUT)/clang-asan/$(1:.cpp=.o),$(1),$(call USE_STD.pch,clang-asan) $(CXXFLAGS.$(2)) $(COVERAGE.clang-asan),$(OUT)/clang-asan/std.hpp.pch)
$(foreach s,$(SRCS.$(2)),$(eval $(call object,clang-asan,$(OUT)/clang-asan/private/$(2)/$(basename $(s)).o,$(s),$(CXXFLAGS.$(2)) $(SRCS_FLAGS.$(2)))))
$(OUT)/clang-asan/$(1:.cpp=): $(OUT)/clang-asan/$(1:.cpp=.o) $(3) $(OUT)/clang-asan/libpure.a $(OUT)/clang-asan/libfakes.a
	@echo "  LD  fuzz $(1)"; rm -f $$@
	$(Q)$(CXX.clang-asan) -fuse-ld=lld -fsanitize=fuzzer -pthread -o $$@ $$(filter %.o,$$^) -Wl,--start-group $(OUT)/clang-asan/libfakes.a \
	    $(OUT)/clang-asan/libpure.a -Wl,--end-group -lgtest
fuzz: $(OUT)/clang-asan/$(1:.cpp=)
endef
.PHONY: fuzz list-fuzz
fuzz:
fuzz_folder = $(patsubst %/tests/,%,$(dir $(1)))
$(foreach f,$(FUZZ_FILES),$(eval $(call fuzz_target,$(f),$(call fuzz_folder,$(f)),$(foreach \
    s,$(SRCS.$(call fuzz_folder,$(f))),$(OUT)/clang-asan/private/$(call fuzz_folder,$(f))/$(basename $(s)).o))))
list-fuzz:
	@$(foreach f,$(FUZZ_FILES),echo $(f) $(OUT)/clang-asan/$(f:.cpp=);)

-include $(DEPS)
