#include "server/network/caller_name.h"

#include <gtest/gtest.h>

namespace relief::server::network {
namespace {

TEST(CallerName, IsTheUriOrElseTheDnsName) {
  EXPECT_EQ(*CallerNameOf({"spiffe://linyi.example/civil-affairs"}, {}),
            "spiffe://linyi.example/civil-affairs");
  EXPECT_EQ(*CallerNameOf({"spiffe://linyi.example/a"}, {"a.example", "b.example"}),
            "spiffe://linyi.example/a");
  EXPECT_EQ(*CallerNameOf({}, {"feeder.linyi.example"}), "feeder.linyi.example");
  EXPECT_EQ(*CallerNameOf({}, {"console.linyi.example"}), "console.linyi.example");
  EXPECT_EQ(*CallerNameOf({"https://local.example"}, {}), "https://local.example");
}

TEST(CallerName, IsNeverOneOfTheHubsOwn) {
  for (const char* name :
       {"console:officer", "Console:officer", "console://officer", "local", "LOCAL", "local:", "person:1001",
        "person://1001", "schedule:monthly", "schedule/x", "unnamed", "console"}) {
    EXPECT_TRUE(absl::IsUnauthenticated(CallerNameOf({name}, {}).status())) << name;
    EXPECT_TRUE(absl::IsUnauthenticated(CallerNameOf({}, {name}).status())) << name;
  }
}

TEST(CallerName, IsOneOfItsKindAndOnlyOne) {
  EXPECT_FALSE(CallerNameOf({}, {}).ok());
  EXPECT_FALSE(CallerNameOf({"spiffe://a", "spiffe://b"}, {}).ok());
  EXPECT_FALSE(CallerNameOf({}, {"a.example", "b.example"}).ok());
  EXPECT_FALSE(CallerNameOf({}, {"spiffe://linyi.example/admin"}).ok()) << "a DNS name that looks like a URI";
  EXPECT_FALSE(CallerNameOf({"a.example"}, {}).ok()) << "and the other way about";
  EXPECT_FALSE(CallerNameOf({"urn:console:officer"}, {}).ok());
  EXPECT_FALSE(CallerNameOf({"://a"}, {}).ok());
  EXPECT_FALSE(CallerNameOf({"spiffe://a b"}, {}).ok());
  EXPECT_FALSE(CallerNameOf({std::string("spiffe://a\0b", 12)}, {}).ok()) << "not cut at a zero byte";
  EXPECT_FALSE(CallerNameOf({""}, {"a.example"}).ok());
}

}  // namespace
}  // namespace relief::server::network
