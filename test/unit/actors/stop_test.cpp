#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <future>
#include <thread>

#include "actors/engine.h"
#include "storage/event_log.h"

namespace comd {
namespace {

class WallClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }
};

/// Nothing is called here.
class Silent final : public ActivationPort {
 public:
  void call(ActivationCall, Done) override {}
};

TEST(Stop, DoesNotWaitForTheThreadThatAskedForSomething) {
  std::promise<Engine*> started;
  std::promise<void> answered, stopped;
  auto life = std::async(std::launch::async, [&] {
    prometheus::Registry registry;
    const auto engine = start_engine(make_memory_event_log(), std::make_shared<WallClock>(), std::make_shared<Silent>(), nullptr,
                                     CatalogParser{}, registry, EngineOptions{}, nullptr);
    started.set_value(engine.get());
    answered.get_future().wait();
  });
  std::thread caller([&, engine = started.get_future().get()] {
    engine->execute(stream_of(OrderId{"po-unknown"}), product_order::Command{product_order::Cancel{}}, Cause{},
                    [&](const Reply& reply) {
                      EXPECT_TRUE(reply.rejection);
                      answered.set_value();
                    });
    stopped.get_future().wait();  // as the threads of a server, which live on
  });
  EXPECT_EQ(life.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  stopped.set_value();
  caller.join();
}

}  // namespace
}  // namespace comd
