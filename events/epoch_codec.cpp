#include "comd/events/v1/epoch.pb.h"
#include "events/codec.h"

/// Events 901 to 999.
namespace comd::events::v1 {

void put(const epoch::Began& e, EpochBegan& m) {
  m.set_number(e.number);
  m.set_after(number(e.after));
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const EpochBegan& m, epoch::Began& e, Trouble&) { e = {m.number(), Position{m.after()}, m.reason(), get_time(m.at())}; }

void put(const epoch::Reconciled& e, EpochReconciled& m) {
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const EpochReconciled& m, epoch::Reconciled& e, Trouble&) { e = {m.by(), m.reason(), get_time(m.at())}; }

namespace {

using AllRows = Rows_<Row<epoch::Began, EpochBegan, EPOCH_BEGAN>, Row<epoch::Reconciled, EpochReconciled, EPOCH_RECONCILED>>;

}  // namespace

void pack(const epoch::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_epoch(const Event& from, Trouble& trouble) {
  return unpack<epoch::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
