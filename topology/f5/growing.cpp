// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/growing.hpp"

#include <algorithm>
#include <cstring>

namespace hairpin::f5 {
namespace {

constexpr std::size_t kFirstChunk = 64u << 10;
constexpr std::size_t kMostNotices = 1000;  // the rest says nothing new

template <class T>
std::span<const T> moved(std::pmr::memory_resource& arena, std::vector<T>& stack, std::size_t from) {
  const auto count = stack.size() - from;
  if (count == 0) return {};
  auto* place = static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
  std::uninitialized_copy(stack.begin() + static_cast<std::ptrdiff_t>(from), stack.end(), place);
  stack.resize(from);
  return {place, count};
}

}  // namespace

Growing::Growing(std::string file, std::string text, Grammar grammar, const TreeLimits& limits)
    : limits_(limits) {
  tree_.file = std::move(file);
  tree_.grammar = grammar;
  tree_.text = std::make_unique<const std::string>(std::move(text));
  tree_.arena = std::make_unique<std::pmr::monotonic_buffer_resource>(kFirstChunk);
}

std::string_view Growing::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  auto* place = static_cast<char*>(tree_.arena->allocate(bytes.size(), 1));
  std::memcpy(place, bytes.data(), bytes.size());
  return {place, bytes.size()};
}

std::span<const std::string_view> Growing::take_words(std::size_t from) {
  taken_ += (words_.size() - from) / 4;  // a word is a quarter of a node
  return moved(*tree_.arena, words_, from);
}

std::span<const Node> Growing::take_nodes(std::size_t from) {
  taken_ += nodes_.size() - from;
  return moved(*tree_.arena, nodes_, from);
}

std::span<const std::string_view> Growing::words_of(std::initializer_list<std::string_view> words) {
  const auto from = words_.size();
  words_.insert(words_.end(), words);
  return take_words(from);
}

std::span<const Node> Growing::nodes_of(std::span<const Node> nodes) {
  const auto from = nodes_.size();
  nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
  return take_nodes(from);
}

void Growing::note(std::uint32_t line, std::string what) {
  if (tree_.notices.size() < kMostNotices) tree_.notices.push_back({line, std::move(what)});
}

Tree Growing::finish(std::size_t from) {
  tree_.nodes = take_nodes(from);
  return std::move(tree_);
}

}  // namespace hairpin::f5
