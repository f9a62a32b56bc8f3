// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/frame_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "capture/direction.hpp"
#include "capture/live.hpp"
#include "capture/pcap_file.hpp"
#include "reports/files.hpp"

namespace hairpin {
namespace {

std::optional<capture::LinkType> link_type(std::uint16_t number) {
  for (const auto link :
       {capture::LinkType::ethernet, capture::LinkType::linux_sll2, capture::LinkType::raw_ip})
    if (static_cast<std::uint16_t>(link) == number) return link;
  return {};
}

const InterfaceFacts* find_interface(const std::vector<HostFacts>& hosts, const std::string& host,
                                     const std::string& name) {
  for (const auto& facts : hosts) {
    if (facts.host != host) continue;
    for (const auto& interface : facts.interfaces)
      if (interface.name == name) return &interface;
  }
  return nullptr;
}

}  // namespace

Result<> FrameStore::add(const std::string& host, const FrameBatch& batch) {
  const std::string doing = "read the frames of " + host;
  const auto link = link_type(batch.link);
  if (!link) return refusal(doing, fmt::format("unknown link type {}", batch.link));
  auto& vantage = vantages_[{host, batch.interface}];
  vantage.link = *link;
  for (const auto& frame : batch.frames) {
    StoredFrame stored{frame.time, frame.length, {}};
    stored.bytes.resize(std::min<std::size_t>(frame.bytes.size() / 2, capture::kSnapshotBytes));
    if (!parse_hex(frame.bytes, stored.bytes.data(), stored.bytes.size()))
      return refusal(doing, "frames are hexadecimal and at most one snapshot long");
    vantage.frames.push_back(std::move(stored));
  }
  return {};
}

std::vector<PacketObservation> FrameStore::decode_new(const std::vector<HostFacts>& hosts) {
  std::vector<PacketObservation> packets;
  for (auto& [key, vantage] : vantages_) {
    const auto* interface = find_interface(hosts, key.first, key.second);
    for (; vantage.decoded < vantage.frames.size(); ++vantage.decoded) {
      auto packet = capture::decode(vantage.frames[vantage.decoded].view(), vantage.link);
      if (!packet) continue;
      ++vantage.packets;
      packet->host = key.first;
      packet->interface = key.second;
      packet->frame = vantage.decoded + 1;
      if (interface) packet->direction = capture::direction_of(*packet, *interface);
      packets.push_back(std::move(*packet));
    }
  }
  return packets;
}

void FrameStore::count_into(CaptureFacts& facts) const {
  const auto found = vantages_.find({facts.host, facts.interface});
  if (found == vantages_.end()) return;
  facts.kept = found->second.packets;
  facts.malformed += found->second.decoded - found->second.packets;
}

Result<> FrameStore::write_captures(const std::string& bundle_directory) const {
  const auto directory = std::filesystem::path(bundle_directory) / "captures";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{error, "make " + directory.string(), {}};
  for (const auto& [key, vantage] : vantages_) {
    if (vantage.frames.empty()) continue;
    const auto path = bundle_directory + "/" + reports::capture_file(key.first, key.second);
    auto writer = capture::PcapWriter::create(path, vantage.link);
    if (!writer) return writer.error();
    for (const auto& frame : vantage.frames)
      if (auto written = (*writer)->write(frame.view()); !written) return written;
    if (auto closed = (*writer)->close(); !closed) return closed;
  }
  return {};
}

void FrameStore::clear() { vantages_.clear(); }

}  // namespace hairpin
