#include "dmtree/acl.h"

#include <gtest/gtest.h>

namespace omadm {
namespace {

TEST(Acl, TND_064_StarOverridesOtherIds) {
  const Acl acl = *Acl::parse("Get=a+*+b");
  EXPECT_EQ(acl.str(), "Get=*");
  EXPECT_TRUE(acl.grants(AccessType::get, "anybody"));
  EXPECT_FALSE(acl.grants(AccessType::replace, "a"));
}

TEST(Acl, TND_065_RepeatedCommandsAreUnitedAndEmptyOnesDropped) {
  EXPECT_EQ(Acl::parse("Get=A&Replace=A&Get=B")->str(), "Get=A+B&Replace=A");
  EXPECT_EQ(Acl::parse("Get=A&Get=A+C")->str(), "Get=A+C");
  EXPECT_EQ(Acl::parse("Replace=z&Add=*&Exec=&Delete=b")->str(), "Add=*&Delete=b&Replace=z");
  EXPECT_TRUE(Acl::parse("Get=&Add=")->empty());
  EXPECT_TRUE(Acl::parse("")->empty());
}

TEST(Acl, TND_072_CopyHasNoWord) {
  EXPECT_FALSE(Acl::parse("Copy=*"));
  EXPECT_FALSE(Acl::parse("Add=*&Delete=*&Exec=*&Get=*&Replace=*")->grants(AccessType::copy, "a"));
}

TEST(Acl, TND_070_MalformedTexts) {
  for (const char* text : {"Get", "get=*", "Get=*&", "&Get=*", "Get=a++b", "Get=+a", "Get=a b", "Get==a", "Get=a=b",
                           " Get=*", "Get=*\n", "Get=a*", "Get=\x7F", "Get=\xFF"}) {
    const Result<Acl> acl = Acl::parse(text);
    ASSERT_FALSE(acl) << text;
    EXPECT_EQ(acl.error().code, Errc::malformed);
  }
}

TEST(Acl, TND_073_RemoveServer) {
  Acl acl = *Acl::parse("Add=a&Get=a+b&Replace=*");
  EXPECT_TRUE(acl.remove_server("a"));
  EXPECT_EQ(acl.str(), "Get=b&Replace=*");
  EXPECT_FALSE(acl.remove_server("a"));
  EXPECT_TRUE(acl.remove_server("b"));
  EXPECT_EQ(acl.str(), "Replace=*");
}

TEST(Acl, GrantingNamesOneServer) {
  const Acl acl = Acl::granting("srv", {AccessType::get, AccessType::replace, AccessType::delete_, AccessType::get});
  EXPECT_EQ(acl.str(), "Delete=srv&Get=srv&Replace=srv");
}

TEST(Acl, ServerIds) {
  for (const char* id : {"acme", "dm.example.net", "\xC3\xA9", "a:b/c", "*x"}) {
    EXPECT_EQ(is_server_id(id), std::string_view(id) != "*x") << id;
  }
  for (const char* id : {"", "a b", "a=b", "a&b", "a+b", "*", "a\tb"}) EXPECT_FALSE(is_server_id(id)) << id;
}

}  // namespace
}  // namespace omadm
