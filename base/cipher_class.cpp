// SPDX-License-Identifier: Apache-2.0
#include "base/cipher_class.hpp"

namespace hairpin {
namespace {

constexpr CipherSuite kUnencrypted[] = {{0xC006, "ECDHE-ECDSA-NULL-SHA"}, {0xC010, "ECDHE-RSA-NULL-SHA"}, {0x003B, "NULL-SHA256"},
                                        {0x0002, "NULL-SHA"},             {0x0001, "NULL-MD5"}};
constexpr CipherSuite kAnonymous[] = {{0x00A7, "ADH-AES256-GCM-SHA384"}, {0x00A6, "ADH-AES128-GCM-SHA256"}, {0x006D, "ADH-AES256-SHA256"},
                                      {0x006C, "ADH-AES128-SHA256"},     {0xC019, "AECDH-AES256-SHA"},      {0xC018, "AECDH-AES128-SHA"},
                                      {0x003A, "ADH-AES256-SHA"},        {0x0034, "ADH-AES128-SHA"},        {0xC017, "AECDH-DES-CBC3-SHA"},
                                      {0x001B, "ADH-DES-CBC3-SHA"},      {0xC016, "AECDH-RC4-SHA"},         {0x0018, "ADH-RC4-MD5"},
                                      {0xC015, "AECDH-NULL-SHA"}};
constexpr CipherSuite kExportGrade[] = {{0x0003, "EXP-RC4-MD5"},           {0x0006, "EXP-RC2-CBC-MD5"},     {0x0008, "EXP-DES-CBC-SHA"},
                                        {0x0014, "EXP-EDH-RSA-DES-CBC-SHA"}, {0x0011, "EXP-EDH-DSS-DES-CBC-SHA"}, {0x0062, "EXP1024-DES-CBC-SHA"},
                                        {0x0064, "EXP1024-RC4-SHA"}};
constexpr CipherSuite kRc4[] = {{0xC007, "ECDHE-ECDSA-RC4-SHA"}, {0xC011, "ECDHE-RSA-RC4-SHA"}, {0x0005, "RC4-SHA"}, {0x0004, "RC4-MD5"}};
constexpr CipherSuite kTripleDes[] = {{0xC008, "ECDHE-ECDSA-DES-CBC3-SHA"}, {0xC012, "ECDHE-RSA-DES-CBC3-SHA"}, {0x0016, "DHE-RSA-DES-CBC3-SHA"},
                                      {0x0013, "DHE-DSS-DES-CBC3-SHA"},     {0x000A, "DES-CBC3-SHA"}};
constexpr CipherSuite kStaticRsa[] = {{0x009D, "AES256-GCM-SHA384"}, {0x009C, "AES128-GCM-SHA256"}, {0x003D, "AES256-SHA256"}, {0x003C, "AES128-SHA256"},
                                      {0x0035, "AES256-SHA"},        {0x002F, "AES128-SHA"},        {0xC09D, "AES256-CCM"},    {0xC09C, "AES128-CCM"},
                                      {0x0084, "CAMELLIA256-SHA"},   {0x0041, "CAMELLIA128-SHA"}};
constexpr CipherSuite kCbc[] = {{0xC024, "ECDHE-ECDSA-AES256-SHA384"}, {0xC023, "ECDHE-ECDSA-AES128-SHA256"}, {0xC028, "ECDHE-RSA-AES256-SHA384"},
                                {0xC027, "ECDHE-RSA-AES128-SHA256"},   {0xC00A, "ECDHE-ECDSA-AES256-SHA"},    {0xC009, "ECDHE-ECDSA-AES128-SHA"},
                                {0xC014, "ECDHE-RSA-AES256-SHA"},      {0xC013, "ECDHE-RSA-AES128-SHA"},      {0x006B, "DHE-RSA-AES256-SHA256"},
                                {0x0067, "DHE-RSA-AES128-SHA256"},     {0x0039, "DHE-RSA-AES256-SHA"},        {0x0033, "DHE-RSA-AES128-SHA"}};

}  // namespace

std::span<const CipherSuite> ciphers_of(CipherClass kind) {
  switch (kind) {
    case CipherClass::unencrypted: return kUnencrypted;
    case CipherClass::anonymous: return kAnonymous;
    case CipherClass::export_grade: return kExportGrade;
    case CipherClass::rc4: return kRc4;
    case CipherClass::triple_des: return kTripleDes;
    case CipherClass::static_rsa: return kStaticRsa;
    case CipherClass::cbc: break;
  }
  return kCbc;
}

std::vector<std::uint16_t> numbers_of(CipherClass kind) {
  std::vector<std::uint16_t> numbers;
  for (const auto& suite : ciphers_of(kind)) numbers.push_back(suite.number);
  return numbers;
}

std::string_view words_for(CipherClass kind) {
  switch (kind) {
    case CipherClass::unencrypted: return "ciphers without encryption";
    case CipherClass::anonymous: return "ciphers without certificate";
    case CipherClass::export_grade: return "export ciphers";
    case CipherClass::rc4: return "RC4";
    case CipherClass::triple_des: return "3DES";
    case CipherClass::static_rsa: return "RSA key exchange";
    case CipherClass::cbc: break;
  }
  return "CBC";
}

bool protects_nothing(CipherClass kind) { return kind <= CipherClass::export_grade; }

}  // namespace hairpin
