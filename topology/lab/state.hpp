// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/handle.hpp"
#include "topology/lab/lab.hpp"

/// The folders of labs. A folder belongs to a process: its PID and its start time, since PIDs come back.
namespace hairpin::lab {

struct HolderId {
  pid_t pid = -1;
  std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat
};

/// While it lives nobody else makes, names or sweeps folders of this shelf. A lab that ends and another one of its name
/// that begins look alike to a sweep in between.
class ShelfLock {
 public:
  explicit ShelfLock(const LabShelf& shelf);
  void release() { directory_ = Descriptor(); }

 private:
  Descriptor directory_;
};

std::string folder_of(const LabShelf& shelf, const std::string& name);
Result<std::string> make_folder(const LabShelf& shelf, const std::string& name);
void remove_folder(const std::string& folder);

/// The running process with that PID; empty when there is none or when it is a zombie.
std::optional<HolderId> identify(pid_t pid);
/// Beside it the PID namespace in which that PID is its own.
Result<> write_holder(const std::string& folder, const HolderId& holder);

/// The live holder of a lab: its PID, and a descriptor that means this process and no later one.
struct LiveHolder {
  HolderId id;
  Descriptor process;
};
std::optional<LiveHolder> live_holder(const std::string& folder);

/// It was named in another PID namespace: nobody here can see whether its holder lives, and a sweep leaves it alone.
bool is_of_another_namespace(const std::string& folder);

/// SIGKILL, and waits until it and everything in its PID namespace has ended.
Result<> end_holder(const LiveHolder& holder);

Result<> write_record(const std::string& folder, const LabRecord& record);
std::optional<LabRecord> read_record(const std::string& folder);

}  // namespace hairpin::lab
