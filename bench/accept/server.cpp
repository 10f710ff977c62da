#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <rocksdb/write_batch.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/accept/bench.h"
#include "storage/bytes.h"
#include "storage/rocks_store.h"

namespace comd::bench {
namespace {

using rocks::Family;

/// Text that compresses about as well as commit records do.
std::string text_of(std::size_t size, std::uint64_t seed) {
  static constexpr std::string_view kWords[] = {
      "\"characteristic\":", "{\"name\":\"bandwidth\",", "\"value\":", "so-", "inProgress", "access@1"};
  std::string out;
  out.reserve(size + 32);
  while (out.size() < size) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    out += kWords[(seed >> 33) % std::size(kWords)];
    out += std::to_string(seed >> 40);
  }
  out.resize(size);
  return out;
}

/// A key of `size` bytes, unlike any other: a kind, a scattered part, and filling.
std::string key_of(char kind, std::uint64_t number, std::size_t size) {
  std::string key(1, kind);
  bytes::put(key, number * 0x9e37'79b9'7f4a'7c15u);
  key.resize(std::max(size, key.size()), 'k');
  return key;
}

class Call;

/// One thread: whatever arrived during the last sync is the next batch.
class GroupCommit {
 public:
  GroupCommit(const rocks::Store& store, const Shape& shape) : store_(store), shape_(shape), thread_([this] { work(); }) {}
  ~GroupCommit() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    some_.notify_one();
    thread_.join();
  }
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  void add(Call* call) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(call);
      first = waiting_.size() == 1;
    }
    if (first) some_.notify_one();
  }
  ServerStats stats() const { return stats_; }

 private:
  void work();
  void stage(rocksdb::WriteBatch& batch, std::uint64_t position) const;

  const rocks::Store& store_;
  const Shape shape_;
  const std::string record_ = text_of(shape_.record_bytes + 997, 7);
  std::mutex mutex_;
  std::condition_variable some_;
  std::vector<Call*> waiting_;
  bool stopping_ = false;
  ServerStats stats_;
  std::thread thread_;  // last: it uses the others
};

class Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(GroupCommit& commits, const grpc::ByteBuffer& reply) : commits_(commits), reply_(reply) { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (ok)
      commits_.add(this);
    else
      Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "Expected one request, but there was none"));
  }
  void committed() { StartWriteAndFinish(&reply_, {}, grpc::Status::OK); }
  void OnDone() override { delete this; }

 private:
  GroupCommit& commits_;
  const grpc::ByteBuffer& reply_;
  grpc::ByteBuffer request_;
};

class Service final : public grpc::CallbackGenericService {
 public:
  Service(GroupCommit& commits, std::size_t reply_bytes) : commits_(commits) {
    const grpc::Slice slice(std::string(reply_bytes, 'r'));
    reply_ = grpc::ByteBuffer(&slice, 1);
  }
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Call(commits_, reply_);
  }

 private:
  GroupCommit& commits_;
  grpc::ByteBuffer reply_;
};

void GroupCommit::work() {
  rocksdb::WriteBatch batch;
  rocksdb::WriteOptions sync;
  sync.sync = true;
  std::vector<Call*> calls;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      some_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      calls.swap(waiting_);
    }
    batch.Clear();
    for (std::size_t i = 0; i < calls.size(); ++i) stage(batch, ++stats_.accepts);
    for (std::size_t c = 0; c < shape_.counters; ++c) batch.Put(store_.family(Family::work), "C" + std::to_string(c), "12345678");
    if (const auto status = store_.db().Write(sync, &batch); !status.ok()) {
      std::fprintf(stderr, "accept-bench: Expected to write, but: %s\n", status.ToString().c_str());
      std::_Exit(1);
    }
    ++stats_.syncs;
    for (Call* call : calls) call->committed();
    calls.clear();
  }
}

void GroupCommit::stage(rocksdb::WriteBatch& batch, std::uint64_t position) const {
  std::string at;
  bytes::put(at, position);
  batch.Put(store_.family(Family::log), at, rocksdb::Slice(record_.data() + position % 997, shape_.record_bytes));
  for (std::size_t i = 0; i < shape_.streams; ++i) {
    std::string key = key_of('s', position * 64 + i, shape_.stream_bytes) + '\0';
    bytes::put(key, 1);
    batch.Put(store_.family(Family::streams), key, at);
  }
  for (std::size_t i = 0; i < shape_.work; ++i)
    batch.Put(store_.family(Family::work), key_of('T', position * 64 + i, shape_.work_key_bytes),
              {record_.data(), std::min(shape_.work_value_bytes, record_.size())});
  for (std::size_t i = 0; i < shape_.views; ++i)
    batch.Put(store_.family(Family::views), key_of('V', position * 64 + i, shape_.view_key_bytes),
              {record_.data(), std::min(shape_.view_value_bytes, record_.size())});
}

}  // namespace

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

int serve(const std::string& directory, const Shape& shape) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigaddset(&terminate, SIGINT);
  pthread_sigmask(SIG_BLOCK, &terminate, nullptr);  // before any thread: only sigwait takes it

  auto store = rocks::Store::open({.directory = directory, .on_failure = {}}, rocksdb::Env::Default());
  if (!store) {
    std::fprintf(stderr, "accept-bench: %s\n", store.error().message.c_str());
    return 1;
  }
  GroupCommit commits(**store, shape);
  Service service(commits, shape.reply_bytes);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) {
    std::fprintf(stderr, "accept-bench: Expected a free port on 127.0.0.1, but could not listen\n");
    return 1;
  }
  std::printf("%d\n", port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&terminate, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  const ServerStats stats = commits.stats();
  std::printf("%llu %llu %f\n", static_cast<unsigned long long>(stats.accepts), static_cast<unsigned long long>(stats.syncs),
              cpu_seconds());
  return 0;
}

}  // namespace comd::bench
