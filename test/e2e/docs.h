#pragma once
#include <gtest/gtest.h>

#include "test/e2e/system.h"

/// A document, run: every `$ …` line of its ```console blocks, in their order. What a block shows below a command must be in its
/// output: line by line, in order, with "…" for what differs from run to run and any run of spaces for any other. A command ends with
/// 0, or with what "# exit code N" behind it says. In blocks that begin ```console offline comd is stopped; it is started again
/// behind them.
///   $DATA      comd's data directory
///   $WORK      a directory of the reader's own
///   examples/  those of the project
namespace comd::e2e {

struct Command {
  std::string line;
  int exit = 0;
  std::vector<std::string> shown;
  std::size_t at = 0;  ///< line of the document
};
struct Block {
  bool offline = false;
  std::vector<Command> commands;
};
std::vector<Block> blocks_of(const std::string& document);

/// The first line that is not there; empty: all are.
std::string missing(const std::string& output, const std::vector<std::string>& shown);

class DocsWalk : public testing::Test {
 protected:
  /// comd, with the example catalogues, in front of activation systems that do as `behaviour` says (a file of the project).
  void begin(const std::string& behaviour);
  /// Fails the test where the document is wrong.
  void walk(const std::string& document);
  /// An order of the project's examples.
  void submit(const std::string& file);

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> sim;
  std::string work;

 private:
  Finished run_line(const std::string& line) const;
  void try_out(const std::string& document, const Command& command) const;
};

}  // namespace comd::e2e
