#include "faas_cli/upload_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace faas::cli {
namespace {

constexpr absl::Duration kTerminalInterval = absl::Milliseconds(100);
constexpr absl::Duration kLineInterval = absl::Seconds(5);
constexpr size_t kBarColumns = 20;
constexpr size_t kDefaultColumns = 80;
// Moves the cursor to the beginning of the line and clears the line.
constexpr char kClearLine[] = "\r\x1b[K";

std::string Bar(double done) {
  const auto filled = static_cast<size_t>(done * kBarColumns);
  return absl::StrFormat("[%s%s] %3.0f%%  ", std::string(filled, '#'),
                         std::string(kBarColumns - filled, ' '), done * 100);
}

std::string Layers(const UploadState& state) {
  const uint32_t current = state.total_layers == 0
                               ? state.layers + 1
                               : std::min(state.layers + 1, state.total_layers);
  return absl::StrCat(
      "layer ", current,
      state.total_layers == 0 ? "" : absl::StrCat(" of ", state.total_layers));
}

size_t TerminalColumns() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kDefaultColumns;
  }
  return size.ws_col;
}

}  // namespace

std::string HumanBytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return unit == 0 ? absl::StrCat(bytes, " B")
                   : absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string ProgressLine(const UploadState& state, size_t width) {
  std::string line;
  if (state.total_bytes > 0) {
    line = Bar(std::min(1.0, static_cast<double>(state.sent_bytes) /
                                 static_cast<double>(state.total_bytes)));
  }
  absl::StrAppend(&line, HumanBytes(state.sent_bytes));
  if (state.total_bytes > 0 && !state.all_sent) {
    absl::StrAppend(&line, " of ", HumanBytes(state.total_bytes));
  }
  if (state.all_sent) {
    absl::StrAppend(&line, "  extracting ", Layers(state));
  } else {
    const double seconds =
        std::max(absl::ToDoubleSeconds(state.elapsed), 0.001);
    absl::StrAppend(&line, "  ",
                    HumanBytes(static_cast<uint64_t>(
                        static_cast<double>(state.sent_bytes) / seconds)),
                    "/s  ", Layers(state));
  }
  return line.substr(0, width);
}

UploadProgress::UploadProgress(uint64_t total_bytes)
    : terminal_(isatty(STDERR_FILENO) != 0),
      start_(absl::Now()),
      shown_(start_) {
  absl::MutexLock lock(&mutex_);
  state_.total_bytes = total_bytes;
  Show(/*now=*/true);
}

UploadProgress::~UploadProgress() {
  absl::MutexLock lock(&mutex_);
  if (line_is_open_) fputs(kClearLine, stderr);
}

void UploadProgress::Show(bool now) {
  const absl::Time time = absl::Now();
  const absl::Duration interval = terminal_ ? kTerminalInterval : kLineInterval;
  if (time - shown_ < interval && !(now && terminal_)) return;
  shown_ = time;
  state_.elapsed = time - start_;
  if (terminal_) {
    line_is_open_ = true;
    // Some terminals wrap after the last column.
    fputs(absl::StrCat(kClearLine, ProgressLine(state_, TerminalColumns() - 1))
              .c_str(),
          stderr);
  } else {
    fputs((ProgressLine(state_, kDefaultColumns) + "\n").c_str(), stderr);
  }
}

void UploadProgress::Sent(uint64_t sent_bytes) {
  absl::MutexLock lock(&mutex_);
  state_.sent_bytes = sent_bytes;
  if (state_.total_bytes > 0 && sent_bytes >= state_.total_bytes) {
    state_.all_sent = true;
  }
  Show(/*now=*/false);
}

void UploadProgress::AllSent() {
  absl::MutexLock lock(&mutex_);
  state_.all_sent = true;
  Show(/*now=*/true);
}

void UploadProgress::Received(uint32_t layers, uint32_t total_layers) {
  absl::MutexLock lock(&mutex_);
  state_.layers = layers;
  state_.total_layers = total_layers;
  Show(/*now=*/false);
}

}  // namespace faas::cli
