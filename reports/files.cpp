// SPDX-License-Identifier: Apache-2.0
#include "reports/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/handle.hpp"

namespace hairpin::reports {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

Result<> make_bundle_directory(const std::string& directory) {
  std::error_code error;
  const auto parent = fs::path(directory).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return system_error(error, "make the directory " + parent.string());
  constexpr mode_t kMode = 0755;
  if (::mkdir(directory.c_str(), kMode) == 0) return {};
  if (errno != EEXIST) return last_system_error("make the directory " + directory);
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
