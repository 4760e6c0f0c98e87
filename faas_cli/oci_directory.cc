#include "faas_cli/oci_directory.h"

#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/limits.h"

namespace faas::cli {
namespace {

using nlohmann::json;

constexpr size_t kChunkBytes = 256 * 1024;
constexpr int kMaxDepth = 4;
constexpr char kRefName[] = "org.opencontainers.image.ref.name";

// Returns "blobs/sha256/<hex>" for "sha256:<hex>". Returns "" for anything
// else, since the result becomes a path of this host.
std::string BlobPath(const json& descriptor) {
  const auto digest = descriptor.find("digest");
  if (digest == descriptor.end() || !digest->is_string()) return "";
  const std::string text = digest->get<std::string>();
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  const auto is_plain = [](const std::string& part) {
    return !part.empty() &&
           std::all_of(part.begin(), part.end(), absl::ascii_isalnum);
  };
  if (parts.size() != 2 || !is_plain(parts[0]) || !is_plain(parts[1])) {
    return "";
  }
  return absl::StrCat("blobs/", parts[0], "/", parts[1]);
}

std::string RefName(const json& descriptor) {
  const auto annotations = descriptor.find("annotations");
  if (annotations == descriptor.end() || !annotations->is_object()) return "";
  const auto name = annotations->find(kRefName);
  return name != annotations->end() && name->is_string()
             ? name->get<std::string>()
             : "";
}

la_ssize_t Append(archive*, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

OciDirectory::OciDirectory(std::string directory)
    : directory_(std::move(directory)), archive_(archive_write_new()) {
  archive_write_set_format_pax_restricted(archive_.get());
  archive_write_set_bytes_per_block(archive_.get(), 0);
  archive_write_open(archive_.get(), &out_, nullptr, Append, nullptr);
}

absl::StatusOr<std::unique_ptr<OciDirectory>> OciDirectory::Open(
    const std::string& directory, const std::string& reference) {
  auto layout = std::unique_ptr<OciDirectory>(new OciDirectory(directory));
  for (const char* name : {"oci-layout", "index.json"}) {
    if (absl::Status status = layout->AddFile(name); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", directory, "\" is no OCI image layout: ", status.message(),
          "; name a directory as \"umoci\" or \"skopeo copy ... oci:\" write "
          "it"));
    }
  }
  RETURN_IF_ERROR(layout->AddReferences("index.json", reference, 0));
  return layout;
}

absl::Status OciDirectory::AddFile(const std::string& name) {
  if (names_.count(name) > 0) return absl::OkStatus();
  const std::string path = absl::StrCat(directory_, "/", name);
  struct stat st;
  if (stat(path.c_str(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("open \"", path, "\""));
  }
  if (!S_ISREG(st.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not a file"));
  }
  names_.insert(name);
  files_.push_back(name);
  total_bytes_ += st.st_size;
  return absl::OkStatus();
}

// Ignores what is wrong with a document: the server will report it.
absl::Status OciDirectory::AddReferences(const std::string& name,
                                         const std::string& reference,
                                         int depth) {
  ASSIGN_OR_RETURN(const std::string text,
                   fs::ReadFile(absl::StrCat(directory_, "/", name),
                                image::Limits().metadata_bytes));
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return absl::OkStatus();
  const auto add = [&](const json& descriptor) {
    const std::string blob = descriptor.is_object() ? BlobPath(descriptor) : "";
    const size_t before = files_.size();
    // A layout may leave out the files of other platforms. A file that is in
    // names_ has been followed before.
    const bool added =
        !blob.empty() && AddFile(blob).ok() && files_.size() > before;
    return added ? blob : std::string();
  };
  if (const auto list = document.find("manifests");
      list != document.end() && list->is_array() && depth < kMaxDepth) {
    for (const json& descriptor : *list) {
      if (!reference.empty() && depth == 0 && descriptor.is_object() &&
          RefName(descriptor) != reference) {
        continue;
      }
      const std::string blob = add(descriptor);
      if (!blob.empty()) {
        RETURN_IF_ERROR(AddReferences(blob, reference, depth + 1));
      }
    }
  }
  if (document.contains("config")) add(document["config"]);
  if (const auto list = document.find("layers");
      list != document.end() && list->is_array()) {
    for (const json& descriptor : *list) add(descriptor);
  }
  return absl::OkStatus();
}

absl::Status OciDirectory::Fail(absl::string_view what) const {
  const char* reason = archive_error_string(archive_.get());
  return absl::InternalError(absl::StrCat(
      what, " \"", base::Printable(directory_),
      "\" as a tar: ", reason != nullptr ? reason : "no reason given"));
}

absl::Status OciDirectory::BeginFile() {
  const std::string& name = files_[next_file_++];
  const std::string path = absl::StrCat(directory_, "/", name);
  ASSIGN_OR_RETURN(file_, fs::Open(path, O_RDONLY));
  struct stat st;
  if (fstat(file_.get(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", path, "\""));
  }
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(
      archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_size(entry.get(), st.st_size);
  if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) {
    return Fail("write");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> OciDirectory::Next() {
  out_.clear();
  std::string buffer;
  while (out_.empty() && !closed_) {
    if (!file_.valid()) {
      if (next_file_ < files_.size()) {
        RETURN_IF_ERROR(BeginFile());
      } else {
        closed_ = true;
        if (archive_write_close(archive_.get()) != ARCHIVE_OK) {
          return Fail("end");
        }
      }
      continue;
    }
    buffer.resize(kChunkBytes);
    const ssize_t n = read(file_.get(), buffer.data(), buffer.size());
    if (n < 0) return base::ErrnoStatus("read a blob");
    if (n == 0) {
      file_.reset();
    } else if (archive_write_data(archive_.get(), buffer.data(), n) != n) {
      return absl::AbortedError(
          absl::StrCat("\"", directory_, "/", files_[next_file_ - 1],
                       "\" has grown meanwhile; send it again"));
    }
  }
  return out_;
}

}  // namespace faas::cli
