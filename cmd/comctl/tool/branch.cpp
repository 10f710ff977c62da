#include "cmd/comctl/tool/branch.h"

#include <fmt/format.h>

#include "cmd/comctl/tool/moment.h"
#include "cmd/comctl/tool/text.h"

namespace comd::ctl {

CLI::Option* choice(CLI::Option* option, const std::vector<std::string>& choices) {
  std::string shown;
  for (const auto& one : choices) shown += (shown.empty() ? "" : "|") + one;
  return option->check(CLI::IsMember(choices).description(""))->type_name(shown);
}

CLI::Option* duration(CLI::App& app, const std::string& name, std::function<void(Millis)> set, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [name, set](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed)
              throw CLI::ValidationError(name, fmt::format("Expected a duration such as 500ms, 10s or 2m, but got \"{}\"", text));
            set(*parsed);
          },
          help)
      ->type_name("DURATION");
}

CLI::Option* moment(CLI::App& app, const std::string& name, std::optional<Time>& target, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &target](const std::string& text) {
            target = parse_time(text);
            if (!target)
              throw CLI::ValidationError(
                  name,
                  fmt::format("Expected a date or a time such as 2026-01-31 or 2026-01-31T10:00:00Z, but got \"{}\"", text));
          },
          help)
      ->type_name("TIME");
}

CLI::Option* past(CLI::App& app, const std::string& name, Moment& target, const std::string& help, bool version) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &target, version](const std::string& text) {
            const auto parsed = parse_moment(text);
            if (!parsed || (parsed->version && !version))
              throw CLI::ValidationError(
                  name, fmt::format("Expected a time such as 2026-01-31T10:00:00Z or \"2h ago\", or a position such as @4711{}, "
                                    "but got \"{}\"",
                                    version ? ", or a version such as v12" : "", text));
            target = *parsed;
          },
          help)
      ->type_name(version ? "TIME|@POSITION|vN" : "TIME|@POSITION");
}

CLI::App& Branch::group(CLI::App& parent, const std::string& name, const std::string& help) {
  for (auto* there : parent.get_subcommands([](const CLI::App*) { return true; }))
    if (there->get_name() == name) return *there;
  auto* app = parent.add_subcommand(name, help);
  app->require_subcommand(1);
  return *app;
}

CLI::App& Branch::command(CLI::App& parent, const std::string& name, const std::string& help, const std::string& example) {
  auto* app = parent.add_subcommand(name, help);
  const std::string path = (&parent == &root_ ? "" : path_of(parent) + " ") + name;
  app->footer("Example:\n  comctl " + example);
  app->callback([o = &o_, path] { o->command = path; });
  return *app;
}

std::string Branch::path_of(const CLI::App& app) const {
  const auto* above = app.get_parent();
  return above == &root_ || above == nullptr ? app.get_name() : path_of(*above) + " " + app.get_name();
}

void Branch::paging(CLI::App& app) {
  app.add_option("--page-size", o_.page_size, "Entries a page, at most 1000")->type_name("N")->check(CLI::Range(1, 1000));
  auto* token = app.add_option("--page-token", o_.page_token, "Go on after the page that gave this token")->type_name("TOKEN");
  app.add_flag("--all", o_.all, "All pages")->excludes(token);
}

}  // namespace comd::ctl
