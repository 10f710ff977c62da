#pragma once
#include <gtest/gtest.h>

#include "storage/keys.h"
#include "storage/rebuild.h"
#include "temp_dir.h"
#include "test/support/scenario.h"

namespace comd::contract {

std::shared_ptr<EventLog> open_log(const std::string& directory);

/// A store on disk that fills with the commits of real orders as they go on.
class WalkedStore {
 public:
  WalkedStore();
  ~WalkedStore();
  void go_on(int steps);

  bool keep_derived = true;
  TempDir directory;
  std::shared_ptr<EventLog> log = open_log(directory.path());
  test::Walk walk{7};
  std::vector<DerivedRows> derived;  ///< after each commit
  std::vector<Instant> times;
};

}  // namespace comd::contract
