// SPDX-License-Identifier: Apache-2.0
// What a load does for every transaction, piece by piece.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "base/histogram.hpp"
#include "net/load/tls.hpp"
#include "net/pki.hpp"
#include "net/tls/openssl.hpp"
#include "probe/load/pacer.hpp"
#include "probe/load/request.hpp"
#include "probe/load/response.hpp"

namespace {

using namespace hairpin;
using namespace hairpin::probe::load;

void RecordInHistogram(benchmark::State& state) {
  Histogram histogram;
  std::int64_t value = 1;
  for (auto _ : state) {
    value = value * 48'271 % 2'147'483'647;
    histogram.record(nanoseconds(value));
  }
}
BENCHMARK(RecordInHistogram);

void EncodeHistogram(benchmark::State& state) {
  Histogram histogram;
  std::int64_t value = 1;
  for (int i = 0; i < 100'000; ++i) {
    value = value * 48'271 % 2'147'483'647;
    histogram.record(nanoseconds(value));
  }
  for (auto _ : state) benchmark::DoNotOptimize(histogram.encode());
}
BENCHMARK(EncodeHistogram);

void ParseResponse(benchmark::State& state) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 29 Nov 2026 21:00:00 GMT\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: 64\r\nLast-Modified: Sun, 29 Nov 2026 20:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"65-40\"\r\n"
      "Accept-Ranges: bytes\r\n\r\n" +
      std::string(64, 'x');
  Response response;
  for (auto _ : state) {
    response.begin();
    std::string_view bytes = text;
    benchmark::DoNotOptimize(response.put(bytes));
  }
}
BENCHMARK(ParseResponse);

void BuildRequest(benchmark::State& state) {
  Request request({"pool01.example.com", "/LiveServer/MCUFactory/", {{1024, 1}}, true, "hairpin/0.1.0 load 01M8KZ7C78R1KAG21QSGHXSFH0"});
  for (auto _ : state) benchmark::DoNotOptimize(request.next(false).data());
}
BENCHMARK(BuildRequest);

void PaceArrivals(benchmark::State& state) {
  const LoadPhases phases{milliseconds(0), milliseconds(1'000), milliseconds(86'000'000), milliseconds(0)};
  Pacer pacer(state.range(0) == 0 ? Arrivals::constant : Arrivals::poisson, 1e6, phases, {}, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(pacer.due());
    pacer.advance();
  }
}
BENCHMARK(PaceArrivals)->Arg(0)->Arg(1);

/// A TLS server on one end of a socket pair that answers every request with `size` bytes, on a thread of its own.
class Echo {
 public:
  explicit Echo(std::size_t size) : answer_(size, 'x') {
    std::signal(SIGPIPE, SIG_IGN);  // the server has an alert to say when the client is gone
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data());
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    const auto authority = net::make_authority("bench", std::chrono::hours(1)).value();
    settings_.identity = net::issue(authority, {"bench", {"bench.example"}, {}, std::chrono::hours(1), true, false}).value();
    context_ = net::TlsContext::server(settings_).value();
    thread_ = std::thread([this] { serve(); });
  }
  ~Echo() {
    ::shutdown(ends_[0], SHUT_RDWR);
    thread_.join();
    for (const int end : ends_) ::close(end);
  }
  int client() const { return ends_[0]; }

 private:
  void serve() {
    const net::Ssl ssl(SSL_new(context_.native()));
    SSL_set_fd(ssl.get(), ends_[1]);
    if (SSL_accept(ssl.get()) != 1) return;
    std::array<char, 4096> request{};
    while (SSL_read(ssl.get(), request.data(), static_cast<int>(request.size())) > 0)
      for (std::size_t sent = 0, count = 0; sent < answer_.size(); sent += count)
        if (SSL_write_ex(ssl.get(), answer_.data() + sent, answer_.size() - sent, &count) != 1) return;
  }

  std::array<int, 2> ends_{};
  std::string answer_;
  net::TlsServerSettings settings_;
  net::TlsContext context_;
  std::thread thread_;
};

void await(net::Wire& wire, int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  ::poll(&ready, 1, -1);
  wire.attach(descriptor, true);
}

/// Writes a request and reads its answer of so many bytes; the CPU time is the client's alone.
void TlsReadAndWrite(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  Echo echo(size);
  net::Wire wire;
  const auto shared = net::LoadTls::make({}).value();
  const auto end = net::LoadTlsEnd::make(*shared, wire);
  std::string waiting, request(200, 'r');
  std::array<char, 64 * 1024> text{};
  end->begin();
  wire.attach(echo.client(), true);
  end->shake_hands();
  wire.flush(waiting);
  for (auto step = net::LoadStep::wants_read; step == net::LoadStep::wants_read;) {
    await(wire, echo.client());
    step = end->shake_hands();
    wire.flush(waiting);
  }
  for (auto _ : state) {
    wire.attach(echo.client(), true);
    end->write(request);
    wire.flush(waiting);
    for (std::size_t got = 0, count = 0; got < size;) {
      const auto step = end->read(text, count);
      if (step == net::LoadStep::done) got += count;
      if (step == net::LoadStep::wants_read) await(wire, echo.client());
      if (step == net::LoadStep::refused || step == net::LoadStep::broken || step == net::LoadStep::ended)
        return state.SkipWithError("the connection broke");
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::uint64_t>(state.iterations()) * size));
}
BENCHMARK(TlsReadAndWrite)->Arg(64)->Arg(1024)->Arg(16 * 1024)->Arg(1 << 20);

}  // namespace

BENCHMARK_MAIN();
