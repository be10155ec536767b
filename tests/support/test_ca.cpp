#include "tests/support/test_ca.hpp"

#include "actors/cluster/tls.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <stdexcept>

#include <unistd.h>

namespace tutti::test {

namespace test_ca_detail {

struct drop {
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(X509* x) const { X509_free(x); }
  void operator()(X509_EXTENSION* x) const { X509_EXTENSION_free(x); }
  void operator()(FILE* x) const { std::fclose(x); }
};
template <class T>
using held = std::unique_ptr<T, drop>;

held<EVP_PKEY> new_key() {
  held<EVP_PKEY> out{EVP_EC_gen("P-256")};
  if (!out)
    throw std::runtime_error("no key was made");
  return out;
}

void extend(X509* x, X509* issuer, int what, const std::string& value) {
  X509V3_CTX in;
  X509V3_set_ctx(&in, issuer, x, nullptr, nullptr, 0);
  held<X509_EXTENSION> extension{
      X509V3_EXT_conf_nid(nullptr, &in, what, value.c_str())};
  if (!extension || X509_add_ext(x, extension.get(), -1) != 1)
    throw std::runtime_error("no extension was made of " + value);
}

held<X509> new_certificate(EVP_PKEY* key, const std::string& name,
                           bool expired) {
  static std::atomic<long> serial{1};
  held<X509> out{X509_new()};
  X509_set_version(out.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial);
  constexpr long day = 86'400;
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -2 * day);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), expired ? -day : day);
  X509_set_pubkey(out.get(), key);
  auto* subject = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return out;
}

held<FILE> create(const std::filesystem::path& file) {
  held<FILE> out{std::fopen(file.c_str(), "w")};
  if (!out)
    throw std::runtime_error(file.string() + " cannot be written");
  return out;
}

std::filesystem::path new_directory() {
  auto name = std::filesystem::temp_directory_path() / "tutti-ca-XXXXXX";
  auto text = name.string();
  if (!::mkdtemp(text.data()))
    throw std::runtime_error("no directory for certificates");
  return text;
}

} // namespace test_ca_detail

using namespace test_ca_detail;

struct test_ca::parts {
  held<EVP_PKEY> key;
  held<X509> certificate;
};

test_ca::test_ca(const std::string& name)
    : parts_(std::make_unique<parts>()), directory_(new_directory()) {
  parts_->key = new_key();
  parts_->certificate = new_certificate(parts_->key.get(), name, false);
  auto* x = parts_->certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(x));
  extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
  extend(x, x, NID_key_usage, "critical,keyCertSign");
  X509_sign(x, parts_->key.get(), EVP_sha256());
  PEM_write_X509(create(ca_file()).get(), x);
}

test_ca::~test_ca() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string test_ca::ca_file() const { return directory_ / "ca.pem"; }

link_settings test_ca::issue(const names& of) const {
  static std::atomic<int> number{0};
  auto stem = of.node + '-' + std::to_string(++number);
  link_settings out;
  out.node = of.node;
  out.cluster = of.cluster;
  out.listen_host = "127.0.0.1";
  out.ca_file = ca_file();
  out.certificate_file = directory_ / (stem + ".pem");
  out.key_file = directory_ / (stem + ".key");
  auto key = new_key();
  auto x = new_certificate(key.get(), of.node, of.expired);
  auto* issuer = parts_->certificate.get();
  X509_set_issuer_name(x.get(), X509_get_subject_name(issuer));
  extend(x.get(), issuer, NID_subject_alt_name,
         "DNS:" + of.node + ",URI:" + cluster_uri(of.cluster));
  X509_sign(x.get(), parts_->key.get(), EVP_sha256());
  PEM_write_X509(create(out.certificate_file).get(), x.get());
  PEM_write_PrivateKey(create(out.key_file).get(), key.get(), nullptr, nullptr,
                       0, nullptr, nullptr);
  return out;
}

} // namespace tutti::test
