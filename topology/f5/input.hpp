// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/config.hpp"

namespace hairpin::f5 {

/// What an input is, by its content; names do not matter.
enum class InputKind { tmsh, bigpipe, as3, rest, archive, encrypted_archive, unknown };
InputKind recognise(std::string_view first_bytes);

/// Reads files of any kind and mixture: bigip.conf, SCF, `tmsh list` output, UCS and qkview archives, AS3 and iControl REST
/// JSON. "-" is standard input. One configuration comes of all of them.
Result<Config> read_config(const std::vector<std::string>& files);

/// The same of one text that is no archive.
Result<Config> read_config_text(std::string file, std::string text);
Result<std::vector<Tree>> read_trees(std::string file, std::string text);

/// The configuration members of a UCS or qkview, each as a tree; other members are never unpacked.
Result<std::vector<Tree>> read_archive(const std::string& file, std::string_view bytes);

/// AS3 declarations and iControl REST collections, said in the words of tmsh, with the lines of the JSON.
Result<Tree> read_as3(std::string file, std::string text, const TreeLimits& limits = {});
Result<Tree> read_rest(std::string file, std::string text, const TreeLimits& limits = {});

}  // namespace hairpin::f5
