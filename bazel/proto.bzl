"""C++ code for protos, by the system's protoc and grpc_cpp_plugin."""

load("//bazel:cc.bzl", "WARNINGS_OFF")

# Joins generated files to one translation unit, since all of them parse the
# same large headers. Two static names are in every .pb.cc; they get a number.
JOIN = """
n=0
for unit in $(SRCS); do
  n=$$((n + 1))
  echo "#define schemas schemas_$$n"
  echo "#define file_default_instances file_default_instances_$$n"
  echo "#line 1 \\"$$unit\\""
  cat $$unit
  echo '#undef schemas'
  echo '#undef file_default_instances'
done > $@
"""

def faas_cc_proto_library(name, srcs, root, grpc = False, deps = [], visibility = None):
    """Generates and compiles C++ for `srcs`.

    Args:
      name: the cc_library.
      srcs: .proto files in this package.
      root: the directory that import paths start from, relative to the
        workspace ("protos"); the package must lie below it.
      grpc: whether to generate service stubs too.
      deps: other faas_cc_proto_library targets that `srcs` import.
      visibility: as usual.
    """
    outs = []
    for src in srcs:
        base = src[:-len(".proto")]
        outs += [base + ".pb.h", base + ".pb.cc"]
        if grpc:
            outs += [base + ".grpc.pb.h", base + ".grpc.pb.cc"]
    flags = "--cpp_out=$(GENDIR)/" + root
    if grpc:
        flags += (" --grpc_out=$(GENDIR)/" + root +
                  " --plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin")
    native.genrule(
        name = name + "_gen",
        srcs = srcs + [dep + "_protos" for dep in deps],
        outs = outs,
        cmd = "/usr/bin/protoc -I " + root + " " + flags + " " +
              " ".join(["$(location %s)" % src for src in srcs]),
    )
    native.filegroup(
        name = name + "_protos",
        srcs = srcs + [dep + "_protos" for dep in deps],
        visibility = visibility,
    )
    native.genrule(
        name = name + "_joined",
        srcs = [out for out in outs if out.endswith(".cc")],
        outs = [name + "_joined.cc"],
        cmd = JOIN,
    )
    native.cc_library(
        name = name,
        srcs = [name + "_joined.cc"],
        hdrs = [out for out in outs if out.endswith(".h")],
        copts = WARNINGS_OFF,
        strip_include_prefix = "/" + root,
        visibility = visibility,
        deps = deps + (["//bazel/system:grpc"] if grpc else []) + [
            "//bazel/system:protobuf",
        ],
    )
