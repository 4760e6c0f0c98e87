"""Compiler options of the project's own C++."""

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

def faas_cc_library(name, copts = [], **kwargs):
    native.cc_library(name = name, copts = WARNINGS + copts, **kwargs)

def faas_cc_binary(name, copts = [], **kwargs):
    native.cc_binary(name = name, copts = WARNINGS + copts, **kwargs)

def faas_cc_test(name, copts = [], deps = [], size = "small", **kwargs):
    native.cc_test(
        name = name,
        size = size,
        copts = WARNINGS + copts,
        deps = deps + ["//bazel/system:gtest_main"],
        **kwargs
    )
