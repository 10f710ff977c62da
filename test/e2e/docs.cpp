#include "test/e2e/docs.h"

#include <filesystem>
#include <sstream>

#include "test/support/paths.h"

namespace comd::e2e {
namespace {

std::string squeezed(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// The parts of a shown line between "…".
std::vector<std::string> parts_of(const std::string& line) {
  constexpr std::string_view kAny = "…";
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= line.size();) {
    const auto any = std::min(line.find(kAny, from), line.size());
    if (auto part = squeezed(line.substr(from, any - from)); !part.empty()) out.push_back(std::move(part));
    from = any + kAny.size();
  }
  return out;
}

}  // namespace

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> out;
  std::istringstream in(document);
  bool inside = false;
  std::size_t at = 0;
  for (std::string line; std::getline(in, line);) {
    ++at;
    if (!inside && line.starts_with("```console")) {
      inside = true;
      out.push_back({line == "```console offline", {}});
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside && line.starts_with("$ ")) {
      constexpr std::string_view kExit = "  # exit code ";
      Command command{line.substr(2), 0, {}, at};
      if (const auto mark = command.line.find(kExit); mark != std::string::npos) {
        command.exit = std::stoi(command.line.substr(mark + kExit.size()));
        command.line.resize(mark);
      }
      out.back().commands.push_back(std::move(command));
    } else if (inside && !out.back().commands.empty() && !line.empty()) {
      out.back().commands.back().shown.push_back(line);
    }
  }
  return out;
}

std::string missing(const std::string& output, const std::vector<std::string>& shown) {
  const auto text = squeezed(output);
  std::size_t from = 0;
  for (const auto& line : shown) {
    for (const auto& part : parts_of(line)) {
      const auto found = text.find(part, from);
      if (found == std::string::npos) return line;
      from = found + part.size();
    }
  }
  return {};
}

void DocsWalk::begin(const std::string& behaviour) {
  sim = std::make_unique<ActivationSim>(directory, "sim", read_file(source(behaviour)), true, comd.port());
  for (const auto* target : {"access-activation", "ip-activation", "cpe-activation", "mobile-activation", "ethernet-activation"})
    comd.add_target(target, sim->address());
  ASSERT_TRUE(comd.start()) << comd.log();
  for (const auto* file : {"examples/catalog.yaml", "examples/catalog-2026.2.yaml"})
    ASSERT_TRUE(comd.load_catalog(source(file)).ok());
  work = directory.path() + "/work";
  std::filesystem::create_directories(work);
  std::filesystem::create_directory_symlink(source("examples"), work + "/examples");
}

void DocsWalk::submit(const std::string& file) {
  const auto done = comd.comctl({"order", "submit", source(file)});
  ASSERT_EQ(done.exit, 0) << done.output;
}

Finished DocsWalk::run_line(const std::string& line) const {
  const std::string set_up = "cd '" + work + "' && export PATH='" + test::built("bin") +
                             "':$PATH COMCTL_SERVER=" + comd.address() + " DATA='" + comd.data() + "' WORK='" + work +
                             "' NO_COLOR=1\n";
  return run({"/bin/sh", "-c", set_up + line}, Seconds{120});
}

void DocsWalk::try_out(const std::string& document, const Command& command) const {
  SCOPED_TRACE(document + ", line " + std::to_string(command.at) + ": " + command.line);
  const auto done = run_line(command.line);
  EXPECT_EQ(done.exit, command.exit) << done.output;
  EXPECT_EQ(missing(done.output, command.shown), "") << "is not in its place in:\n" << done.output;
}

void DocsWalk::walk(const std::string& document) {
  const auto blocks = blocks_of(read_file(source(document)));
  ASSERT_FALSE(blocks.empty());
  for (const auto& block : blocks) {
    ASSERT_FALSE(block.commands.empty()) << "a console block without a command";
    if (block.offline) { ASSERT_EQ(comd.stop(), 0) << comd.log(); }
    for (const auto& command : block.commands) try_out(document, command);
    if (block.offline) { ASSERT_TRUE(comd.start()) << comd.log(); }
  }
}

}  // namespace comd::e2e
