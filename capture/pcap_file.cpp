// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "capture/pcap_handle.hpp"

namespace hairpin::capture {
namespace {

/// The largest that readers accept (libpcap's MAXIMUM_SNAPLEN, Wireshark's limit).
constexpr int kMaximumFrameBytes = 262144;

using Dumper = Handle<pcap_dumper_t, pcap_dump_close>;

class PcapFile final : public PcapWriter {
 public:
  PcapFile(std::string path, Pcap handle, Dumper dumper)
      : path_(std::move(path)), handle_(std::move(handle)), dumper_(std::move(dumper)) {}

  Result<> write(const Frame& frame) override;
  Result<> close() override;

 private:
  Error write_error() const { return last_system_error("write " + path_, "free space for the capture file"); }
  std::string path_;
  Pcap handle_;
  Dumper dumper_;
};

Result<> PcapFile::write(const Frame& frame) {
  if (!dumper_) return refusal("write " + path_ + ": it is closed");
  if (frame.bytes.size() > kMaximumFrameBytes)
    return refusal("write a frame of more than 256 KiB to " + path_);
  const auto since_epoch = frame.time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  pcap_pkthdr header{};
  header.ts.tv_sec = seconds.count();
  header.ts.tv_usec = (since_epoch - seconds).count();  // nanoseconds, as the handle's precision is
  header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
  header.len = std::max(frame.original_length_bytes, header.caplen);
  pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header, frame.bytes.data());
  if (std::ferror(pcap_dump_file(dumper_.get()))) return write_error();
  return {};
}

Result<> PcapFile::close() {
  if (!dumper_) return {};
  const bool is_written = pcap_dump_flush(dumper_.get()) == 0 && !std::ferror(pcap_dump_file(dumper_.get()));
  Result<> result;
  if (!is_written) result = write_error();
  dumper_.reset();
  return result;
}

}  // namespace

Result<std::unique_ptr<PcapWriter>> PcapWriter::create(const std::string& path, LinkType link) {
  Pcap handle(pcap_open_dead_with_tstamp_precision(data_link_of(link), kMaximumFrameBytes,
                                                   PCAP_TSTAMP_PRECISION_NANO));
  if (!handle) return last_system_error("create " + path);
  // pcap would write to standard output for "-", and its message has no code.
  Handle<std::FILE, std::fclose> file(std::fopen(path.c_str(), "wbe"));
  if (!file) return last_system_error("create " + path);
  Dumper dumper(pcap_dump_fopen(handle.get(), file.get()));
  if (!dumper) return last_system_error("create " + path);
  static_cast<void>(file.release());  // the dumper closes it
  return std::unique_ptr<PcapWriter>(std::make_unique<PcapFile>(path, std::move(handle), std::move(dumper)));
}

Result<> read_pcap(const std::string& path, const std::function<void(const Frame&, LinkType)>& on_frame) {
  Handle<std::FILE, std::fclose> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return last_system_error("read " + path);
  char text[PCAP_ERRBUF_SIZE] = {};
  Pcap handle(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, text));
  if (!handle) return refusal("read " + path + " as a capture file (" + text + ")");
  static_cast<void>(file.release());  // pcap closes it
  const auto link = link_type_of(handle.get());
  if (!link) return refusal("read " + path + ": its link type is not known to hairpin");
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(handle.get(), &header, &bytes)) == 1)
    on_frame(frame_of(handle.get(), *header, bytes), *link);
  if (status != PCAP_ERROR_BREAK)
    return refusal("read all of " + path + " (" + pcap_geterr(handle.get()) + ")");
  return {};
}

}  // namespace hairpin::capture
