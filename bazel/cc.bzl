"""Compiler options of the project's own C++, and how a library is compiled."""

# Every target of ours compiles without a warning; generated code is exempt.
WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wnon-virtual-dtor",
    "-Wundef",
    "-Werror",
    # protobuf 3.21's headers and partially initialised structs from the kernel
    "-Wno-missing-field-initializers",
]

# For code that is generated.
WARNINGS_OFF = ["-w"]

def _one_translation_unit(name, srcs):
    """Joins the .cc files of `srcs` to one; `#line` keeps their names in messages.

    Two thirds of a compilation is parsing the headers of Abseil, gRPC and the
    standard library. The files of a library include nearly the same ones, so
    the compiler parses them once for all of them.
    """
    units = [src for src in srcs if src.endswith(".cc")]
    if len(units) < 2:
        return srcs
    out = name + "_joined.cc"
    native.genrule(
        name = name + "_joined",
        srcs = units,
        outs = [out],
        cmd = "for unit in $(SRCS); do echo \"#line 1 \\\"$$unit\\\"\"; cat $$unit; done > $@",
        visibility = ["//visibility:private"],
    )
    return select({
        "//bazel:separate": srcs,
        "//conditions:default": [src for src in srcs if not src.endswith(".cc")] + [out],
    })

def faas_cc_library(name, srcs = [], copts = [], **kwargs):
    """A library that is compiled as one translation unit.

    Names in anonymous namespaces must therefore be unique in a library.
    `bazel build --define=separate=true` compiles each file by itself, and so
    finds a file that lacks an include.
    """
    native.cc_library(
        name = name,
        srcs = _one_translation_unit(name, srcs),
        copts = WARNINGS + copts,
        **kwargs
    )

def faas_cc_binary(name, copts = [], **kwargs):
    native.cc_binary(name = name, copts = WARNINGS + copts, **kwargs)

def faas_cc_test(name, copts = [], deps = [], size = "small", timeout = "moderate", **kwargs):
    """A gtest program; the timeout is for machines that are slow or busy."""
    native.cc_test(
        name = name,
        size = size,
        timeout = timeout,
        copts = WARNINGS + copts,
        deps = deps + ["//bazel/system:gtest_main"],
        **kwargs
    )
