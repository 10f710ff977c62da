#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "test/e2e/system.h"

/// The recipes of docs/operating.md: orders that need a person, made with activation-sim and brought to their end with comctl.
namespace comd::e2e {
namespace {

using nlohmann::json;

class Recipes : public testing::Test {
 protected:
  void SetUp() override {
    lab = std::make_unique<ActivationSim>(directory, "lab", read_file(source("examples/fallout/activation-sim.yaml")), true,
                                          comd.port());
    comd.add_target("lab", lab->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_EQ(comctl({"catalog", "load", source("examples/fallout/catalog.yaml")}).exit, 0);
  }

  Finished comctl(std::vector<std::string> words) { return comd.comctl(std::move(words)); }
  json document(std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "json"});
    return json::parse(comctl(std::move(words)).output, nullptr, false);
  }
  void succeeds(std::vector<std::string> words) {
    const auto done = comctl(std::move(words));
    EXPECT_EQ(done.exit, 0) << done.output;
  }

  /// Submits an example; its id.
  std::string submit(const std::string& name) {
    const auto done = document({"order", "submit", source("examples/fallout/orders/" + name + ".json")});
    return done.at("orders").at(0).at("orderId").get<std::string>();
  }
  /// What of the order waits for a person, once something does.
  json waiting(const std::string& order, const std::string& kind) {
    json item;
    EXPECT_TRUE(wait_until(Seconds{30}, [&] {
      const auto list = document({"fallout", "list", "--order", order, "--kind", kind});
      if (!list.is_object() || list.at("items").empty()) return false;
      item = list.at("items").back();
      return true;
    })) << comctl({"order", "explain", order}).output;
    return item;
  }
  void ends(const std::string& order, const std::string& state) {
    succeeds({"order", "watch", order, "--expect", state, "--for", "30s"});
  }
  static std::string id(const json& item) { return item.at("id").get<std::string>(); }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> lab;
};

TEST_F(Recipes, ACodeThatAPersonHasToLookAtIsRetriedWithWhatWasWrongCorrected) {
  const auto order = submit("1-busy-port");
  const auto item = waiting(order, "fallout");
  EXPECT_EQ(item.at("code"), "PORT_BUSY");
  EXPECT_NE(comctl({"fallout", "list"}).output.find("this port serves somebody else"), std::string::npos);
  EXPECT_NE(comctl({"fallout", "show", id(item)}).output.find("What can be done"), std::string::npos);
  succeeds({"fallout", "retry", id(item), "--reason", "another port", "--set", "port=free", "--dry-run"});
  succeeds({"fallout", "retry", id(item), "--reason", "another port", "--set", "port=free"});
  ends(order, "completed");
  EXPECT_EQ(document({"fallout", "list"}).at("items").size(), 0U);
}

TEST_F(Recipes, AnUnknownOutcomeIsCompletedByWhoeverKnowsIt) {
  const auto order = submit("2-unknown");
  const auto item = waiting(order, "fallout");
  EXPECT_EQ(item.at("inDoubt"), true);
  const auto refused = comctl({"fallout", "retry", id(item), "--reason", "try"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_NE(refused.output.find("--force"), std::string::npos) << refused.output;
  succeeds({"fallout", "complete", id(item), "--reason", "it is in their records"});
  ends(order, "completed");
  EXPECT_EQ(lab->record().total(), 1U);
}

TEST_F(Recipes, AnOrderHeldByPolicyIsTriedAgainAsAWhole) {
  const auto order = submit("3-held");
  EXPECT_EQ(id(waiting(order, "fallout")), order);
  succeeds({"fallout", "retry", order, "--reason", "a new rack"});
  ends(order, "completed");
}

TEST_F(Recipes, WhatCannotBeUndoneIsAccepted) {
  const auto order = submit("4-not-undone");
  const auto item = waiting(order, "fallout");
  EXPECT_EQ(item.at("code"), "NOT_UNDONE") << item;
  succeeds({"fallout", "accept", order, "--reason", "the cable stays in the ground"});
  EXPECT_TRUE(wait_until(Seconds{30}, [&] { return comd.get(order)->summary().terminal(); }))
      << comctl({"order", "explain", order}).output;
}

TEST_F(Recipes, ATaskIsAssignedAndDone) {
  const auto order = submit("5-task");
  const auto task = waiting(order, "task");
  EXPECT_NE(comctl({"task", "list"}).output.find(id(task)), std::string::npos);
  succeeds({"task", "assign", id(task), "--to", "anna", "--reason", "lives nearby"});
  EXPECT_EQ(document({"task", "list", "--assignee", "anna"}).at("items").size(), 1U);
  succeeds({"task", "complete", id(task), "--reason", "mounted", "--set", "serialNumber=RTR-1"});
  ends(order, "completed");
}

TEST_F(Recipes, AnOrderOnHoldGoesOnWhenItIsResumedAndTheDoctorFindsNothing) {
  const auto order = submit("6-on-hold");
  const auto task = waiting(order, "task");
  succeeds({"fallout", "hold", order, "--reason", "wrong address?"});
  succeeds({"task", "complete", id(task), "--reason", "mounted", "--set", "serialNumber=RTR-2"});
  const auto doctor = document({"doctor"});
  EXPECT_EQ(doctor.at("healthy"), true) << doctor;
  EXPECT_EQ(doctor.at("orders"), 1) << doctor;
  succeeds({"fallout", "resume", order, "--reason", "address confirmed"});
  ends(order, "completed");
  EXPECT_TRUE(wait_until(Seconds{30}, [&] {
    return http_get(comd.http_port(), "/metrics").body.find("comd_orders_without_wakeup 0\n") != std::string::npos;
  }));
}

}  // namespace
}  // namespace comd::e2e
