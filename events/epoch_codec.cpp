#include "comd/events/v1/epoch.pb.h"
#include "events/codec.h"

/// Events 901 to 999.
namespace comd::events::v1 {

void fields(auto& c, Is<epoch::Began> auto& e) {
  using M = EpochBegan;
  c(M::kNumberFieldNumber, e.number);
  c(M::kAfterFieldNumber, e.after);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<epoch::Reconciled> auto& e) {
  using M = EpochReconciled;
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

namespace {

using AllRows = Rows_<Row<epoch::Began, EpochBegan, EPOCH_BEGAN>, Row<epoch::Reconciled, EpochReconciled, EPOCH_RECONCILED>>;

}  // namespace

void pack(const epoch::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_epoch(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<epoch::Event>(AllRows{}, from, to, trouble); }

}  // namespace comd::events::v1
