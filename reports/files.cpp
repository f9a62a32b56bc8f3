// SPDX-License-Identifier: Apache-2.0
#include "reports/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/handle.hpp"

namespace hairpin::reports {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0755;  ///< of a bundle

constexpr std::string_view kCaptures = "captures";

Error system_error(std::error_code code, std::string doing) {
  return {boost::system::error_code(code.value(), boost::system::system_category()), std::move(doing), {}};
}

Result<> write_all(const Descriptor& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_system_error("write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  // Some file systems report a full disk only here.
  if (::fsync(file.get()) != 0) return last_system_error("write " + path + " to the disk");
  return {};
}

/// Removes a half-written file unless it was renamed to its final name.
struct Temporary {
  explicit Temporary(std::string name) : path(std::move(name)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!is_renamed) ::unlink(path.c_str());
  }
  std::string path;
  bool is_renamed = false;
};

/// A bundle never overwrites one: only captures may be there before it.
Result<> check_empty(const std::string& directory) {
  std::error_code error;
  if (fs::is_symlink(directory, error) || !fs::is_directory(directory, error))
    return refusal(fmt::format("use {} for the bundle: it is not a directory", directory),
                   "choose another --out");
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().filename() != kCaptures)
      return refusal(fmt::format("use {} for the bundle: it is not empty", directory),
                     "choose another --out or remove it; a bundle never overwrites one");
  if (error) return system_error(error, "list " + directory);
  return {};
}

Result<> check_writable(const fs::path& folder, const std::string& path, const std::string& option) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return refusal(fmt::format("write {}: there is no directory {}", path, folder.string()),
                   "make it, or choose another " + option);
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return last_system_error("write into " + folder.string(), "choose another " + option);
}

/// A directory can be made when the nearest one above it that exists may be written.
fs::path nearest_existing(const fs::path& path) {
  std::error_code error;
  auto folder = fs::absolute(path, error).parent_path();
  while (folder != folder.root_path() && !fs::exists(folder, error)) folder = folder.parent_path();
  return folder;
}

/// By making one: a permission alone does not tell (/proc, quotas, a file system that became read-only).
Result<> check_takes_directories(const fs::path& folder) {
  const auto trial = folder / fmt::format(".hairpin-{}", ::getpid());
  constexpr mode_t kMode = 0700;
  if (::mkdir(trial.c_str(), kMode) != 0)
    return last_system_error("make a directory in " + folder.string(), "choose another --out");
  ::rmdir(trial.c_str());
  return {};
}

std::string safe_file_name(std::string_view name) {
  std::string result(name);
  const auto is_unsafe = [](char c) {
    const bool is_letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return !is_letter_or_digit && c != '_' && c != '-' && c != '.';
  };
  std::replace_if(result.begin(), result.end(), is_unsafe, '_');
  if (result.starts_with('.')) result.front() = '_';
  return result;
}

}  // namespace

std::string capture_file(std::string_view host, std::string_view interface) {
  return fmt::format("{}/{}-{}.pcap", kCaptures, safe_file_name(host), safe_file_name(interface));
}

Result<> make_bundle_directory(const std::string& directory) {
  std::error_code error;
  const auto parent = fs::path(directory).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return system_error(error, "make the directory " + parent.string());
  if (::mkdir(directory.c_str(), kDirectoryMode) == 0) return {};
  if (errno != EEXIST) return last_system_error("make the directory " + directory);
  return check_empty(directory);
}

Result<std::string> make_new_bundle_directory(const std::string& directory) {
  constexpr int kMostOfOneSecond = 1000;
  std::error_code error;
  if (const auto parent = fs::path(directory).parent_path(); !parent.empty()) fs::create_directories(parent, error);
  for (int i = 1; i <= kMostOfOneSecond; ++i) {
    auto free = i == 1 ? directory : fmt::format("{}-{}", directory, i);
    if (::mkdir(free.c_str(), kDirectoryMode) == 0) return free;
    if (errno != EEXIST) break;
  }
  return last_system_error("make the directory " + directory);
}

Result<> check_bundle_directory(const std::string& directory) {
  std::error_code error;
  if (fs::symlink_status(directory, error).type() == fs::file_type::not_found)
    return check_takes_directories(nearest_existing(directory));
  if (auto empty = check_empty(directory); !empty) return empty;
  return check_writable(directory, directory, "--out");
}

Result<> check_new_file(const std::string& path, const std::string& option) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    return check_writable(fs::absolute(path, error).parent_path(), path, option);
  if (status.type() == fs::file_type::directory)
    return refusal(fmt::format("write {}: it is a directory", path), "choose another " + option);
  if (::access(path.c_str(), W_OK) != 0) return last_system_error("write " + path, "choose another " + option);
  return {};
}

Result<> write_file(const std::string& directory, const std::string& name, std::string_view bytes) {
  const auto path = directory + "/" + name;
  const auto hidden = fmt::format("{}/.{}.{}", directory, name, ::getpid());
  constexpr mode_t kMode = 0644;
  Descriptor file(::open(hidden.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!file) return last_system_error("create " + hidden);
  Temporary temporary(hidden);
  auto written = write_all(file, bytes, path);
  if (!written) return written;
  if (::rename(temporary.path.c_str(), path.c_str()) != 0) return last_system_error("rename to " + path);
  temporary.is_renamed = true;
  return {};
}

Result<std::string> read_file(const std::string& directory, const std::string& name, std::size_t most_bytes) {
  const auto path = directory + "/" + name;
  // O_NONBLOCK: a FIFO in a bundle that somebody sent must not hang the reader.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file)
    return last_system_error("read " + path,
                             "a bundle has run.json, topology.yaml, observations.jsonl, versions.json");
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return last_system_error("read " + path);
  if (!S_ISREG(facts.st_mode)) return refusal("read " + path + ": it is not a regular file");
  if (static_cast<std::size_t>(facts.st_size) > most_bytes)
    return refusal(
        fmt::format("read {}: it has {} bytes, at most {} are read", path, facts.st_size, most_bytes));
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t used = 0;
  while (used < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_system_error("read " + path);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace hairpin::reports
