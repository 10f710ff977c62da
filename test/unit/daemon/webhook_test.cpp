#include <gmock/gmock.h>

#include "cmd/comd/daemon/config.h"
#include "cmd/comd/daemon/daemon.h"
#include "test/support/temp_file.h"

namespace comd::daemon {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// What is wrong with a file, or nothing.
std::vector<std::string> errors(const std::string& text) {
  const auto file = read_yaml(text, "comd.yaml");
  if (!file) return file.error();
  const auto config = resolve(*file, {}, {});
  return config ? std::vector<std::string>{} : config.error();
}

constexpr char kFull[] = R"(
webhooks:
  - name: billing
    url: https://billing.example/events
    secret-file: /etc/comd/billing.secret
    types: ["ProductOrderStateChangeEvent:completed", Product*]
    from: beginning
    timeout: 3s
    attempts: 7
  - {name: crm, url: "http://crm:8080/", secret-file: crm.secret, tenant: acme}
)";

TEST(WebhookSettings, AreReadFromTheFileAndWrittenBackAsTheSame) {
  const auto config = resolve(*read_yaml(kFull, "comd.yaml"), {}, {});
  ASSERT_TRUE(config) << config.error().front();
  ASSERT_EQ(config->webhooks.size(), 2u);
  const auto& billing = config->webhooks.at("billing");
  EXPECT_EQ(billing.url, "https://billing.example/events");
  EXPECT_THAT(billing.types, ElementsAre("ProductOrderStateChangeEvent:completed", "Product*"));
  EXPECT_TRUE(billing.from_beginning);
  EXPECT_EQ(billing.timeout, Millis{3'000});
  EXPECT_EQ(billing.policy.attempts, 7u);
  EXPECT_EQ(config->webhooks.at("crm").tenant.value, "acme");
  const auto again = resolve(*read_yaml(to_yaml(*config), "comd.yaml"), {}, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(to_yaml(*again), to_yaml(*config));
}

TEST(WebhookSettings, WhatIsWrongIsSaidWithLineAndWhatWasExpected) {
  EXPECT_THAT(errors("webhooks: {name: a}"), ElementsAre(HasSubstr("comd.yaml:1: Expected webhooks to be a list")));
  EXPECT_THAT(errors("webhooks:\n  - {url: 'http://a/'}"), ElementsAre(HasSubstr("comd.yaml:2: Expected a webhook with a name")));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: ftp://a, secret-file: s}"),
              ElementsAre(AllOf(HasSubstr("webhook a"), HasSubstr("Expected url as http"))));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: 'http://a/'}"), ElementsAre(HasSubstr("Expected secret-file")));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: 'http://a/', secret-file: s, types: [Nonsense]}"),
              ElementsAre(HasSubstr("but got \"Nonsense\"")));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: 'http://a/', secret-file: s, colour: red}"),
              ElementsAre(HasSubstr("but got \"colour\"")));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: 'http://a/', secret-file: s, attempts: many}"),
              ElementsAre(HasSubstr("Expected attempts of webhook a to be a whole number")));
  EXPECT_THAT(errors("webhooks:\n  - {name: a, url: 'http://a/', secret-file: s}\n  - {name: a}"),
              Contains(HasSubstr("two are called a")));
}

TEST(WebhookSettings, TheCheckOfTheFilesReadsTheSecret) {
  const test::TempFile secret("0123456789abcdef0123456789abcdef\n"), brief("too short\n");
  Config config;
  config.webhooks["a"] = {};
  config.webhooks["a"].secret_file = secret.path();
  EXPECT_TRUE(check_files(config).empty());
  config.webhooks["a"].secret_file = brief.path();
  EXPECT_THAT(check_files(config), ElementsAre(HasSubstr("at least 16 characters, but one has 9")));
  config.webhooks["a"].secret_file = "/no/such/file";
  EXPECT_THAT(check_files(config), ElementsAre(HasSubstr("readable file")));
}

}  // namespace
}  // namespace comd::daemon
