#include <csignal>
#include <cstdio>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event_log_contract.h"
#include "temp_dir.h"

/// A process that appends is killed at some moment; what it had acknowledged is there, whole, and nothing is half there.
namespace comd::contract {
namespace {

constexpr const char* kDirectory = "COMD_CRASH_TEST_DIRECTORY";
constexpr int kAcknowledgements = 3;  // the child's file descriptor for them

std::unique_ptr<EventLog> open(const std::string& directory) {
  auto opened = open_rocks_event_log({.directory = directory, .block_cache_bytes = 8u << 20, .on_failure = {}});
  if (!opened) ADD_FAILURE() << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

/// Everything about the commit at `position` follows from the position.
Append commit_at(std::uint64_t position) {
  const std::string id = "po-" + std::to_string(position);
  Append a = append_to(id, 0, 1, id + std::string(position % 3'000, '.'));
  keys::add_rows(a.rows, stream(id), rows({{Table::order, id, id}}));
  keys::add_rows(a.rows, stream(id), timer({{"w", at(static_cast<std::int64_t>(position)), "why"}}));
  keys::add_rows(a.rows, stream(id), effects({effect("e", EffectKind::submit, "lane", 1)}));
  if (position > 1) keys::add_rows(a.rows, stream("po-" + std::to_string(position - 1)), effects({}, {"e"}));
  a.counters = {{"orders", 1}, {"sum", static_cast<std::int64_t>(position)}};
  return a;
}

/// Runs in the child only: appends batches for ever and tells the parent the tail after each.
TEST(CrashChild, DISABLED_AppendsUntilItIsKilled) {
  const char* directory = std::getenv(kDirectory);
  ASSERT_NE(directory, nullptr);
  const auto log = open(directory);
  ASSERT_NE(log, nullptr);
  for (;;) {
    std::vector<Append> batch;
    const std::uint64_t tail = number(log->tail());
    for (std::uint64_t i = 1; i <= 1 + tail % 5; ++i) batch.push_back(commit_at(tail + i));
    for (const auto& out : log->append(batch)) ASSERT_TRUE(out.has_value());
    const std::uint64_t acknowledged = number(log->tail());
    ASSERT_EQ(write(kAcknowledgements, &acknowledged, sizeof acknowledged), static_cast<ssize_t>(sizeof acknowledged));
  }
}

struct Child {
  pid_t pid = -1;
  int acknowledgements = -1;
};

Child start_child(const std::string& directory) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kAcknowledgements);
  if (ends[0] != kAcknowledgements) posix_spawn_file_actions_addclose(&actions, ends[0]);
  const std::string where = std::string(kDirectory) + "=" + directory;
  const char* arguments[] = {"/proc/self/exe", "--gtest_filter=CrashChild.DISABLED_AppendsUntilItIsKilled",
                             "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr};
  std::vector<char*> environment{const_cast<char*>(where.c_str()), nullptr};
  Child child;
  EXPECT_EQ(posix_spawn(&child.pid, "/proc/self/exe", &actions, nullptr, const_cast<char**>(arguments), environment.data()), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  child.acknowledgements = ends[0];
  return child;
}

/// Kills the child once it has acknowledged `position`; gives the last position it acknowledged.
std::uint64_t kill_at(const Child& child, std::uint64_t position) {
  std::uint64_t last = 0, next = 0;
  bool killed = false;
  while (read(child.acknowledgements, &next, sizeof next) == static_cast<ssize_t>(sizeof next)) {
    last = next;
    if (last >= position && !killed) killed = kill(child.pid, SIGKILL) == 0;
  }
  close(child.acknowledgements);
  int status = 0;
  EXPECT_EQ(waitpid(child.pid, &status, 0), child.pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself";
  return last;
}

TEST(Crash, KeepsEverythingAcknowledgedAndNothingByHalf) {
  const TempDir directory;
  std::uint64_t before = 0;
  for (const std::uint64_t more : {1, 17, 60, 240}) {
    const std::uint64_t acknowledged = kill_at(start_child(directory.path()), before + more);
    const auto log = open(directory.path());
    ASSERT_NE(log, nullptr);
    const std::uint64_t tail = number(log->tail());
    ASSERT_GE(tail, acknowledged);
    const auto model = make_memory_event_log();
    for (std::uint64_t p = 1; p <= tail; ++p) {
      const Append a = commit_at(p);
      model->append({&a, 1});
      ASSERT_EQ(log->head(a.streams[0].stream), Version{1}) << p;
    }
    ASSERT_EQ(records(log->read_feed({}, tail + 1)), records(model->read_feed({}, tail + 1)));
    ASSERT_EQ(log->derived(), model->derived());
    ASSERT_EQ(log->counters(), model->counters());
    before = tail;
  }
}

}  // namespace
}  // namespace comd::contract
