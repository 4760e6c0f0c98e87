"""Tests that need root and a machine of their own."""

load("//bazel:cc.bzl", "WARNINGS")

def namespace_cc_test(
        name,
        copts = [],
        deps = [],
        tags = [],
        size = "medium",
        timeout = "long",
        **kwargs):
    """A gtest program with namespace_main: it is skipped where it cannot run.

    It has its own network, processes, mounts and cgroups, so that it may run
    beside others. Give the tag "exclusive" to a test that takes so much of the
    machine that others would notice. The timeout is for machines that are slow
    or busy.
    """
    native.cc_test(
        name = name,
        size = size,
        timeout = timeout,
        copts = WARNINGS + copts,
        tags = tags + [
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
