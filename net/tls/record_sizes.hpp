// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>

/// How the server cuts what it says into records (RFC 8446 §5.1).
namespace hairpin::net {

/// SSL_CTX_set_msg_callback: the sizes of records with an answer.
void note_record(int is_sent, int version, int kind, const void* bytes, std::size_t size, SSL* ssl, void*);
/// What the server granted of max_fragment_length; absent: nothing, or nothing was asked for.
std::optional<std::uint32_t> granted_fragment(const SSL* ssl);

}  // namespace hairpin::net
