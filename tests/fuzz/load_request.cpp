// SPDX-License-Identifier: Apache-2.0
// The responder's quick reader of requests for load: what it takes has a size within the bound, and is written back as a
// target that means the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/load_request.hpp"

using namespace hairpin::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = head_size(bytes);
  const auto request = read_load_request(bytes.substr(0, head));
  if (!request) return 0;
  if (head == 0 || request->object_bytes > kMostObjectBytes) std::abort();
  const std::string method = request->is_head ? "HEAD " : "GET ";
  const std::string end = request->is_last ? "Connection: close\r\n\r\n" : "\r\n";
  const auto again = read_load_request(method + load_target("/", request->object_bytes, request->nonce) + " HTTP/1.1\r\n" + end);
  if (!again || *again != *request) std::abort();
  return 0;
}
