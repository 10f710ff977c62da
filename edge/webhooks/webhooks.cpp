#include "edge/webhooks/webhooks.h"

namespace comd::webhooks {
Result<std::shared_ptr<Webhooks>, std::string> Webhooks::start(Engine& engine, const std::vector<Settings>& all,
                                                               const std::string& directory, std::uint64_t seed) {
  std::shared_ptr<Webhooks> out(new Webhooks(engine));
  for (const auto& settings : all) {
    const auto wrong = [&settings](const std::string& what) { return Err("webhook " + settings.name + ": " + what); };
    if (const auto errors = check(settings); !errors.empty()) return wrong(errors.front());
    auto secrets = read_secrets(settings.secret_file);
    if (!secrets) return wrong(secrets.error());
    auto sender = make_curl_sender({settings.url, settings.timeout, settings.ca, "comd"});
    if (!sender) return wrong(sender.error());
    Worker::Parts parts{engine.log(),
                        engine.clock(),
                        std::move(*secrets),
                        *outward::Filter::make(settings.types),
                        std::move(*sender),
                        StandingFile(directory + "/" + settings.name + ".json"),
                        seed + out->workers_.size()};
    auto worker = Worker::start(settings, std::move(parts));
    if (!worker) return wrong(worker.error());
    out->workers_.emplace_back(settings.name, std::move(*worker));
  }
  out->ticket_ = engine.on_commit([self = out.get()](Position) {
    for (const auto& [name, worker] : self->workers_) worker->wake();
  });
  for (const auto& [name, worker] : out->workers_) worker->wake();  // what was committed before anybody listened
  return out;
}

std::vector<outward::WebhookStanding> Webhooks::list() const {
  std::vector<outward::WebhookStanding> out;
  for (const auto& [name, worker] : workers_) out.push_back(worker->standing());
  return out;
}

Worker* Webhooks::find(const std::string& name) const {
  for (const auto& [known, worker] : workers_)
    if (known == name) return worker.get();
  return nullptr;
}

std::optional<std::vector<DeadLetter>> Webhooks::dead(const std::string& webhook) const {
  const auto* worker = find(webhook);
  return worker == nullptr ? std::nullopt : std::optional(worker->dead());
}

Result<outward::Redelivery, Rejection> Webhooks::redeliver(const std::string& webhook, const std::vector<std::string>& ids) {
  auto* worker = find(webhook);
  if (worker == nullptr)
    return Err(Rejection{RejectionCode::not_found, "Expected a webhook, but there is none called \"" + webhook + "\".", "webhook",
                         "comctl webhook list names them all."});
  return worker->redeliver(ids);
}

void Webhooks::stop() {
  if (ticket_) engine_.forget(*std::exchange(ticket_, std::nullopt));
  for (const auto& [name, worker] : workers_) worker->stop();
}

}  // namespace comd::webhooks
