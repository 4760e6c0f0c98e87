"""Fuzz targets that are plain tests too."""

load("//bazel:cc.bzl", "WARNINGS")

def faas_fuzz_test(name, srcs, corpus, mutator = None, deps = [], data = [], **kwargs):
    """A libFuzzer target; without --config=fuzz, a test of its corpus.

    Args:
      name: of the target, e.g. archive_fuzz.
      srcs: define LLVMFuzzerTestOneInput.
      corpus: directories of inputs, below this package.
      mutator: a library that defines LLVMFuzzerCustomMutator, if any.
      deps: as usual.
      data: inputs that are generated, in a directory of `corpus`.
      **kwargs: as usual.
    """
    native.cc_test(
        name = name,
        srcs = srcs,
        copts = WARNINGS,
        timeout = "long",
        linkopts = select({
            "//tests/fuzz:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + select({
            "//tests/fuzz:fuzzing": [mutator] if mutator else [],
            "//conditions:default": ["//tests/fuzz:replay_main"],
        }),
        data = data + native.glob(
            [directory + "/**" for directory in corpus],
            allow_empty = True,
        ),
        # libFuzzer would go on for ever.
        args = select({
            "//tests/fuzz:fuzzing": ["-runs=0"],
            "//conditions:default": [],
        }) + [native.package_name() + "/" + directory for directory in corpus],
        **kwargs
    )

def _seeds_impl(ctx):
    directory = ctx.actions.declare_directory("seeds/" + ctx.label.name)
    ctx.actions.run(
        executable = ctx.executable.tool,
        arguments = [directory.path],
        outputs = [directory],
        mnemonic = "FuzzSeeds",
    )
    return [DefaultInfo(
        files = depset([directory]),
        runfiles = ctx.runfiles([directory]),
    )]

# A directory seeds/NAME of inputs, written by `tool DIRECTORY`. Not a genrule:
# that would compile the tool, and all that it stands on, a second time.
fuzz_seeds = rule(
    implementation = _seeds_impl,
    attrs = {
        "tool": attr.label(executable = True, cfg = "target", mandatory = True),
    },
)
