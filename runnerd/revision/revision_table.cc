#include "runnerd/revision/revision_table.h"

#include <stdio.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/event/event_loop.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "runnerd/revision/rootfs.h"

namespace faas::runnerd {

absl::StatusOr<std::unique_ptr<RevisionTable>> RevisionTable::Open(
    const Revision::Environment& environment) {
  const std::string images = environment.state_dir + "/images";
  RETURN_IF_ERROR(UnmountAllBelow(images));
  RETURN_IF_ERROR(fs::RemoveTree(images));
  RETURN_IF_ERROR(fs::MakeDirectories(images, 0700));
  for (const std::string& directory : {environment.state_dir, images}) {
    RETURN_IF_ERROR(LetContainersPass(directory, environment.id_base));
  }
  return std::unique_ptr<RevisionTable>(new RevisionTable(environment));
}

RevisionTable::~RevisionTable() {
  for (const auto& [function, revision] : current_) {
    unlink(LinkOf(function).c_str());
  }
}

std::string RevisionTable::LinkOf(const std::string& function) const {
  return absl::StrCat(environment_.state_dir, "/images/", function, "/rootfs");
}

void RevisionTable::Remember(const std::shared_ptr<const Revision>& revision) {
  for (auto it = mounted_.begin(); it != mounted_.end();) {
    const auto entry = it++;
    if (entry->second.expired()) mounted_.erase(entry);
  }
  mounted_[{revision->name(), revision->id()}] = revision;
}

void RevisionTable::AddPrepared(std::shared_ptr<const Revision> revision) {
  Remember(revision);
  // A function has at most one prepared revision: it is changed by one deploy
  // at a time, so an older one is of a deploy that has failed.
  for (auto it = prepared_.lower_bound({revision->name(), ""});
       it != prepared_.end() && it->first.first == revision->name();) {
    it = prepared_.erase(it);
  }
  const std::pair key = {revision->name(), revision->id()};
  prepared_[key] = {std::move(revision), event::EventLoop::Now()};
}

void RevisionTable::DiscardPrepared(const std::string& function,
                                    const std::string& revision_id) {
  prepared_.erase({function, revision_id});
  SweepTrees();
}

absl::Status RevisionTable::Activate(const v1::Function& function) {
  const auto current = current_.find(function.name());
  if (current != current_.end() &&
      current->second->id() == function.revision_id()) {
    return absl::OkStatus();
  }
  std::shared_ptr<const Revision> revision;
  const auto prepared =
      prepared_.find({function.name(), function.revision_id()});
  if (prepared != prepared_.end()) {
    revision = std::move(prepared->second.revision);
    prepared_.erase(prepared);
  } else {
    ASSIGN_OR_RETURN(revision, Revision::Prepare(function, environment_));
    Remember(revision);
  }
  const std::string link = LinkOf(function.name());
  const std::string temporary = link + ".new";
  unlink(temporary.c_str());
  if (symlink(absl::StrCat(revision->id(), "/rootfs").c_str(),
              temporary.c_str()) != 0 ||
      rename(temporary.c_str(), link.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("link \"", link, "\""));
  }
  current_[function.name()] = std::move(revision);
  return absl::OkStatus();
}

void RevisionTable::SweepTrees() {
  if (environment_.flat_trees != nullptr) environment_.flat_trees->Sweep();
}

void RevisionTable::ExpirePrepared() {
  const absl::Time oldest = event::EventLoop::Now() - kPreparedTime;
  for (auto it = prepared_.begin(); it != prepared_.end();) {
    const auto entry = it++;
    if (entry->second.since < oldest) prepared_.erase(entry);
  }
}

absl::Status RevisionTable::Apply(const function::FunctionState& state) {
  for (auto it = current_.begin(); it != current_.end();) {
    const auto entry = it++;
    if (state.functions.count(entry->first) > 0) continue;
    unlink(LinkOf(entry->first).c_str());
    current_.erase(entry);
  }
  absl::Status result;
  for (const auto& [name, function] : state.functions) {
    const absl::Status status = Activate(function);
    if (status.ok()) continue;
    log::Line("rootfs", absl::StrCat(name, ": ", status.message()));
    result = status;
  }
  SweepTrees();
  return result;
}

std::shared_ptr<const Revision> RevisionTable::Find(
    const std::string& function) const {
  if (const auto it = current_.find(function); it != current_.end()) {
    return it->second;
  }
  const auto it = prepared_.lower_bound({function, ""});
  if (it == prepared_.end() || it->first.first != function) return nullptr;
  return it->second.revision;
}

std::vector<v1::Revision> RevisionTable::List() const {
  std::vector<v1::Revision> result;
  for (const auto& [key, weak] : mounted_) {
    const std::shared_ptr<const Revision> revision = weak.lock();
    if (revision == nullptr) continue;  // Remember erases the entry.
    v1::Revision& entry = result.emplace_back();
    entry.set_function(revision->name());
    entry.set_revision_id(revision->id());
    entry.set_rootfs(revision->rootfs());
    for (const v1::Layer& layer : revision->function().image().layers()) {
      entry.add_layers(layer.content_id());
    }
  }
  return result;
}

}  // namespace faas::runnerd
