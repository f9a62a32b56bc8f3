// SPDX-License-Identifier: Apache-2.0
// What the responder does for each request under load: reading it, building the answer, and the answer's way through TLS.
#include <benchmark/benchmark.h>
#include <sys/socket.h>

#include <array>

#include "net/http1.hpp"
#include "net/load_proof.hpp"
#include "net/pki.hpp"
#include "net/tls/engine.hpp"
#include "responder/load/objects.hpp"

namespace hairpin {
namespace {

const std::string kRequest =
    "GET /LiveServer/MCUFactory/object/16384?nonce=0123456789abcdef HTTP/1.1\r\n"
    "Host: pool01.example.com\r\nUser-Agent: hairpin\r\nAccept: */*\r\n\r\n";

void BM_ReadRequest(benchmark::State& state) {
  for (auto _ : state) {
    const auto size = net::head_size(kRequest);
    benchmark::DoNotOptimize(net::read_load_request(std::string_view(kRequest).substr(0, size)));
  }
  state.SetItemsProcessed(state.iterations());
}

/// The general reader (Boost.Beast), which every other request goes through.
void BM_ReadRequestInGeneral(benchmark::State& state) {
  for (auto _ : state) {
    net::http1::RequestReader reader;
    benchmark::DoNotOptimize(reader.put(kRequest));
  }
  state.SetItemsProcessed(state.iterations());
}

/// What it costs to say with every answer that it belongs to the run; as much again to look at it.
void BM_SignAnswer(benchmark::State& state) {
  const auto key = net::LoadKey::random();
  net::Nonce nonce{};
  for (auto _ : state) {
    nonce = net::load_proof(key, nonce);
    benchmark::DoNotOptimize(nonce);
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_BuildAnswer(benchmark::State& state) {
  responder::Objects objects("oc02");
  net::LoadRequest request;
  request.object_bytes = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    auto answer = objects.answer_to(request);
    while (answer.left() > 0) {
      const auto record = objects.next_record(answer);
      benchmark::DoNotOptimize(record.data());
      answer.sent += record.size();
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// Two ends of a TLS connection on a socket pair; blocking would hide nothing here, both are driven by turns.
struct Pair {
  Pair() {
    const auto authority = net::make_authority("bench", std::chrono::hours(1)).value();
    net::CertificateRequest wanted;
    wanted.common_name = "bench";
    net::TlsServerSettings server_settings;
    server_settings.identity = net::issue(authority, wanted).value();
    server_settings.serves_load = true;
    int ends[2] = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
    server_socket = Descriptor(ends[0]);
    client_socket = Descriptor(ends[1]);
    server.set_up(ends[0], net::TlsContext::server(server_settings).value());
    server.be_server();
    client.set_up(ends[1], net::TlsContext::client({}).value());
    SSL_set_connect_state(client.ssl.get());
    while (client.shake_hands() != net::TlsStep::done || server.shake_hands() != net::TlsStep::done) server.shake_hands();
  }
  Descriptor server_socket, client_socket;
  net::TlsEngine server, client;
};

/// Request and answer through both ends: encryption and decryption of each, and the kernel's copies.
void BM_ThroughTls(benchmark::State& state) {
  Pair pair;
  responder::Objects objects("oc02");
  std::array<char, responder::kRecordBytes> bytes{};
  std::size_t count = 0;
  for (auto _ : state) {
    pair.client.write(kRequest, count);
    pair.server.read(bytes, count);
    auto request = net::read_load_request(std::string_view(bytes.data(), count));
    request->object_bytes = static_cast<std::uint64_t>(state.range(0));
    auto answer = objects.answer_to(*request);
    while (answer.left() > 0) {
      pair.server.write(objects.next_record(answer), count);
      answer.sent += count;
      for (std::size_t got = 0, left = count; left > 0; left -= got)
        if (pair.client.read(bytes, got) != net::TlsStep::done) return state.SkipWithError("a record was lost");
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_ReadRequest);
BENCHMARK(BM_ReadRequestInGeneral);
BENCHMARK(BM_SignAnswer);
BENCHMARK(BM_BuildAnswer)->Arg(64)->Arg(1024)->Arg(16384)->Arg(1 << 20);
BENCHMARK(BM_ThroughTls)->Arg(64)->Arg(1024)->Arg(16384)->Arg(1 << 20);

}  // namespace
}  // namespace hairpin

BENCHMARK_MAIN();
