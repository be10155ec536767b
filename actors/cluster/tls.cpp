#include "actors/cluster/tls.hpp"

#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace tutti {

namespace tls_detail {

namespace ssl = boost::asio::ssl;

/// Not under contention: files are read once, when the node starts.
failure unusable(const char* setting, const std::string& file,
                 const std::string& why) {
  return {errc::invalid,
          std::string(setting) + ": '" + file + "' cannot be used: " + why};
}

struct free_certificate {
  void operator()(X509* x) const { X509_free(x); }
};
struct free_names {
  void operator()(GENERAL_NAMES* x) const { GENERAL_NAMES_free(x); }
};

bool has_uri(X509* certificate, const std::string& uri) {
  std::unique_ptr<GENERAL_NAMES, free_names> names{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    auto* x = sk_GENERAL_NAME_value(names.get(), i);
    if (x->type != GEN_URI)
      continue;
    auto* text = x->d.uniformResourceIdentifier;
    std::string_view value{
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
        size_t(ASN1_STRING_length(text))};
    if (value == uri)
      return true;
  }
  return false;
}

} // namespace tls_detail

std::string cluster_uri(const std::string& cluster) {
  return "tutti:cluster:" + cluster;
}

result<std::shared_ptr<boost::asio::ssl::context>>
make_tls(const link_settings& how) {
  using namespace tls_detail;
  auto out = std::make_shared<ssl::context>(ssl::context::tls);
  auto* raw = out->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
  // A link lives long: nothing is resumed.
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  boost::system::error_code error;
  out->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert,
                       error);
  out->load_verify_file(how.ca_file, error);
  if (error)
    return unusable("cluster.ca_file", how.ca_file, error.message());
  out->use_certificate_chain_file(how.certificate_file, error);
  if (error)
    return unusable("cluster.certificate_file", how.certificate_file,
                    error.message());
  out->use_private_key_file(how.key_file, ssl::context::pem, error);
  if (error)
    return unusable("cluster.key_file", how.key_file, error.message());
  if (SSL_CTX_check_private_key(raw) != 1) {
    ERR_clear_error();
    return unusable("cluster.key_file", how.key_file,
                    "it is not the key of cluster.certificate_file");
  }
  auto* own = SSL_CTX_get0_certificate(raw);
  if (X509_check_host(own, how.node.data(), how.node.size(),
                      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr)
          != 1
      || !has_uri(own, cluster_uri(how.cluster)))
    return unusable("cluster.certificate_file", how.certificate_file,
                    "it has to name this node and its cluster: "
                    "subjectAltName = DNS:"
                        + how.node + ", URI:" + cluster_uri(how.cluster));
  return out;
}

std::optional<std::string> wrong_name(SSL* session, const std::string& node,
                                      const std::string& cluster) {
  using namespace tls_detail;
  std::unique_ptr<X509, free_certificate> certificate{
      SSL_get1_peer_certificate(session)};
  if (!certificate)
    return "it has shown no certificate";
  constexpr unsigned exactly
      = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS;
  if (X509_check_host(certificate.get(), node.data(), node.size(), exactly,
                      nullptr)
      != 1)
    return "its certificate does not name node '" + node + "'";
  if (!has_uri(certificate.get(), cluster_uri(cluster)))
    return "its certificate is not of cluster '" + cluster + "'";
  return std::nullopt;
}

} // namespace tutti
