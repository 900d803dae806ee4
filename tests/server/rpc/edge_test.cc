// Masking, and the errors that leave the hub.
#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "server/network/rpc_error.h"
#include "server/records/mask.h"

namespace relief::server::rpc {
namespace {

TEST(Mask, ShowsTooLittleToFindSomebodyBy) {
  EXPECT_EQ(records::MaskDocument("371302195003141225"), "371***************");
  EXPECT_EQ(records::MaskNumber("13800001111"), "138******11");
  EXPECT_EQ(records::MaskNumber("1234567"), "********");
  EXPECT_EQ(records::MaskNumber("３７１３０２１９５００３１４１２２５"), "********") << "full-width digits";
  EXPECT_EQ(records::MaskNumber(""), "");
}

TEST(Mask, CoversNumberPhonesAndHouse) {
  v1::PersonIdentity identity;
  identity.set_name("王秀兰");
  identity.set_id_number("371302195003141225");
  identity.add_phones("13800001111");
  identity.set_address("城关镇12号３单元");
  const v1::PersonIdentity masked = records::MaskIdentity(identity);
  EXPECT_EQ(masked.name(), identity.name());
  EXPECT_EQ(masked.id_number(), "371***************");
  EXPECT_EQ(masked.phones(0), "138******11");
  EXPECT_EQ(masked.address(), "城关镇**号*单元");
}

TEST(RpcError, CarriesGoogleRpcDetails) {
  const grpc::Status status =
      network::ToGrpc(absl::InvalidArgumentError("purpose.case_number: required for this purpose"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  ASSERT_EQ(details.details_size(), 2);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.domain(), "relief.v1");
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "purpose.case_number");
  EXPECT_EQ(bad.field_violations(0).description(), "required for this purpose");
}

TEST(RpcError, SaysWhenToTryAgain) {
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(
      network::ToGrpc(absl::ResourceExhaustedError("the disk is full")).error_details()));
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(details.details(1).UnpackTo(&retry));
  EXPECT_TRUE(network::ToGrpc(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace relief::server::rpc
