// What the contract (catalog/endpoints) says twice, once there and once in the code, must agree.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <set>
#include <string>

#include "event/grant.h"
#include "govern/roles.h"
#include "server/router.h"

namespace zhike::server {
namespace {

using Names = std::set<std::string, std::less<>>;

TEST(Contract, NamesTheRolesThatThereAre) {
  Names roles;
  for (const govern::Role& role : govern::roles()) roles.emplace(role.key);
  const auto document = boost::json::parse(openapi_document());
  int found = 0;
  for (const auto& [name, schema] : document.at("components").at("schemas").as_object()) {
    const auto* properties = schema.as_object().if_contains("properties");
    const auto* role = properties == nullptr ? nullptr : properties->as_object().if_contains("role");
    if (role == nullptr) continue;
    ++found;
    Names said;
    for (const auto& value : role->at("enum").as_array()) said.emplace(value.as_string());
    EXPECT_EQ(said, roles) << std::string_view(name);
  }
  EXPECT_GE(found, 4) << "Session, User, NewUser, UserChange";
}

TEST(Contract, NamesPermissionsThatThereAre) {
  Names known{"none", "any", "write_key", "signature", "link"};
  for (std::size_t i = 0; i < kPermissionCount; ++i) known.emplace(to_string(static_cast<Permission>(i)));
  for (const Endpoint& endpoint : all_endpoints())
    EXPECT_TRUE(known.contains(endpoint.permission)) << endpoint.operation << ": " << endpoint.permission;
}

}  // namespace
}  // namespace zhike::server
