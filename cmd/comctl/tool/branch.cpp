#include "cmd/comctl/tool/branch.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cmd/comctl/tool/moment.h"
#include "cmd/comctl/tool/text.h"

namespace comd::ctl {

Option Option::required() const { return Option(option_->required()); }
Option Option::expected(int count) const { return Option(option_->expected(count)); }
Option Option::expected(int least, int most) const { return Option(option_->expected(least, most)); }
Option Option::type_name(const std::string& name) const { return Option(option_->type_name(name)); }
Option Option::envname(const std::string& name) const { return Option(option_->envname(name)); }
Option Option::default_str(const std::string& text) const { return Option(option_->default_str(text)); }
Option Option::capture_default_str() const { return Option(option_->capture_default_str()); }
Option Option::delimiter(char c) const { return Option(option_->delimiter(c)); }
Option Option::allow_extra_args(bool value) const { return Option(option_->allow_extra_args(value)); }
Option Option::take_all() const { return Option(option_->take_all()); }
Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }
Option Option::needs(Option other) const { return Option(option_->needs(other.option_)); }
Option Option::range(int least, int most) const { return Option(option_->check(CLI::Range(least, most))); }
Option Option::range(unsigned least, unsigned most) const { return Option(option_->check(CLI::Range(least, most))); }
Option Option::range(double least, double most) const { return Option(option_->check(CLI::Range(least, most))); }

Option Command::add_option(const std::string& name, std::string& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, std::vector<std::string>& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, std::uint32_t& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, std::uint64_t& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, std::optional<std::uint64_t>& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, double& value, const std::string& help) const {
  return Option(app_->add_option(name, value, help));
}
Option Command::add_option(const std::string& name, const std::function<void(const std::string&)>& set,
                           const std::string& help) const {
  return Option(app_->add_option_function<std::string>(name, set, help));
}
Option Command::add_flag(const std::string& name, bool& value, const std::string& help) const {
  return Option(app_->add_flag(name, value, help));
}

Option choice(Option option, const std::vector<std::string>& choices) {
  std::string shown;
  for (const auto& one : choices) shown += (shown.empty() ? "" : "|") + one;
  return Option(option.option_->check(CLI::IsMember(choices).description(""))->type_name(shown));
}

Option duration(const Command& app, const std::string& name, std::function<void(Millis)> set, const std::string& help) {
  return app
      .add_option(
          name,
          [name, set](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed)
              throw CLI::ValidationError(name, fmt::format("Expected a duration such as 500ms, 10s or 2m, but got \"{}\"", text));
            set(*parsed);
          },
          help)
      .type_name("DURATION");
}

Option moment(const Command& app, const std::string& name, std::optional<Time>& target, const std::string& help) {
  return app
      .add_option(
          name,
          [name, &target](const std::string& text) {
            target = parse_time(text);
            if (!target)
              throw CLI::ValidationError(
                  name,
                  fmt::format("Expected a date or a time such as 2026-01-31 or 2026-01-31T10:00:00Z, but got \"{}\"", text));
          },
          help)
      .type_name("TIME");
}

Option past(const Command& app, const std::string& name, Moment& target, const std::string& help, bool version) {
  return app
      .add_option(
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
      .type_name(version ? "TIME|@POSITION|vN" : "TIME|@POSITION");
}

Command Branch::group(const Command& parent, const std::string& name, const std::string& help) {
  for (auto* there : parent.app().get_subcommands([](const CLI::App*) { return true; }))
    if (there->get_name() == name) return Command(*there);
  auto* app = parent.app().add_subcommand(name, help);
  app->require_subcommand(1);
  return Command(*app);
}

Command Branch::command(const Command& parent, const std::string& name, const std::string& help, const std::string& example) {
  auto* app = parent.app().add_subcommand(name, help);
  const std::string path = (&parent.app() == &root_.app() ? "" : path_of(parent.app()) + " ") + name;
  app->footer("Example:\n  comctl " + example);
  app->callback([o = &o_, path] { o->command = path; });
  return Command(*app);
}

std::string Branch::path_of(const CLI::App& app) const {
  const auto* above = app.get_parent();
  return above == &root_.app() || above == nullptr ? app.get_name() : path_of(*above) + " " + app.get_name();
}

void Branch::paging(const Command& app) {
  app.add_option("--page-size", o_.page_size, "Entries a page, at most 1000").type_name("N").range(1, 1000);
  const auto token =
      app.add_option("--page-token", o_.page_token, "Go on after the page that gave this token").type_name("TOKEN");
  app.add_flag("--all", o_.all, "All pages").excludes(token);
}

}  // namespace comd::ctl
