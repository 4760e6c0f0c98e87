"""Tests that need root and the machine to themselves."""

load("//bazel:cc.bzl", "WARNINGS")

def namespace_cc_test(name, copts = [], deps = [], tags = [], size = "medium", **kwargs):
    """A gtest program with namespace_main, which skips it where it cannot run."""
    native.cc_test(
        name = name,
        size = size,
        copts = WARNINGS + copts,
        tags = tags + [
            "exclusive",
            "local",
            "no-sandbox",
            "requires-root",
        ],
        deps = deps + [
            "//testing:namespace_main",
            "//testing:private_host",
            "//bazel/system:gtest",
        ],
        **kwargs
    )
