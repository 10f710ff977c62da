#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "test/e2e/system.h"
#include "test/support/paths.h"

/// Orders through the real processes, undisturbed: to their end, and over a clean restart.
namespace comd::e2e {
namespace {

class Fulfil : public testing::Test {
 protected:
  void start(const std::string& partner) {
    keyed = std::make_unique<ActivationSim>(directory, "keyed", partner, true, comd.port());
    comd.add_target("keyed", keyed->address());
    comd.add_target("naive", keyed->address());
    comd.set_product_inventory(keyed->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
  }

  std::string submit(const std::string& json) {
    api::SubmitResponse response;
    const grpc::Status status = comd.submit(json, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.order_id();
  }

  bool ends(const std::string& order, const std::string& state) {
    return wait_until(Seconds{60}, [&] {
      const auto now = comd.get(order);
      return now && now->summary().terminal() && now->summary().tmf_state() == state;
    });
  }

  /// The newest version of the product that the external inventory has; empty: none.
  nlohmann::json last_pushed(const std::string& product) const {
    nlohmann::json last = nlohmann::json::object();
    std::istringstream lines(keyed->pushed_products());
    for (std::string line; std::getline(lines, line);) {
      const auto one = nlohmann::json::parse(line, nullptr, false);  // the last line may be on its way
      if (one.is_object() && one.at("product") == product) last = one.at("document");
    }
    return last;
  }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> keyed;
};

TEST_F(Fulfil, AnOrderBecomesAnActiveProduct) {
  start("rules: [{delay: 20}]");
  const std::string order = submit(order_json("first", "keyed-3"));
  ASSERT_TRUE(ends(order, "completed")) << comd.comctl({"order", "explain", order}).output;
  const auto products = comd.products();
  ASSERT_EQ(products.size(), 1U);
  EXPECT_EQ(products[0].status(), "active");
  EXPECT_EQ(products[0].last_order(), order);
  EXPECT_EQ(products[0].services(), 3U);
  EXPECT_EQ(keyed->record().total(), 3U);
  EXPECT_TRUE(wait_until(Seconds{30}, [&] { return last_pushed(products[0].id()).value("status", "") == "active"; }))
      << keyed->pushed_products();
  const auto document = nlohmann::json::parse(comd.get(order)->tmf622_json());
  EXPECT_EQ(document.at("state"), "completed");
  EXPECT_EQ(document.at("externalId"), "first");
  EXPECT_EQ(comd.comctl({"order", "timeline", order}).exit, 0);
}

TEST_F(Fulfil, TheSameSubmissionIsTheSameOrderAlsoAfterARestart) {
  start("rules: [{delay: 20}]");
  const std::string order = submit(order_json("same", "keyed-3"));
  ASSERT_TRUE(ends(order, "completed"));
  for (const bool restart : {false, true}) {
    if (restart) {
      EXPECT_EQ(comd.stop(), 0) << comd.log();
      ASSERT_TRUE(comd.start()) << comd.log();
    }
    api::SubmitResponse again;
    ASSERT_TRUE(comd.submit(order_json("same", "keyed-3"), again).ok());
    EXPECT_EQ(again.order_id(), order);
    EXPECT_EQ(again.outcome(), api::SUBMIT_OUTCOME_REPEATED);
    const grpc::Status other = comd.submit(order_json("same", "naive-3"), again);
    EXPECT_EQ(other.error_code(), grpc::StatusCode::ALREADY_EXISTS);
    EXPECT_NE(other.error_message().find("Expected"), std::string::npos) << other.error_message();
  }
  EXPECT_EQ(comd.list().size(), 1U);
  EXPECT_EQ(keyed->record().total(), 3U);
}

TEST_F(Fulfil, WhatIsUnderWayGoesOnAfterACleanRestart) {
  start("rules: [{delay: 1500, progress: [acknowledged]}]");
  const std::string order = submit(order_json("long", "keyed-3"));
  ASSERT_TRUE(wait_until(Seconds{30}, [&] { return comd.count_of("service_orders", {"acknowledged"}) > 0; }));
  EXPECT_EQ(comd.stop(), 0) << comd.log();
  ASSERT_TRUE(comd.start()) << comd.log();
  EXPECT_TRUE(ends(order, "completed")) << comd.comctl({"order", "explain", order}).output;
  EXPECT_EQ(keyed->record().duplicates_size(), 0);
}

TEST_F(Fulfil, ACatalogueAndItsOrdersSurviveARestart) {
  start("rules: [{delay: 20}]");
  EXPECT_EQ(comd.stop(), 0);
  ASSERT_TRUE(comd.start());
  EXPECT_TRUE(ends(submit(order_json("later", "keyed-3")), "completed"));
}

TEST_F(Fulfil, TwoDaemonsDoNotShareADirectory) {
  start("rules: [{delay: 20}]");
  const Finished second = run({program("comd"), "--data", comd.data(), "--listen", "127.0.0.1:" + std::to_string(free_port()),
                               "--metrics-listen", "off"});
  EXPECT_NE(second.exit, 0);
  EXPECT_NE(second.output.find("Expected"), std::string::npos) << second.output;
}

TEST_F(Fulfil, MetricsAndHealthAnswer) {
  start("rules: [{delay: 20}]");
  ASSERT_TRUE(ends(submit(order_json("measured", "keyed-3")), "completed"));
  EXPECT_EQ(http_get(comd.http_port(), "/healthz").status, 200);
  EXPECT_EQ(http_get(comd.http_port(), "/readyz").status, 200);
  const Http metrics = http_get(comd.http_port(), "/metrics");
  ASSERT_EQ(metrics.status, 200);
  for (const char* name : {"comd_orders{", "comd_service_orders{", "comd_commits_total", "comd_log_position"}) {
    EXPECT_NE(metrics.body.find(name), std::string::npos) << name << "\n" << metrics.body;
  }
  if (run({"/bin/sh", "-c", "command -v promtool"}).exit != 0)
    GTEST_SKIP() << "promtool is not installed: names and units are not checked";
  write_file(directory.path() + "/metrics", metrics.body);
  const Finished check = run({"/bin/sh", "-c", "promtool check metrics <" + directory.path() + "/metrics"});
  EXPECT_EQ(check.exit, 0) << check.output;
}

TEST_F(Fulfil, TheIntegratorsExampleInPythonWorks) {
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  Process partner(
      {"/usr/bin/python3", source("examples/integrator/minimal_server.py"), "--listen", address, "--feedback", comd.address()},
      directory.path() + "/minimal_server.log");
  comd.add_target("keyed", address);
  ASSERT_TRUE(comd.start()) << comd.log();
  ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
  const std::string order = submit(order_json("python", "keyed-3"));
  EXPECT_TRUE(ends(order, "completed")) << comd.comctl({"order", "explain", order}).output
                                        << read_file(directory.path() + "/minimal_server.log");
}

TEST(Examples, EndAsExpected) {
  const TempDir directory;
  const Finished done = run({"/usr/bin/python3", "-B", source("tools/run_examples.py"), "--bin", test::built("bin"), "--work",
                             directory.path() + "/run"},
                            Seconds{240});
  EXPECT_EQ(done.exit, 0) << done.output;
}

}  // namespace
}  // namespace comd::e2e
