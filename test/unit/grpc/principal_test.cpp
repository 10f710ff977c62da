#include "edge/grpc/principal.h"

#include <gtest/gtest.h>

#include <set>

#include "edge/grpc/api_limits.h"

namespace comd::north {
namespace {

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Principal, WithoutAuthenticationEverybodyIsTheLocalOperator) {
  const auto caller = caller_of({{"x-tenant", "other"}, {"authorization", "Bearer x"}});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->principal.tenant, TenantId{"default"});
  EXPECT_EQ(caller->principal.subject, "local");
  EXPECT_EQ(caller->principal.roles, std::vector<std::string>{"admin"});
}

TEST(Principal, CorrelationAndTraceparentAreTheCallers) {
  const auto caller = caller_of({{"x-correlation-id", "c-1"}, {"traceparent", kTraceparent}});
  ASSERT_TRUE(caller);
  const auto cause = cause_of(*caller, "Submit");
  EXPECT_EQ(cause, (Cause{"Submit", "local", TenantId{"default"}, "c-1", kTraceparent}));
}

TEST(Principal, ACorrelationIdHasALimit) {
  const std::string longest(kCorrelationMax, 'c'), longer(kCorrelationMax + 1, 'c');
  EXPECT_TRUE(caller_of({{"x-correlation-id", longest}}));
  const auto refused = caller_of({{"x-correlation-id", longer}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, RejectionCode::invalid);
  EXPECT_NE(refused.error().message.find("128"), std::string::npos);
}

TEST(Principal, ATraceparentThatDoesNotParseIsAsGoodAsNone) {
  EXPECT_TRUE(valid_traceparent(kTraceparent));
  EXPECT_TRUE(valid_traceparent(draw_traceparent()));
  EXPECT_TRUE(valid_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later"));
  for (const char* bad :
       {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
    EXPECT_FALSE(valid_traceparent(bad)) << bad;
    EXPECT_EQ(caller_of({{"traceparent", bad}})->traceparent, "") << bad;
  }
}

TEST(Principal, DrawnIdsDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(draw_id());
  EXPECT_EQ(seen.size(), 1'000u);
  EXPECT_EQ(seen.begin()->size(), 32u);
}

TEST(Address, OnlyThisMachineMayCall) {
  for (const char* good : {"127.0.0.1:7622", "localhost:0", "[::1]:7622", "127.1.2.3:1"})
    EXPECT_EQ(refuse_address("--listen", good), std::nullopt) << good;
  for (const char* bad : {"0.0.0.0:7622", "[::]:7622", "10.0.0.1:7622", "example.org:7622", "127.example.org:1", "*:7622"}) {
    const auto refused = refuse_address("--listen", bad);
    ASSERT_TRUE(refused) << bad;
    EXPECT_NE(refused->find("authenticate"), std::string::npos) << *refused;
  }
  for (const char* bad : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000", ":7622"})
    EXPECT_TRUE(refuse_address("--listen", bad)) << bad;
}

}  // namespace
}  // namespace comd::north
