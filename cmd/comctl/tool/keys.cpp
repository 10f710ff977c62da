#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/subject.grpc.pb.h"

/// The keys that personal data is sealed with.
namespace comd::ctl {
namespace {

using Keys = api::v1::KeyService;

/// A file that only its owner may read, on disk as a whole or not there.
class Copy {
 public:
  explicit Copy(std::string path) : path_(std::move(path)), part_(path_ + ".part") {
    fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  }
  ~Copy() {
    if (fd_ >= 0) ::close(fd_);
    if (!done_) ::unlink(part_.c_str());
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  bool begin() { return fd_ >= 0 && ::ftruncate(fd_, 0) == 0 && ::lseek(fd_, 0, SEEK_SET) == 0; }
  bool add(const std::string& bytes) { return ::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()); }
  bool finish() { return done_ = ::fsync(fd_) == 0 && ::rename(part_.c_str(), path_.c_str()) == 0; }

 private:
  const std::string path_, part_;
  int fd_ = -1;
  bool done_ = false;
};

}  // namespace

int keys_show(const Session& session) {
  const auto answer = session.client.call(&Keys::Stub::Show, api::v1::ShowKeysRequest{});
  if (!answer) return session.fail(answer.error());
  const Json document{{"file", answer->file()},
                      {"masterKey", answer->master_key()},
                      {"masterNumber", answer->master_number()},
                      {"slots", answer->slots()}};
  session.print(document, [](const Json& d, bool colour) {
    Facts facts;
    facts.add("key file", printable(text_at(d, "file")));
    facts.add("master key", printable(text_at(d, "masterKey")));
    facts.add("its number", text_at(d, "masterNumber"));
    facts.add("slots", text_at(d, "slots"));
    return facts.render(colour);
  });
  return kDone;
}

int keys_rotate(const Session& session) {
  api::v1::RotateKeysRequest request;
  request.set_master_key_file(session.options.master_key_file);
  if (session.streams.err_is_terminal) session.say("Wrapping every key anew: a few seconds for each million");
  const auto answer = session.client.call(&Keys::Stub::Rotate, request);
  if (!answer) return session.fail(answer.error());
  const Json document{{"masterNumber", answer->master_number()}, {"keys", answer->keys()}, {"unopened", answer->unopened()}};
  session.print(document, [&](const Json& d, bool) {
    auto out = fmt::format("Wrapped {} keys with master key number {}\n", text_at(d, "keys"), text_at(d, "masterNumber"));
    if (d.at("unopened") != 0) out += text_at(d, "unopened") + " slots could not be opened, and are kept as they are\n";
    if (!session.options.master_key_file.empty())
      out += "From the next start on: comd --master-key-file " + session.options.master_key_file + "\n";
    return out;
  });
  return kDone;
}

int keys_backup(const Session& session) {
  const std::string& path = session.options.files.front();
  Copy copy(path);
  const auto cannot = [&] {
    return session.fail(usage_failure(fmt::format("Expected to write {}, but: {}", path, std::strerror(errno)),
                                      "name a file in a directory that is there, with room on its disk"));
  };
  if (!copy.begin()) return cannot();
  std::uint64_t total = 0;
  std::uint32_t master = 0;
  api::v1::CopyKeysRequest request;
  do {
    const auto answer = session.client.call(&Keys::Stub::Copy, request);
    if (!answer) return session.fail(answer.error());
    if (request.offset() == 0) {
      total = answer->total();  // what is added from here on belongs to later orders
      master = answer->master_number();
    } else if (answer->master_number() != master) {  // rotated meanwhile
      request.set_offset(0);
      if (!copy.begin()) return cannot();
      continue;
    }
    if (!copy.add(answer->piece())) return cannot();
    request.set_offset(request.offset() + answer->piece().size());
    if (session.streams.err_is_terminal)
      session.streams.err << fmt::format("\r{} of {} KiB", request.offset() / 1024, total / 1024) << std::flush;
    if (answer->piece().empty()) break;
  } while (request.offset() < total);
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  if (!copy.finish()) return cannot();
  const Json document{{"file", path}, {"bytes", request.offset()}, {"masterNumber", master}};
  session.print(document, [](const Json& d, bool) {
    return fmt::format("Copied the keys to {} ({} bytes). It opens with master key number {}, which is not in it\n",
                       text_at(d, "file"), text_at(d, "bytes"), text_at(d, "masterNumber"));
  });
  return kDone;
}

}  // namespace comd::ctl
