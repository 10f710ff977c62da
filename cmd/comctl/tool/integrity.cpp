#include <fmt/format.h>

#include <fstream>

#include "cmd/comctl/tool/exported_log.h"
#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/integrity.grpc.pb.h"

/// The chain of the log, checkpoints of it, and the epoch.
namespace comd::ctl {
namespace {

using Integrity = api::v1::IntegrityService;

Json document_of(const api::v1::Epoch& e) {
  return {{"number", e.number()},
          {"fenced", e.fenced()},
          {"after", e.after()},
          {"reason", e.reason()},
          {"began", time_of(e.has_began(), e.began())},
          {"reconciledBy", e.reconciled_by()},
          {"reconciledWhy", e.reconciled_why()},
          {"reconciledAt", time_of(e.has_reconciled(), e.reconciled())}};
}

std::string show_epoch(const Json& document, bool colour) {
  Facts facts;
  const bool fenced = document.at("fenced") == true;
  facts.add("epoch", text_at(document, "number"));
  facts.add("fenced", {fenced ? "yes: nothing is sent and no deadline passes" : "no", fenced ? Style::bad : Style::good});
  facts.add("because", printable(text_at(document, "reason")));
  facts.add("began", shown_time(document.at("began")));
  if (text_at(document, "after") != "0") facts.add("known elsewhere", "up to position " + text_at(document, "after"));
  facts.add("reconciled", shown_time(document.at("reconciledAt")));
  facts.add("by", printable(text_at(document, "reconciledBy")));
  facts.add("why", printable(text_at(document, "reconciledWhy")));
  std::string out = facts.render(colour);
  if (fenced) out += "\nWhen the store this one is a copy of is gone for good:  comctl epoch reconcile --reason …\n";
  return out;
}

std::string show_verification(const Json& document, bool colour) {
  Facts facts;
  const bool whole = document.at("whole") == true;
  facts.add("chain", {whole ? "whole" : "broken", whole ? Style::good : Style::bad});
  facts.add("up to position", text_at(document, "position"));
  facts.add("hash", text_at(document, "hash"));
  facts.add("records", text_at(document, "records"));
  facts.add("links", text_at(document, "links"));
  if (document.at("archived") != 0) facts.add("archived", text_at(document, "archived") + " of the records");
  std::string out = facts.render(colour);
  for (const auto& file : document.at("unreadArchive"))
    out += paint(printable("archive file " + text_at(file, "file") + ": " + text_at(file, "records") + " records cannot be read"),
                 Style::bad, colour) +
           "\n    → the chain is whole without them; put the file back from the archive folder of a backup\n";
  if (whole) return out;
  const auto& broken = document.at("firstBreak");
  out += heading("The first break", colour);
  out += printable(text_at(broken, "problem")) + "\n    → what is before position " + text_at(broken, "after") +
         " is whole. Keep a copy of the data directory as it is, and restore a backup that verifies\n";
  return out;
}

std::string show_checkpoint(const Json& document, bool colour) {
  Facts facts;
  facts.add("position", text_at(document, "position"));
  facts.add("signature", text_at(document, "signature"));
  return facts.render(colour) + "\n" + text_at(document, "text") + "\n" + text_at(document, "publicKey");
}

}  // namespace

int log_verify(const Session& session) {
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  api::v1::VerifyChainRequest request;
  request.set_after(session.options.since.value_or(0));
  const auto stream = session.client.stub<Integrity>()->VerifyChain(&context, request);
  const auto began = std::chrono::steady_clock::now();
  api::v1::VerifyChainResponse last, message;
  while (stream->Read(&message)) {
    last = message;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (session.streams.err_is_terminal)
      session.streams.err << fmt::format("\r{} of {} commits, {:.0f}/s", last.position(), last.tail(),
                                         static_cast<double>(last.records()) / std::max(took.count(), 1e-3))
                          << std::flush;
  }
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  const auto status = stream->Finish();
  if (!status.ok()) return session.fail(failure_of(status, session.client.server()));
  const bool whole = !last.has_first_break();
  Json document{{"whole", whole},
                {"position", last.position()},
                {"hash", last.hash()},
                {"records", last.records()},
                {"links", last.links()},
                {"archived", last.archived()},
                {"unreadArchive", Json::array()},
                {"firstBreak", nullptr}};
  for (const auto& file : last.unread())
    document["unreadArchive"].push_back({{"file", file.file()}, {"records", file.records()}});
  if (!whole)
    document["firstBreak"] = {
        {"after", last.first_break().after()}, {"until", last.first_break().until()}, {"problem", last.first_break().problem()}};
  session.print(document, show_verification);
  return whole && last.unread().empty() ? kDone : kUnexpected;
}

int log_checkpoint(const Session& session) {
  const auto answer = session.client.call(&Integrity::Stub::SignCheckpoint, api::v1::SignCheckpointRequest{});
  if (!answer) return session.fail(answer.error());
  const Json document{{"position", answer->position()},
                      {"text", answer->text()},
                      {"signature", base64(answer->signature())},
                      {"publicKey", answer->public_key()}};
  const auto& file = session.options.out_file;
  if (file.empty()) {
    session.print(document, show_checkpoint);
    return kDone;
  }
  std::ofstream out(file, std::ios::trunc);
  if (!(out << to_json(document)) || !out.flush())
    return session.fail(
        usage_failure("Expected to write " + file + ", but could not", "give a file in a directory you may write to"));
  session.say(fmt::format("Wrote the checkpoint of position {} to {}", answer->position(), file));
  return kDone;
}

int epoch_show(const Session& session) {
  const auto answer = session.client.call(&Integrity::Stub::GetEpoch, api::v1::GetEpochRequest{});
  if (!answer) return session.fail(answer.error());
  session.print(document_of(answer->epoch()), show_epoch);
  return kDone;
}

int epoch_reconcile(const Session& session) {
  api::v1::ReconcileEpochRequest request;
  request.set_reason(session.options.reason);
  const auto answer = session.client.call(&Integrity::Stub::ReconcileEpoch, request);
  if (!answer) return session.fail(answer.error());
  if (!answer->changed()) session.say("It was not fenced.");
  session.print(document_of(answer->epoch()), show_epoch);
  return kDone;
}

}  // namespace comd::ctl
