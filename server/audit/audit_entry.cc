#include "server/audit/audit_entry.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/evp.h>

namespace relief::server::audit {
namespace {

std::string Serialise(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

const EVP_MD* FunctionOf(audit::Entry::Digest digest) {
  switch (digest) {
    case audit::Entry::DIGEST_UNSPECIFIED:
    case audit::Entry::SHA_256:
      return EVP_sha256();
    case audit::Entry::SM3:
      return EVP_sm3();
    default:
      return nullptr;
  }
}

}  // namespace

std::string DigestOf(audit::Entry::Digest digest, std::string_view bytes) {
  const EVP_MD* function = FunctionOf(digest);
  if (function == nullptr) return "";
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, function,
                 nullptr) != 1)
    return "";
  hash.resize(size);
  return hash;
}

std::string AuditHash(const audit::Entry& entry) {
  audit::Entry content = entry;
  content.clear_hash();
  return DigestOf(entry.digest(), Serialise(content));
}

std::string SignedContent(const audit::Head& head) {
  audit::Head content = head;
  content.clear_signature();
  return "relief audit head 1\n" + Serialise(content);
}

}  // namespace relief::server::audit
