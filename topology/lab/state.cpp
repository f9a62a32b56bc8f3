// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/state.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "base/json.hpp"
#include "topology/lab/build/process.hpp"

namespace hairpin::lab {

BOOST_DESCRIBE_STRUCT(LabRecord, (), (name, mode, snat, family, control, faults, hosts, since))

namespace {

constexpr int kEndLimitMs = 10'000;
constexpr auto kUnclaimed = std::chrono::seconds(5);  ///< a folder whose owner has not written its name yet

/// Below /tmp anybody could have made it first.
bool is_ours(const LabShelf& shelf) {
  struct stat found {};
  return lstat(shelf.directory.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid();
}

}  // namespace

LabShelf default_shelf() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (geteuid() == 0) return {"/run/hairpin/lab"};
  if (runtime && access(runtime, W_OK) == 0) return {std::string(runtime) + "/hairpin/lab"};
  return {fmt::format("/tmp/hairpin-{}/lab", geteuid())};
}

ShelfLock::ShelfLock(const LabShelf& shelf) {
  std::error_code ignored;  // without the directory there is nothing to lock, and what follows says why
  std::filesystem::create_directories(shelf.directory, ignored);
  directory_ = Descriptor(open(shelf.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (directory_ && flock(directory_.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
}

std::string folder_of(const LabShelf& shelf, const std::string& name) { return shelf.directory + "/" + name; }

Result<std::string> make_folder(const LabShelf& shelf, const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(shelf.directory, error);
  if (!is_ours(shelf))
    return refusal("keep a lab in " + shelf.directory + ": the folder belongs to somebody else", "set XDG_RUNTIME_DIR to a folder of your own");
  const auto folder = folder_of(shelf, name);
  if (mkdir(folder.c_str(), 0700) == 0) return folder;
  if (errno == EEXIST)
    return Error{make_error_code(boost::system::errc::file_exists), fmt::format("start lab {}", name),
                 fmt::format("it is up already: hairpin lab down {}, or choose another --name", name)};
  return last_system_error("make the folder " + folder);
}

void remove_folder(const std::string& folder) {
  std::error_code ignored;  // what cannot be removed now is swept by a later command
  std::filesystem::remove_all(folder, ignored);
}

std::optional<HolderId> identify(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/stat", pid));
  if (!text) return {};
  // "PID (name) S …": the name may hold anything, the fields count from behind its last parenthesis.
  const auto close = text->rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream fields(text->substr(close + 1));
  std::string state, skipped;
  fields >> state;
  if (state == "Z" || state == "X") return {};
  for (int field = 4; field < 22; ++field) fields >> skipped;
  HolderId found{.pid = pid};
  if (!(fields >> found.start_ticks)) return {};
  return found;
}

namespace {

/// "pid:[4026531836]"; empty where there is no /proc.
std::string pid_namespace() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

}  // namespace

bool is_of_another_namespace(const std::string& folder) {
  const auto text = read_file(folder + "/holder");
  if (!text) return false;
  std::istringstream fields(*text);
  std::string pid, ticks, named_in;
  return (fields >> pid >> ticks >> named_in) && named_in != pid_namespace();
}

Result<> write_holder(const std::string& folder, const HolderId& holder) {
  // Whole or not at all: another command that sweeps meanwhile must not take a half-written name for a dead holder.
  const auto path = folder + "/holder", unfinished = path + ".new";
  if (auto written = write_file(unfinished, fmt::format("{} {} {}\n", holder.pid, holder.start_ticks, pid_namespace())); !written)
    return written;
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return last_system_error("name the holder in " + path);
  return {};
}

std::optional<LiveHolder> live_holder(const std::string& folder) {
  const auto text = read_file(folder + "/holder");
  if (!text) return {};
  HolderId written;
  std::istringstream fields(*text);
  if (!(fields >> written.pid >> written.start_ticks) || written.pid <= 1 || is_of_another_namespace(folder)) return {};
  // First the descriptor, then the start time: whoever has the PID later is not what the descriptor means.
  Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, written.pid, 0)));
  const auto now = identify(written.pid);
  if (!process || !now || now->start_ticks != written.start_ticks) return {};
  return LiveHolder{written, std::move(process)};
}

Result<> end_holder(const LiveHolder& holder) {
  if (syscall(SYS_pidfd_send_signal, holder.process.get(), SIGKILL, nullptr, 0) != 0 && errno != ESRCH)
    return last_system_error(fmt::format("end the lab's holder (PID {})", holder.id.pid));
  // The kernel reports the end of a PID namespace's first process after all others of it are gone.
  pollfd waiting{.fd = holder.process.get(), .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, kEndLimitMs) != 1)
    return Error{make_error_code(boost::system::errc::timed_out),
                 fmt::format("end the lab's holder (PID {})", holder.id.pid), ""};
  siginfo_t info{};  // its parent, where that is this process
  waitid(P_PIDFD, static_cast<id_t>(holder.process.get()), &info, WEXITED | WNOHANG);
  return {};
}

Result<> write_record(const std::string& folder, const LabRecord& record) {
  return write_file(folder + "/lab.json", boost::json::serialize(to_json(record)) + "\n");
}

std::optional<LabRecord> read_record(const std::string& folder) {
  const auto text = read_file(folder + "/lab.json");
  if (!text) return {};
  const auto value = parse_json(*text, "lab.json");
  if (!value) return {};
  auto record = from_json<LabRecord>(*value);
  if (!record) return {};
  return std::move(*record);
}

std::vector<std::string> sweep(const LabShelf& shelf) {
  std::vector<std::string> swept;
  const ShelfLock lock(shelf);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shelf.directory, error)) {
    const auto folder = entry.path().string();
    // Asked before the holder is looked at: a lab that names its holder in between is alive.
    const bool is_claimed = std::filesystem::exists(folder + "/holder", error);
    if (!entry.is_directory(error) || live_holder(folder) || is_of_another_namespace(folder)) continue;
    const auto age = std::filesystem::file_time_type::clock::now() - entry.last_write_time(error);
    if (!is_claimed && age < kUnclaimed) continue;
    remove_folder(folder);
    swept.push_back(entry.path().filename().string());
  }
  return swept;
}

}  // namespace hairpin::lab
