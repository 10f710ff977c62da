#include "cmd/comd/daemon/builds.h"

#include <link.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edge/webhooks/synced_file.h"
#include "storage/chain.h"

namespace comd::daemon {
namespace {

using Json = nlohmann::json;

std::string path_in(const std::string& data) { return data + "/builds.json"; }

/// The GNU build id in a loaded program's notes; empty: it has none.
std::string build_id_of(const dl_phdr_info& program) {
  constexpr std::size_t kAlign = 4;
  const auto padded = [](std::size_t size) { return (size + kAlign - 1) / kAlign * kAlign; };
  for (int i = 0; i < program.dlpi_phnum; ++i) {
    const auto& segment = program.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    std::string_view notes(reinterpret_cast<const char*>(program.dlpi_addr + segment.p_vaddr), segment.p_memsz);
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
      ElfW(Nhdr) head;
      std::memcpy(&head, notes.data(), sizeof(head));
      const std::size_t name = sizeof(head), id = name + padded(head.n_namesz), end = id + padded(head.n_descsz);
      if (end > notes.size()) break;
      if (head.n_type == NT_GNU_BUILD_ID && notes.substr(name, head.n_namesz) == std::string_view("GNU\0", 4))
        return std::string(notes.substr(id, head.n_descsz));
      notes.remove_prefix(end);
    }
  }
  return {};
}

}  // namespace

std::string this_build() {
  // What the linker wrote: a hash of all it put together. To read and hash the file takes half a second, at every start.
  std::string linked;
  dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* out) {
        *static_cast<std::string*>(out) = build_id_of(*program);
        return 1;  // the first one is the program itself, the others are its libraries
      },
      &linked);
  if (!linked.empty()) return to_hex(sha256(linked)).substr(0, 16);
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return to_hex(sha256(bytes)).substr(0, 16);
}

Builds read_builds(const std::string& data) {
  std::ifstream in(path_in(data));
  const auto document = Json::parse(in, nullptr, false);
  Builds out;
  if (!document.is_object()) return out;
  out.writer = document.value("writer", "");
  const auto verified = document.find("verified");
  if (verified == document.end() || !verified->is_object()) return out;
  for (const auto& [build, entry] : verified->items())
    if (entry.is_object())
      out.verified[build] = {entry.value("version", ""), Position{entry.value("position", std::uint64_t{0})},
                             entry.value("at", "")};
  return out;
}

std::optional<std::string> write_builds(const std::string& data, const Builds& builds) {
  Json document{{"writer", builds.writer}, {"verified", Json::object()}};
  for (const auto& [build, entry] : builds.verified)
    document["verified"][build] = {{"version", entry.version}, {"position", number(entry.position)}, {"at", entry.at}};
  const auto written = replace_synced(path_in(data), document.dump(2) + "\n");
  return written ? std::nullopt : std::optional(written.error());
}

std::optional<std::string> not_verified(const Builds& builds, const std::string& build, Position tail, const std::string& data) {
  if (tail == Position{} || builds.writer == build) return std::nullopt;
  const auto found = builds.verified.find(build);
  if (found != builds.verified.end() && found->second.position >= tail) return std::nullopt;
  const std::string upto = found == builds.verified.end()
                               ? "it has not folded it"
                               : "it has only folded it up to position " + std::to_string(number(found->second.position));
  return "Expected this build (" + build + ") to have shown that it reads the log as the one before did, but " + upto +
         ". Stop it and run: comd --verify-log " + data;
}

}  // namespace comd::daemon
