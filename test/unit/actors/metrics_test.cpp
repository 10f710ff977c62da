#include <prometheus/text_serializer.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

class MetricsOfAnOrder : public EngineTest {
 protected:
  std::string text() const {
    auto families = registry_->Collect();
    for (auto& family : make_log_collectable(log_)->Collect()) families.push_back(std::move(family));
    return prometheus::TextSerializer{}.Serialize(families);
  }
  void live() {
    start();
    load_catalog();
    submit_order();
    answer(0, ok());
    report("access", service_order::ReportKind::completed, {{"portId", {"\"p1\""}}});
    execute(StreamId{"po-bad"}, submit(fiber::order({fiber::item("1", Action::add, "nonsense")})));
    advance(5s);
  }
};

TEST_F(MetricsOfAnOrder, SayWhatHappened) {
  live();
  const std::string all = text();
  for (const char* line :
       {"comd_orders{tenant=\"t\",state=\"inProgress\"} 1",
        "comd_service_orders{tenant=\"t\",target=\"access-system\",state=\"completed\"} 1",
        "comd_service_orders_ended_total{outcome=\"completed\"} 1", "comd_submission_seconds_count 1",
        "comd_rejected_requests_total{reason=\"invalid\"} 1", "comd_calls_total{lane=\"access-system\",outcome=\"ok\"} 1",
        "comd_lane_calls_in_flight{lane=\"ip-system\"} 1", "comd_outbox_oldest_seconds{lane=\"ip-system\"} 5"})
    EXPECT_THAT(all, ::testing::HasSubstr(line));
}

TEST_F(MetricsOfAnOrder, FollowThePrometheusConventions) {
  if (std::system("command -v promtool > /dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
  live();
  const auto file = std::filesystem::temp_directory_path() / ("comd-metrics-" + std::to_string(::getpid()));
  std::ofstream(file) << text();
  EXPECT_EQ(std::system(("promtool check metrics < " + file.string()).c_str()), 0);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace comd
