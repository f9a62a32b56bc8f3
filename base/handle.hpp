// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace hairpin {

template <auto Free>
struct Freed {
  template <class P>
  void operator()(P* pointer) const noexcept {
    Free(pointer);
  }
};

/// Owns a C object: `using Ssl = Handle<SSL, SSL_free>;`.
template <class T, auto Free>
using Handle = std::unique_ptr<T, Freed<Free>>;

/// Owns a file descriptor; closes it at the end. -1 is "none".
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace hairpin
