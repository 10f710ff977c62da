#pragma once
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

/// A bidirectional stream with many requests in flight: each gets exactly one answer, in the order they are ready. Reads ahead
/// until `window` requests are neither answered nor written, so a client that does not read its answers stops itself alone.
namespace comd::north {

/// A stream that may stay open for ever, and must not hold up the process's end.
class OpenStream {
 public:
  virtual ~OpenStream() = default;
  virtual void end() = 0;
};

/// The open streams of a server.
class OpenStreams {
 public:
  /// A stream that begins after `end_all` is ended at once.
  void add(const std::shared_ptr<OpenStream>& stream) {
    {
      const std::lock_guard lock(mutex_);
      if (!ended_) {
        streams_[stream.get()] = stream;
        return;
      }
    }
    stream->end();
  }
  void remove(OpenStream* stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
  }
  void end_all() {
    std::map<OpenStream*, std::weak_ptr<OpenStream>> streams;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      streams = streams_;
    }
    for (const auto& [key, stream] : streams) {
      if (const auto alive = stream.lock()) alive->end();
    }
  }

 private:
  std::mutex mutex_;
  std::map<OpenStream*, std::weak_ptr<OpenStream>> streams_;
  bool ended_ = false;
};

template <class Request, class Response>
class Pipeline final : public grpc::ServerBidiReactor<Request, Response>, public OpenStream {
 public:
  using Answer = std::function<void(Response)>;
  /// Called for one request after the other; may answer at once or later, from any thread.
  using Handler = std::function<void(Request, Answer)>;

  /// Owns itself until the stream and its last answer are done.
  static Pipeline* start(OpenStreams& streams, Handler handler, std::size_t window) {
    auto self = std::shared_ptr<Pipeline>(new Pipeline(streams, std::move(handler), window));
    self->self_ = self;
    self->StartRead(&self->request_);
    streams.add(self);
    return self.get();
  }

  /// What was read is answered, then the stream is over: what was not answered may be sent again elsewhere or later.
  void end() override {
    step([this] { ending_ = true; });
  }

  void OnReadDone(bool ok) override {
    if (!ok) return step([this] { reads_ended_ = true; });
    auto request = std::move(request_);
    request_ = Request{};
    bool drop = false;
    {
      const std::lock_guard lock(mutex_);
      drop = ending_;
      if (!drop) ++in_flight_;
    }
    if (drop) return step([this] { reading_ = false; });
    handler_(std::move(request), [self = self_](Response response) {
      self->step([&] {
        --self->in_flight_;
        if (!self->broken_) self->answers_.push_back(std::move(response));
      });
    });
    step([this] { reading_ = false; });
  }

  void OnWriteDone(bool ok) override {
    step([this, ok] {
      writing_ = false;
      answers_.pop_front();
      if (!ok) break_off();
    });
  }

  void OnCancel() override {
    step([this] { break_off(); });
  }

  void OnDone() override {
    const auto keep = std::move(self_);  // the last answer may hold another reference
    streams_.remove(this);
  }

 private:
  Pipeline(OpenStreams& streams, Handler handler, std::size_t window)
      : streams_(streams), handler_(std::move(handler)), window_(window) {}

  /// REQUIRES: mutex_ is held.
  void break_off() {
    broken_ = true;
    // The front may be under way to the client: it is popped when its write is done.
    answers_.erase(answers_.begin() + (writing_ ? 1 : 0), answers_.end());
  }

  /// Changes the state, then starts what it allows. gRPC may run its callbacks inside Start…, so never under the lock.
  template <class Change>
  void step(Change change) {
    const Response* write = nullptr;
    bool read = false, finish = false, more = false, ending = false;
    {
      const std::lock_guard lock(mutex_);
      change();
      if (!writing_ && !answers_.empty()) {
        writing_ = true;
        write = &answers_.front();
        more = answers_.size() > 1;
      }
      if (!reading_ && !reads_ended_ && !ending_ && in_flight_ + answers_.size() < window_) {
        reading_ = true;
        read = true;
      }
      if ((reads_ended_ || ending_) && in_flight_ == 0 && answers_.empty() && !writing_ && !finished_) {
        finished_ = true;
        finish = true;
        ending = !reads_ended_;
      }
    }
    if (write != nullptr) {
      grpc::WriteOptions options;
      if (more) options.set_buffer_hint();  // several answers share a packet
      this->StartWrite(write, options);
    }
    if (read) this->StartRead(&request_);
    if (finish) this->Finish(ending ? stopping() : grpc::Status::OK);
  }

  static grpc::Status stopping() {
    return {grpc::StatusCode::UNAVAILABLE, "Expected more requests, but comd is stopping. Send again what was not answered."};
  }

  OpenStreams& streams_;
  const Handler handler_;
  const std::size_t window_;
  std::shared_ptr<Pipeline> self_;
  Request request_;
  std::mutex mutex_;
  std::deque<Response> answers_;
  std::size_t in_flight_ = 0;
  bool reading_ = true, writing_ = false, reads_ended_ = false, broken_ = false, ending_ = false, finished_ = false;
};

}  // namespace comd::north
