#include "image/stream/tar_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/error.h"

namespace faas::image {
namespace {

constexpr size_t kTarBlockBytes = 512;
// The most that the headers of one entry may take, the map of a sparse file
// included. libarchive keeps all of that in memory (about ten bytes of a map
// take many more), and limits only a single header.
constexpr size_t kMaxHeaderBytes = size_t{2} << 20;

bool AllZeros(absl::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

}  // namespace

TarReader::TarReader(ByteSource& source, std::string label)
    : source_(source), label_(std::move(label)), archive_(archive_read_new()) {
  archive_read_support_format_tar(archive_.get());
}

ssize_t TarReader::ReadCallback(archive* a, void* self, const void** buffer) {
  auto* reader = static_cast<TarReader*>(self);
  absl::StatusOr<absl::string_view> bytes = reader->NextPiece();
  if (!bytes.ok()) {
    reader->source_status_ = bytes.status();
    archive_set_error(a, EIO, "source");
    return -1;
  }
  reader->before_piece_ += reader->piece_.size();
  reader->piece_ = *bytes;
  reader->source_ended_ = bytes->empty();
  if (reader->source_ended_) reader->piece_ = reader->MissingPadding();
  *buffer = reader->piece_.data();
  return static_cast<ssize_t>(reader->piece_.size());
}

absl::string_view TarReader::MissingPadding() const {
  static constexpr char kZeros[kTarBlockBytes] = {};
  const uint64_t rest = before_piece_ % kTarBlockBytes;
  const bool complete =
      entry_ != nullptr && content_read_ > 0 &&
      content_read_ == static_cast<uint64_t>(archive_entry_size(entry_));
  if (!complete || rest == 0) return "";
  return absl::string_view(kZeros, kTarBlockBytes - rest);
}

absl::StatusOr<absl::string_view> TarReader::NextPiece() {
  // All pieces before this one were header bytes only.
  if (in_header_ && header_bytes_ > kMaxHeaderBytes) {
    return ImageError(ErrorCategory::kLimit,
                      absl::StrCat(label_,
                                   " has an entry whose headers take "
                                   "more than ",
                                   kMaxHeaderBytes, " bytes"));
  }
  ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
  header_bytes_ += bytes.size();
  return bytes;
}

absl::Status TarReader::Failure(int code) {
  ok_ = false;
  if (!source_status_.ok()) return source_status_;
  const int64_t offset = archive_filter_bytes(archive_.get(), 0);
  const uint64_t total = before_piece_ + piece_.size();
  const std::string name =
      entry_ == nullptr || archive_entry_pathname(entry_) == nullptr
          ? ""
          : base::Printable(archive_entry_pathname(entry_));
  const bool cut = source_ended_ && code == ARCHIVE_FATAL;
  if (cut && (archive_format(archive_.get()) != 0 || total < kTarBlockBytes)) {
    return ImageError(
        ErrorCategory::kTruncated,
        absl::StrCat(
            label_, " ends in the middle of ",
            name.empty() ? "a tar header" : absl::StrCat("\"", name, "\""),
            " after ", total, " bytes; save the image again"));
  }
  if (archive_format(archive_.get()) == 0) {
    return ImageError(ErrorCategory::kMalformed,
                      absl::StrCat(label_,
                                   " is not a tar archive; it has to be one "
                                   "as `docker save` writes it"));
  }
  const char* reason = archive_error_string(archive_.get());
  return ImageError(
      ErrorCategory::kMalformed,
      absl::StrCat(label_, " is not a well-formed tar at byte ", offset,
                   name.empty() ? "" : absl::StrCat(", near \"", name, "\""),
                   ": ", reason != nullptr ? reason : "no reason given"));
}

absl::StatusOr<archive_entry*> TarReader::Next() {
  if (!opened_) {
    opened_ = true;
    archive_read_set_read_callback(archive_.get(), ReadCallback);
    archive_read_set_callback_data(archive_.get(), this);
    const int code = archive_read_open1(archive_.get());
    if (code != ARCHIVE_OK) return Failure(code);
  }
  // libarchive would skip the rest by itself. But then the name for the error
  // is gone, and one cannot tell whether only padding is missing.
  while (entry_ != nullptr) {
    ASSIGN_OR_RETURN(const Block block, Read());
    if (block.bytes.empty()) break;
  }
  content_read_ = 0;
  in_header_ = true;
  header_bytes_ = 0;
  const int code = archive_read_next_header(archive_.get(), &entry_);
  in_header_ = false;
  if (code == ARCHIVE_OK) return entry_;
  // libarchive uses this code only for a pax name that is not UTF-8. It keeps
  // the name.
  if (code == ARCHIVE_WARN && archive_errno(archive_.get()) == EILSEQ) {
    return entry_;
  }
  if (code != ARCHIVE_EOF) return Failure(code);
  entry_ = nullptr;
  return nullptr;
}

absl::StatusOr<TarReader::Block> TarReader::Read() {
  const void* data = nullptr;
  size_t size = 0;
  int64_t offset = 0;
  int code;
  do {
    code = archive_read_data_block(archive_.get(), &data, &size, &offset);
  } while (code == ARCHIVE_OK && size == 0);
  if (code != ARCHIVE_OK && code != ARCHIVE_EOF) return Failure(code);
  if (code == ARCHIVE_OK) content_read_ = offset + size;
  return Block{absl::string_view(static_cast<const char*>(data),
                                 code == ARCHIVE_EOF ? 0 : size),
               static_cast<uint64_t>(std::max<int64_t>(offset, 0))};
}

absl::StatusOr<TarReader::Trailer> TarReader::Drain() {
  // At the end mark libarchive consumes one block, or two. Where there is no
  // mark it stays where it looked for a header. It may hold more of the current
  // piece than it consumed.
  const auto consumed =
      static_cast<uint64_t>(archive_filter_bytes(archive_.get(), 0));
  const auto header =
      static_cast<uint64_t>(archive_read_header_position(archive_.get()));
  Trailer trailer = {.marked = consumed > header, .zeros = true};
  if (consumed >= before_piece_) {
    trailer.zeros = AllZeros(piece_.substr(consumed - before_piece_));
  }
  while (!source_ended_) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
    source_ended_ = bytes.empty();
    trailer.zeros = trailer.zeros && AllZeros(bytes);
  }
  return trailer;
}

}  // namespace faas::image
