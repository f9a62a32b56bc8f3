// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/handle.hpp"
#include "topology/f5/archive.hpp"
#include "topology/f5/json_lines.hpp"
#include "topology/f5/modules.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kLooked = 64u << 10;  ///< bytes by which an input is recognised

bool starts_with_bytes(std::string_view text, std::initializer_list<unsigned char> bytes) {
  return text.size() >= bytes.size() &&
         std::equal(bytes.begin(), bytes.end(), text.begin(), [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); });
}

bool is_tar(std::string_view bytes) { return bytes.size() >= 262 && bytes.substr(257, 5) == "ustar"; }

/// OpenPGP messages (RFC 9580 §4.2: a session key packet comes first), and what `openssl enc` writes.
bool is_encrypted(std::string_view bytes) {
  return bytes.starts_with("Salted__") || bytes.starts_with("-----BEGIN PGP MESSAGE") || starts_with_bytes(bytes, {0x85}) ||
         starts_with_bytes(bytes, {0x84}) || starts_with_bytes(bytes, {0x8c, 0x0d, 0x04}) || starts_with_bytes(bytes, {0xc1}) ||
         starts_with_bytes(bytes, {0xc3, 0x0d, 0x04});
}

/// Statements begin at the left edge; the first words that stand there decide.
InputKind recognise_text(std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto word = line.substr(0, line.find_first_of(" \t\r{"));
    if (is_module(word)) return InputKind::tmsh;
    if (is_bigpipe_stanza(word)) return InputKind::bigpipe;
    if (line.starts_with("#TMSH-VERSION")) return InputKind::tmsh;
  }
  return InputKind::unknown;
}

Error too_large(const std::string& file, std::size_t most) {
  return refusal(fmt::format("read {}: it is larger than {} MiB", shown(file), most >> 20));
}

Result<std::string> read_whole(int fd, std::string text, const std::string& file, std::size_t most) {
  constexpr std::size_t kChunk = 1u << 20;
  struct stat about {};
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size > most) return too_large(file, most);
    text.reserve(size + kChunk);
  }
  for (;;) {
    const auto had = text.size();
    text.resize(had + kChunk);
    const auto count = read(fd, text.data() + had, kChunk);
    if (count < 0) return last_system_error("read " + file);
    text.resize(had + static_cast<std::size_t>(count));
    if (count == 0) return text;
    if (text.size() > most) return too_large(file, most);
  }
}

Result<std::vector<Tree>> read_input(const std::string& name) {
  const auto file = name == "-" ? std::string("standard input") : name;
  const Descriptor opened(name == "-" ? dup(STDIN_FILENO) : open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!opened) return last_system_error("open " + file);
  std::string first(kLooked, '\0');
  std::size_t had = 0;
  while (had < first.size()) {
    const auto count = read(opened.get(), first.data() + had, first.size() - had);
    if (count < 0) return last_system_error("read " + file);
    if (count == 0) break;
    had += static_cast<std::size_t>(count);
  }
  first.resize(had);
  const auto kind = recognise(first);
  if (kind == InputKind::archive) return read_archive_from(opened.get(), std::move(first), file);
  const bool is_json = kind == InputKind::as3 || kind == InputKind::rest;
  const bool is_binary = first.find('\0') != first.npos;
  if (kind == InputKind::unknown && is_binary) return read_trees(file, std::move(first));  // says what it is not
  auto text = read_whole(opened.get(), std::move(first), file, is_json ? kMostJsonBytes : TreeLimits{}.bytes);
  if (!text) return text.error();
  return read_trees(file, std::move(*text));
}

Result<std::vector<Tree>> only(Result<Tree> tree) {
  if (!tree) return tree.error();
  std::vector<Tree> trees;
  trees.push_back(std::move(*tree));
  return trees;
}

}  // namespace

InputKind recognise(std::string_view bytes) {
  if (starts_with_bytes(bytes, {0x1f, 0x8b}) || is_tar(bytes)) return InputKind::archive;
  if (is_encrypted(bytes)) return InputKind::encrypted_archive;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  if (bytes.starts_with('{') || bytes.starts_with('[')) {
    const auto kind = bytes.find("\"tm:");
    return kind != bytes.npos && bytes.find("\"kind\"") != bytes.npos ? InputKind::rest : InputKind::as3;
  }
  return recognise_text(bytes);
}

Result<std::vector<Tree>> read_trees(std::string file, std::string text) {
  const auto first = std::string_view(text).substr(0, kLooked);
  auto kind = recognise(first);
  // A comment may be longer than what was looked at.
  if (kind == InputKind::unknown && text.size() > kLooked) kind = recognise(text);
  switch (kind) {
    case InputKind::tmsh: return only(read_tmsh(std::move(file), std::move(text)));
    case InputKind::bigpipe: return only(read_bigpipe(std::move(file), std::move(text)));
    case InputKind::as3: return only(read_as3(std::move(file), std::move(text)));
    case InputKind::rest: return only(read_rest(std::move(file), std::move(text)));
    case InputKind::archive: return read_archive(file, text);
    case InputKind::encrypted_archive:
      return refusal(fmt::format("read {}: it is encrypted", shown(file)),
                     "decrypt it first, or save it without a passphrase (tmsh save sys ucs FILE)");
    case InputKind::unknown: break;
  }
  const bool is_wide = first.starts_with("\xff\xfe") || first.starts_with("\xfe\xff");
  return refusal(fmt::format("read {}: {}", shown(file),
                             text.empty() ? "it is empty" : is_wide ? "it is UTF-16" : "no BIG-IP configuration in it"),
                 is_wide ? "save it as UTF-8"
                         : "expected bigip.conf, an SCF, tmsh list output, a UCS or qkview, AS3 or iControl REST JSON");
}

Result<Config> read_config(const std::vector<std::string>& files) {
  std::vector<Tree> trees;
  for (const auto& file : files) {
    auto read = read_input(file);
    if (!read) return read.error();
    for (auto& tree : *read) trees.push_back(std::move(tree));
  }
  return make_config(std::move(trees));
}

Result<Config> read_config_text(std::string file, std::string text) {
  auto trees = read_trees(std::move(file), std::move(text));
  if (!trees) return trees.error();
  return make_config(std::move(*trees));
}

}  // namespace hairpin::f5
