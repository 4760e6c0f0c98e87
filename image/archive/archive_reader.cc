#include "image/archive/archive_reader.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/blob_name.h"
#include "image/archive/entry_source.h"
#include "image/archive/select_image.h"
#include "image/error.h"
#include "image/layer/deferred_sink.h"
#include "image/layer/entry_path.h"
#include "image/layer/layer_recognizer.h"
#include "image/layer/read_layer.h"
#include "image/standby_thread.h"
#include "image/stream/decompress.h"
#include "image/stream/digest.h"
#include "image/stream/limit.h"
#include "image/stream/peek.h"
#include "image/stream/prefetch.h"
#include "image/stream/tar_reader.h"

namespace faas::image {
namespace {

// Returns whether an error ends the reading even if no image should name the
// blob.
bool IsFatal(const absl::Status& status) {
  const std::optional<ErrorCategory> category = CategoryOf(status);
  return !category.has_value() || *category == ErrorCategory::kLimit ||
         *category == ErrorCategory::kStorage;
}

Layer KnownLayer(Layer layer) {
  layer.content_id = layer.diff_id;
  layer.standalone = true;
  layer.stored = true;
  // There is one for each MiB of the layer, and an archive may name the layer
  // many times.
  layer.checkpoints = {};
  return layer;
}

std::vector<v1::IgnoredAttribute> ToProto(const IgnoredAttributes& ignored) {
  std::vector<v1::IgnoredAttribute> result;
  for (const auto& [name, count] : ignored.counts()) {
    v1::IgnoredAttribute& attribute = result.emplace_back();
    attribute.set_name(base::Printable(name));
    attribute.set_entries(count.entries);
    attribute.set_example(base::Printable(count.example));
  }
  return result;
}

// Describes a layer that was written. `tar` has been read to its end.
Layer NewLayer(const LayerSink::Written& written, const DigestSource& tar) {
  Layer layer;
  layer.diff_id = tar.Current();
  layer.tar_bytes = tar.bytes();
  layer.content_id = layer.diff_id;
  layer.standalone = written.references.empty();
  layer.directory = written.directory;
  layer.disk_bytes = written.disk_bytes;
  layer.ignored_attributes = ToProto(written.ignored_attributes);
  if (!written.replaced && layer.standalone) {
    layer.checkpoints = tar.checkpoints();
  }
  return layer;
}

absl::Status ReadToEnd(ByteSource& source) {
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, source.Next());
    if (bytes.empty()) return absl::OkStatus();
  }
}

class ArchiveReader {
 public:
  ArchiveReader(LimitSource& upload, ByteSource& tar,
                const ArchiveObserver& observer, const Limits& limits)
      : upload_(upload),
        reader_(tar, "the archive"),
        observer_(observer),
        limits_(limits),
        budget_(limits),
        index_(limits) {}

  absl::StatusOr<BlobIndex> Read();
  const Budget& budget() const { return budget_; }
  void ReportProgress() const {
    if (!observer_.on_progress) return;
    observer_.on_progress({.archive_bytes = upload_.bytes(),
                           .layers = layers_,
                           .total_layers = total_layers_});
  }

 private:
  absl::Status ReadEntry(archive_entry* entry);
  absl::Status ReadLink(const std::string& name,
                        const std::optional<std::string>& target);
  absl::Status ReadBlob(Blob blob);
  absl::Status ReadContent(const DigestSource& hashed, PeekSource& content,
                           Blob& blob);
  void LookForManifest();
  bool FindLayer(Blob& blob) const;
  void CountLayer();
  absl::StatusOr<std::string> ReadJson(ByteSource& content, const Blob& blob);
  absl::Status ReadLayerBlob(const DigestSource& blob_digest,
                             ByteSource& content, Blob& blob);
  StandbyThread& standby_thread() {
    if (observer_.standby_thread != nullptr) return *observer_.standby_thread;
    if (own_standby_thread_ == nullptr) {
      own_standby_thread_ = std::make_unique<StandbyThread>();
    }
    return *own_standby_thread_;
  }
  absl::Status ReadTar(ByteSource& tar, const DigestSource& digest,
                       const std::string& label, Blob& blob);

  LimitSource& upload_;
  TarReader reader_;
  const ArchiveObserver& observer_;
  const Limits& limits_;
  Budget budget_;
  size_t metadata_bytes_ = 0;
  uint32_t layers_ = 0;
  uint32_t total_layers_ = 0;
  int documents_ = 0;
  BlobIndex index_;
  std::unique_ptr<StandbyThread> own_standby_thread_;
};

absl::StatusOr<BlobIndex> ArchiveReader::Read() {
  while (true) {
    ASSIGN_OR_RETURN(archive_entry * entry, reader_.Next());
    if (entry == nullptr) break;
    if (budget_.entries-- == 0) {
      return ImageError(
          ErrorCategory::kLimit,
          absl::StrCat("the archive has more than ", limits_.entries,
                       " entries", NameLimit("max_image_entries")));
    }
    RETURN_IF_ERROR(ReadEntry(entry));
  }
  ASSIGN_OR_RETURN(const TarReader::Trailer trailer, reader_.Drain());
  if (!trailer.marked) {
    return ImageError(
        ErrorCategory::kTruncated,
        absl::StrCat("the archive ends without its end mark, "
                     "after ",
                     upload_.bytes(), " bytes; save the image again"));
  }
  if (!trailer.zeros) {
    return ImageError(ErrorCategory::kMalformed,
                      "the archive is followed by other data; send one "
                      "archive and nothing else");
  }
  return std::move(index_);
}

absl::Status ArchiveReader::ReadEntry(archive_entry* entry) {
  const char* raw_name = archive_entry_pathname(entry);
  const std::optional<std::string> name =
      NormalizeEntryPath(raw_name == nullptr ? "" : raw_name);
  if (!name.has_value()) {
    return ImageError(
        ErrorCategory::kUnsafePath,
        absl::StrCat("the archive's entry \"", base::Printable(raw_name),
                     "\" has \"..\" in its path"));
  }
  // `docker export` writes this file first. No manifest will follow.
  if (*name == ".dockerenv") return ManifestNotFound();
  if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
    return ReadLink(*name, NormalizeEntryPath(target));
  }
  if (archive_entry_filetype(entry) == AE_IFLNK) {
    const char* symlink = archive_entry_symlink(entry);
    return ReadLink(*name, ResolveLexically(Parent(*name),
                                            symlink == nullptr ? "" : symlink));
  }
  if (archive_entry_filetype(entry) != AE_IFREG) return absl::OkStatus();
  if (!MayBeBlob(*name)) return absl::OkStatus();
  Blob blob;
  blob.name = *name;
  return ReadBlob(std::move(blob));
}

// Keeps a link that leaves the archive as one to nowhere, so that it is an
// error only if an image needs it.
absl::Status ArchiveReader::ReadLink(const std::string& name,
                                     const std::optional<std::string>& target) {
  if (!MayBeBlob(name)) return absl::OkStatus();
  if (target.has_value()) return index_.AddLink(name, *target);
  Blob blob;
  blob.name = name;
  blob.status = ImageError(
      ErrorCategory::kUnsafeLink,
      absl::StrCat("\"", base::Printable(name), "\" is a link out of it"));
  return index_.Add(std::move(blob));
}

absl::Status ArchiveReader::ReadBlob(Blob blob) {
  EntrySource entry(reader_);
  DigestSource hashed(entry);
  PeekSource content(hashed);
  blob.status = ReadContent(hashed, content, blob);
  RETURN_IF_ERROR(entry.status());
  if (IsFatal(blob.status) && !blob.status.ok()) return blob.status;
  if (blob.status.ok()) {
    blob.digest = hashed.Current();
    blob.bytes = hashed.bytes();
    blob.status = CheckNameAgainstDigest(blob.name, blob.digest);
  }
  const bool is_document = !blob.json.empty();
  RETURN_IF_ERROR(index_.Add(std::move(blob)));
  if (is_document) LookForManifest();
  return absl::OkStatus();
}

// Counts the image's layers once its manifest has come. Only the progress needs
// this, so only the first documents of an archive are tried.
void ArchiveReader::LookForManifest() {
  constexpr int kMaxDocuments = 16;
  if (total_layers_ > 0 || ++documents_ > kMaxDocuments) return;
  total_layers_ = CountLayers(index_, observer_.reference, limits_);
}

absl::Status ArchiveReader::ReadContent(const DigestSource& hashed,
                                        PeekSource& content, Blob& blob) {
  ASSIGN_OR_RETURN(const absl::string_view head, content.Peek(kSniffBytes));
  blob.encoding = Sniff(head);
  if (FindLayer(blob)) {
    // Only the digest of the blob is left to be checked.
    RETURN_IF_ERROR(ReadToEnd(content));
    CountLayer();
    return absl::OkStatus();
  }
  if (blob.encoding == Encoding::kJson || IsDocument(blob.name)) {
    ASSIGN_OR_RETURN(blob.json, ReadJson(content, blob));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(ReadLayerBlob(hashed, content, blob));
  CountLayer();
  return absl::OkStatus();
}

// Returns whether the blob is a layer that is stored already.
bool ArchiveReader::FindLayer(Blob& blob) const {
  const std::string digest = DigestInName(blob.name);
  if (observer_.stored == nullptr || digest.empty()) return false;
  std::optional<Layer> stored = observer_.stored->FindBlob(digest);
  if (!stored.has_value()) return false;
  blob.layer = KnownLayer(*std::move(stored));
  return true;
}

void ArchiveReader::CountLayer() {
  ++layers_;
  ReportProgress();
}

absl::StatusOr<std::string> ArchiveReader::ReadJson(ByteSource& content,
                                                    const Blob& blob) {
  std::string text;
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, content.Next());
    if (bytes.empty()) return text;
    text.append(bytes.data(), bytes.size());
    metadata_bytes_ += bytes.size();
    if (text.size() > limits_.metadata_bytes ||
        metadata_bytes_ > limits_.all_metadata_bytes) {
      return ImageError(
          ErrorCategory::kLimit,
          absl::StrCat("\"", base::Printable(blob.name),
                       "\" is a larger JSON document than allowed (",
                       limits_.metadata_bytes, " bytes each, ",
                       limits_.all_metadata_bytes, " together)",
                       NameLimit("max_json_bytes")));
    }
  }
}

absl::Status ArchiveReader::ReadLayerBlob(const DigestSource& blob_digest,
                                          ByteSource& content, Blob& blob) {
  const std::string label =
      absl::StrCat("layer \"", base::Printable(blob.name), "\"");
  const std::unique_ptr<ByteSource> plain =
      Decompress(blob.encoding, content, label, limits_);
  if (plain == nullptr) return ReadTar(content, blob_digest, label, blob);
  DigestSource hashed(*plain);
  return ReadTar(hashed, hashed, label, blob);
}

// `tar` reads from `digest`, or is `digest` itself.
absl::Status ArchiveReader::ReadTar(ByteSource& tar, const DigestSource& digest,
                                    const std::string& label, Blob& blob) {
  PrefetchSource ahead(tar, standby_thread());
  LayerRecognizer recognizer(ahead, digest, observer_.stored);
  RETURN_IF_ERROR(recognizer.Begin());
  std::unique_ptr<LayerSink> sink;
  if (recognizer.matching()) {
    sink = std::make_unique<DeferredSink>(recognizer, observer_.begin_layer,
                                          label);
  } else {
    ASSIGN_OR_RETURN(sink, observer_.begin_layer(label));
  }
  ASSIGN_OR_RETURN(LayerSink::Written written,
                   ReadLayer(recognizer, label, limits_, budget_, *sink));
  ahead.Stop();
  if (recognizer.recognized()) {
    blob.layer = KnownLayer(*recognizer.layer());
    return absl::OkStatus();
  }
  blob.layer = NewLayer(written, digest);
  blob.references = std::move(written.references);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReadArchiveResult> ReadArchive(ByteSource& source,
                                              const ArchiveObserver& observer,
                                              const Limits& limits) {
  LimitSource upload(
      source, limits.archive_bytes,
      absl::StrCat("the archive is larger than ", limits.archive_bytes,
                   " bytes", NameLimit("max_archive_bytes")));
  PeekSource peek(upload);
  ASSIGN_OR_RETURN(const absl::string_view head, peek.Peek(kSniffBytes));
  const Encoding encoding = Sniff(head);
  if (encoding == Encoding::kEmpty) {
    return ImageError(ErrorCategory::kTruncated,
                      "the archive is empty (0 bytes); did docker save fail?");
  }
  const std::unique_ptr<ByteSource> plain =
      Decompress(encoding, peek, "the archive", limits);
  ByteSource& tar = plain != nullptr ? *plain : peek;
  ArchiveReader reader(upload, tar, observer, limits);
  upload.set_observer([&](uint64_t) { reader.ReportProgress(); });
  ASSIGN_OR_RETURN(BlobIndex index, reader.Read());
  return ReadArchiveResult{std::move(index), upload.bytes(), reader.budget()};
}

}  // namespace faas::image
