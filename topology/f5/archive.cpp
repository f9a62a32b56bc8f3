// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/handle.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

using Archive = Handle<archive, archive_read_free>;

constexpr std::size_t kChunk = 256u << 10;

/// Bytes for libarchive: those that are at hand, then the descriptor's. Counts them: the ratio of a bomb shows early.
struct Feed {
  std::string_view at_hand;
  int fd = -1;
  std::uint64_t packed = 0;
  std::string buffer;
};

la_ssize_t next_chunk(archive* reader, void* data, const void** chunk) {
  auto& feed = *static_cast<Feed*>(data);
  if (!feed.at_hand.empty()) {
    const auto part = feed.at_hand.substr(0, kChunk);
    feed.at_hand.remove_prefix(part.size());
    feed.packed += part.size();
    *chunk = part.data();
    return static_cast<la_ssize_t>(part.size());
  }
  if (feed.fd < 0) return 0;
  feed.buffer.resize(kChunk);
  const auto count = read(feed.fd, feed.buffer.data(), feed.buffer.size());
  if (count < 0) {
    archive_set_error(reader, errno, "read error");
    return -1;
  }
  feed.packed += static_cast<std::uint64_t>(count);
  *chunk = feed.buffer.data();
  return count;
}

bool has_dot_dot(std::string_view path) {
  while (!path.empty()) {
    const auto part = path.substr(0, path.find('/'));
    if (part == "..") return true;
    path.remove_prefix(std::min(part.size() + 1, path.size()));
  }
  return false;
}

class ArchiveReader {
 public:
  ArchiveReader(Feed feed, std::string file, const ArchiveLimits& limits)
      : feed_(std::move(feed)), file_(std::move(file)), limits_(limits), reader_(archive_read_new()) {}

  Result<std::vector<Tree>> read() {
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_format_tar(reader_.get());
    archive_read_support_format_raw(reader_.get());  // bigip.conf.gz
    if (archive_read_open(reader_.get(), &feed_, nullptr, next_chunk, nullptr) != ARCHIVE_OK) return broken();
    for (;;) {
      archive_entry* entry = nullptr;
      const auto status = archive_read_next_header(reader_.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      if (status < ARCHIVE_WARN) return broken();
      if (auto error = member(entry)) return std::move(*error);
    }
    if (trees_.empty())
      return refusal(fmt::format("read {}: no configuration in the archive", shown(file_)),
                     "a UCS or qkview has config/bigip.conf and config/bigip_base.conf");
    return std::move(trees_);
  }

 private:
  Error broken() {
    const auto* why = archive_error_string(reader_.get());
    return refusal(fmt::format("read {}: the archive is damaged: {}", shown(file_), shown(why ? why : "no more data")));
  }
  Error too_large(const std::string& what) { return refusal(fmt::format("read {}: {}", shown(file_), what)); }

  std::optional<Error> member(archive_entry* entry) {
    if (++members_ > limits_.members) return too_large(fmt::format("more than {} members", limits_.members));
    const auto* raw_path = archive_entry_pathname(entry);
    const std::string path = raw_path ? raw_path : "";
    const bool is_raw = archive_format(reader_.get()) == ARCHIVE_FORMAT_RAW;
    if (!is_raw && !is_configuration_member(path)) return pass_over();
    if (path.starts_with('/') || has_dot_dot(path))
      return refusal(fmt::format("read {}: the member {} leaves the archive", shown(file_), shown(path)));
    // Links of a member that should be configuration: a UCS has none, and following one is what an attacker wants.
    if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
      return refusal(fmt::format("read {}: the member {} is a link", shown(file_), shown(path)));
    if (!is_raw && archive_entry_filetype(entry) != AE_IFREG) return pass_over();
    return configuration(is_raw ? file_ : file_ + ":" + path);
  }

  /// libarchive has to unpack what it passes over: that is counted too.
  std::optional<Error> pass_over() {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
      const auto status = archive_read_data_block(reader_.get(), &block, &size, &offset);
      if (status == ARCHIVE_EOF) return {};
      if (status < ARCHIVE_WARN) return broken();
      if (auto error = unpacked(size)) return error;
    }
  }

  std::optional<Error> unpacked(std::size_t size) {
    unpacked_ += size;
    if (unpacked_ > limits_.unpacked_bytes)
      return too_large(fmt::format("it unpacks to more than {} GiB", limits_.unpacked_bytes >> 30));
    if (unpacked_ > limits_.harmless_bytes && unpacked_ / std::max<std::uint64_t>(feed_.packed, 1) > limits_.most_ratio)
      return too_large(fmt::format("it unpacks to more than {} times its size: no configuration does", limits_.most_ratio));
    return {};
  }

  std::optional<Error> configuration(const std::string& name) {
    std::string text;
    for (;;) {
      const auto had = text.size();
      text.resize(had + kChunk);
      const auto count = archive_read_data(reader_.get(), text.data() + had, kChunk);
      if (count < 0) return broken();
      text.resize(had + static_cast<std::size_t>(count));
      if (count == 0) break;
      if (auto error = unpacked(static_cast<std::size_t>(count))) return error;
      if (text.size() > limits_.member_bytes)
        return too_large(fmt::format("{} is larger than {} MiB", shown(name), limits_.member_bytes >> 20));
    }
    configuration_ += text.size();
    if (configuration_ > limits_.configuration_bytes)
      return too_large(fmt::format("its configuration is larger than {} MiB", limits_.configuration_bytes >> 20));
    if (text.find_first_not_of(" \t\r\n") == text.npos) return {};
    const auto kind = recognise(text);
    // bigip_script.conf may hold comments alone.
    if (kind != InputKind::tmsh && kind != InputKind::bigpipe) return {};
    auto read = read_trees(name, std::move(text));
    if (!read) return read.error();
    for (auto& tree : *read) trees_.push_back(std::move(tree));
    return {};
  }

  Feed feed_;
  std::string file_;
  ArchiveLimits limits_;
  Archive reader_;
  std::vector<Tree> trees_;
  std::size_t members_ = 0;
  std::size_t configuration_ = 0;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

bool is_configuration_member(std::string_view path) {
  constexpr std::array<std::string_view, 5> kNames = {"bigip.conf", "bigip_base.conf", "bigip_gtm.conf", "bigip_script.conf",
                                                      "bigip_user.conf"};
  const auto name = path.substr(path.rfind('/') + 1);
  if (std::ranges::find(kNames, name) == kNames.end()) return false;
  // A UCS also keeps older copies (config/bigpipe, config/.diskmap): only the two places that BIG-IP loads from.
  auto folder = path.substr(0, path.size() - name.size());
  while (folder.starts_with("./")) folder.remove_prefix(2);
  if (folder.ends_with('/')) folder.remove_suffix(1);
  if (folder.empty() || folder == "config" || folder.ends_with("/config")) return true;
  const auto partitions = folder.rfind("config/partitions/");
  return partitions != folder.npos && folder.find('/', partitions + 18) == folder.npos;
}

Result<std::vector<Tree>> read_archive_from(int fd, std::string first, const std::string& file, const ArchiveLimits& limits) {
  return ArchiveReader({first, fd, 0, {}}, file, limits).read();
}

Result<std::vector<Tree>> read_archive(const std::string& file, std::string_view bytes, const ArchiveLimits& limits) {
  return ArchiveReader({bytes, -1, 0, {}}, file, limits).read();
}

Result<std::vector<Tree>> read_archive(const std::string& file, std::string_view bytes) {
  return read_archive(file, bytes, ArchiveLimits{});
}

}  // namespace hairpin::f5
