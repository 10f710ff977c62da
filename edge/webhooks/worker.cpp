#include "edge/webhooks/worker.h"

#include <algorithm>

#include "actors/log.h"
#include "edge/webhooks/signature.h"

namespace comd::webhooks {
namespace {

constexpr std::size_t kPage = 64;      ///< commits read at once
constexpr std::size_t kStreams = 512;  ///< folded streams kept
constexpr Millis kSaveEvery{200};      ///< how much is delivered again after a crash
constexpr Millis kIdle{60'000};
constexpr Millis kSaveAgain{5'000};  ///< after a save that failed

bool everybody(const OrderId&) { return true; }

Letter letter_from(const outward::Event& event, std::size_t rank) {
  return {event.id, event.position, rank, std::string(outward::to_text(event.type)), event.order, event.time, to_json(event), 0};
}

}  // namespace

Result<std::unique_ptr<Worker>, std::string> Worker::start(Settings settings, Parts parts) {
  std::unique_ptr<Worker> worker(new Worker(std::move(settings), std::move(parts)));
  if (auto error = worker->load()) return Err(std::move(*error));
  worker->thread_ = std::thread([self = worker.get()] { self->run(); });
  return worker;
}

Worker::Worker(Settings settings, Parts parts)
    : settings_(std::move(settings)),
      parts_(std::move(parts)),
      teller_(parts_.log, kStreams),
      deliveries_(settings_.policy, parts_.seed) {}

Worker::~Worker() { stop(); }

std::optional<std::string> Worker::load() {
  auto found = parts_.file.load();
  if (!found) return found.error();
  const auto tail = parts_.log.tail();
  if (!*found) {
    read_ = settings_.from_beginning ? Position{} : tail;
    return save();  // "now" is the first start's now
  }
  auto& standing = **found;
  dead_ = std::move(standing.dead);
  read_ = standing.read;
  if (read_ > tail) {
    log_line(spdlog::level::warn, "A webhook has read further than the log goes: was the log restored? It goes on at its end",
             {{"webhook", settings_.name}, {"read", std::to_string(number(read_))}, {"position", std::to_string(number(tail))}});
    read_ = tail;
  }
  outward::Teller teller(parts_.log, kStreams);
  for (const auto& waiting : standing.waiting) {
    auto letter = letter_of(teller, waiting.id, waiting.position);
    if (!letter) {
      log_line(spdlog::level::err, "An event that waited for its delivery is not in the log any more",
               {{"webhook", settings_.name}, {"event", waiting.id}});
      continue;
    }
    letter->attempts = waiting.attempts;
    deliveries_.add(std::move(*letter));
  }
  return std::nullopt;
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool more = read_more();
    begin_due();
    save_when_due();
    const auto longest = patience(more);
    lock.unlock();
    const auto answers = parts_.sender->wait(longest);
    lock.lock();
    settle(answers);
  }
  if (changed_) (void)save();
}

/// REQUIRES: mutex_ is held. One page, if there is room. True: there may be more.
bool Worker::read_more() {
  if (deliveries_.waiting() >= kWaitingMax) return false;
  const auto page = parts_.log.read_feed(read_, kPage);
  for (const auto& commit : page) {
    const auto events = teller_.tell(commit, everybody);
    for (std::size_t i = 0; i < events.size(); ++i)
      if (events[i].tenant == settings_.tenant && parts_.filter.wants(events[i])) deliveries_.add(letter_from(events[i], i));
    read_ = commit.position;
    changed_ = true;
  }
  return page.size() == kPage;
}

/// REQUIRES: mutex_ is held.
void Worker::begin_due() {
  for (const auto& letter : deliveries_.take(parts_.clock.now())) parts_.sender->post(post_of(letter));
}

Post Worker::post_of(const Letter& letter) const {
  return {letter.id,
          {"Content-Type: application/json", "Expect:", "Comd-Event-Id: " + letter.id, "Comd-Event-Type: " + letter.type,
           "Comd-Webhook: " + settings_.name, "Comd-Attempt: " + std::to_string(letter.attempts + 1),
           "Comd-Signature: " + signature(parts_.secrets, parts_.clock.now(), letter.body)},
          letter.body};
}

/// REQUIRES: mutex_ is held.
void Worker::settle(const std::vector<Answer>& answers) {
  const auto now = parts_.clock.now();
  for (const auto& answer : answers) {
    changed_ = true;
    if (answer.error.empty()) {
      deliveries_.delivered(answer.id, now);
      ++delivered_;
      last_delivered_ = now;
      continue;
    }
    ++failed_;
    last_error_ = answer.error;
    const auto dead = deliveries_.failed(answer.id, answer.error, now, dead_.size() < kDeadMax);
    if (!dead) continue;
    ++given_up_;
    log_line(spdlog::level::warn, "Gave up an event after its last attempt: comctl webhook dead lists it",
             {{"webhook", settings_.name}, {"event", dead->id}, {"order", dead->order.value}, {"error", dead->error}});
    dead_.push_back(*dead);
    (void)save();
  }
}

/// REQUIRES: mutex_ is held.
Millis Worker::patience(bool more) const {
  const auto now = parts_.clock.now();
  auto longest = more && deliveries_.waiting() < kWaitingMax ? Millis{0} : kIdle;
  if (const auto due = deliveries_.next_due()) longest = std::min(longest, std::max(Millis{0}, *due - now));
  if (changed_) longest = std::min(longest, save_failed_ ? kSaveAgain : kSaveEvery);
  return longest;
}

/// REQUIRES: mutex_ is held.
void Worker::save_when_due() {
  if (changed_ && parts_.clock.now() - saved_at_ >= (save_failed_ ? kSaveAgain : kSaveEvery)) (void)save();
}

/// REQUIRES: mutex_ is held, or the thread does not run yet. A save that fails is tried again: until then more comes again after
/// a crash.
std::optional<std::string> Worker::save() {
  Standing standing{read_, {}, dead_};
  for (const auto* letter : deliveries_.pending()) standing.waiting.push_back({letter->id, letter->position, letter->attempts});
  saved_at_ = parts_.clock.now();
  const auto saved = parts_.file.save(standing);
  if (!saved && !save_failed_)
    log_line(spdlog::level::err, "Cannot keep how far a webhook has delivered",
             {{"webhook", settings_.name}, {"error", saved.error()}});
  save_failed_ = !saved.has_value();
  changed_ = save_failed_;
  return saved ? std::nullopt : std::optional(saved.error());
}

/// The event as the log gives it again.
std::optional<Letter> Worker::letter_of(outward::Teller& teller, const std::string& id, Position position) const {
  if (position == Position{}) return std::nullopt;
  const auto page = parts_.log.read_feed(Position{number(position) - 1}, 1);
  if (page.empty() || page.front().position != position) return std::nullopt;
  const auto events = teller.tell(page.front(), everybody);
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i].id == id) return letter_from(events[i], i);
  return std::nullopt;
}

Result<outward::Redelivery, Rejection> Worker::redeliver(const std::vector<std::string>& ids) {
  outward::Teller teller(parts_.log, kStreams);
  const std::lock_guard lock(mutex_);
  outward::Redelivery out;
  auto chosen = ids;
  if (chosen.empty())
    for (const auto& letter : dead_) chosen.push_back(letter.id);
  for (const auto& id : chosen) {
    const auto dead = std::ranges::find(dead_, id, &DeadLetter::id);
    auto letter = dead == dead_.end() ? std::nullopt : letter_of(teller, id, dead->position);
    if (!letter) {
      out.unknown.push_back(id);
      continue;
    }
    deliveries_.add(std::move(*letter));
    dead_.erase(dead);
    ++out.queued;
  }
  if (auto error = save())
    return Err(Rejection{RejectionCode::unavailable, *error, {}, "Make room on the disk; what is queued is delivered already."});
  parts_.sender->wake();
  return out;
}

outward::WebhookStanding Worker::standing() const {
  const std::lock_guard lock(mutex_);
  outward::WebhookStanding out;
  out.name = settings_.name;
  out.url = settings_.url;
  out.tenant = settings_.tenant;
  out.types = settings_.types;
  out.read = read_;
  out.waiting = deliveries_.waiting();
  out.under_way = deliveries_.under_way();
  out.dead = dead_.size();
  out.oldest = deliveries_.oldest();
  if (const auto due = deliveries_.next_due(); due && *due > parts_.clock.now()) out.next_try = due;
  out.failures = deliveries_.failures();
  out.last_error = last_error_;
  out.last_delivered = last_delivered_;
  out.delivered = delivered_;
  out.failed = failed_;
  out.given_up = given_up_;
  return out;
}

std::vector<DeadLetter> Worker::dead() const {
  const std::lock_guard lock(mutex_);
  return dead_;
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  parts_.sender->wake();
  if (thread_.joinable()) thread_.join();
}

}  // namespace comd::webhooks
