#include <grpcpp/channel.h>

#include <memory>

#include "bench/load/commands.h"
#include "bench/load/recovery.h"
#include "comd/sim/v1/sim_control.grpc.pb.h"

namespace comd::bench {
namespace {

bool recovery(const Common& common, double began, bool serving_only) {
  const Recovery r = watch_recovery(common.server, began, serving_only);
  print({{"serving_seconds", r.serving_seconds},
         {"first_progress_seconds", r.first_progress_seconds},
         {"done_seconds", r.done_seconds},
         {"open_at_first", r.open_at_first},
         {"open_at_last", r.open_at_last}});
  return serving_only || r.open_at_last == 0;
}

/// What activation-sim was asked, and what it did: a submission that came again is harmless, work that was done again is not.
bool record(const std::string& address) {
  const auto stub = sim::v1::SimControl::NewStub(channel_to(address));
  grpc::ClientContext context;
  sim::v1::GetRecordResponse r;
  if (const auto status = stub->GetRecord(&context, {}, &r); !status.ok()) {
    std::fprintf(stderr, "load: Expected activation-sim at %s, but: %s\n", address.c_str(), status.error_message().c_str());
    return false;
  }
  print({{"received", r.submits_received()},
         {"received_again", r.submits_repeated()},
         {"carried_out", r.total()},
         {"carried_out_twice", r.total() - r.distinct()}});
  return true;
}

}  // namespace

void add_recovery_commands(CLI::App& app, Commands& commands) {
  struct Options {
    double began = 0;
    bool serving_only = false;
    std::string sim = "127.0.0.1:7632";
  };
  const auto o = std::make_shared<Options>();
  const Common& common = commands.common;
  auto* sub = commands.add(app, "recovery", "Watches a comd that is started again until no order is open any more",
                           [&common, o] { return recovery(common, o->began, o->serving_only); });
  sub->add_option("--began", o->began, "When it was started, in seconds since 1970")->required();
  sub->add_flag("--serving-only", o->serving_only, "Only until it answers");
  sub = commands.add(app, "record", "What activation-sim was asked, and what it carried out", [o] { return record(o->sim); });
  sub->add_option("--sim", o->sim, "activation-sim's address")->capture_default_str();
}

}  // namespace comd::bench
