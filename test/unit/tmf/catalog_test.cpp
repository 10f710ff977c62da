#include "edge/catalog/catalog.h"

#include <gmock/gmock.h>

#include "edge/catalog/durations.h"
#include "test/unit/tmf/support.h"

namespace comd {
namespace {

using test::errors_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kValid = R"(catalog: c
version: "1"
specifications:
  a@1: {target: t, delivery: idempotent}
  b@1: {target: t, delivery: queryable}
offerings:
  - id: O
    services:
      - {key: a, specification: a@1}
      - key: b
        specification: b@1
        dependsOn: [a]
        characteristics:
          - {name: port, output: a.port}
)";

/// kValid with the first `from` replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text{kValid};
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no such text: " + std::string{from});
  return text.replace(at, from.size(), to);
}

TEST(Catalogs, DefaultsAreTheDomains) {
  const auto catalog = catalog::parse_catalog(kValid);
  ASSERT_TRUE(catalog) << errors_of(catalog).front();
  EXPECT_EQ((*catalog)->name, "c");
  EXPECT_EQ((*catalog)->version, "1");
  EXPECT_EQ((*catalog)->failure_policy, FailurePolicy::rollback);
  EXPECT_EQ((*catalog)->specifications.at("a@1").timeouts, Timeouts{});
  EXPECT_EQ((*catalog)->specifications.at("b@1").delivery, Delivery::queryable);
  EXPECT_EQ((*catalog)->digest.size(), 64U);
  EXPECT_NE((*catalog)->digest, (*catalog::parse_catalog(std::string{kValid} + "\n"))->digest) << "of the bytes";
}

TEST(Catalogs, APersonsWorkNeedsNoDelivery) {
  const auto catalog = catalog::parse_catalog(with("a@1: {target: t, delivery: idempotent}", "a@1: {target: manual}"));
  ASSERT_TRUE(catalog) << errors_of(catalog).front();
  EXPECT_EQ((*catalog)->specifications.at("a@1").target, kManualTarget);
}

TEST(Catalogs, EveryKeyIsRead) {
  const auto catalog = catalog::parse_catalog(R"(
catalog: full
version: 7
failurePolicy: hold
claims: queue
holdReview: 2h
personal: [msisdn]
specifications:
  s@2:
    target: t
    delivery: neither
    settle: 7s
    timeouts: {queue: 1m, call: 2s, acknowledge: 3s, silence: 4s, complete: 5h, pendingExternal: 6d}
    retry:
      - {code: "X_*", class: business, attempts: 3, initial: 100ms, factor: 1.5, maximum: 2s, jitter: 0.5, then: fallout}
    pointOfNoReturn: hard
    partialActivation: undo
    cancelRefused: deny
    modifyInFlight: true
    compensate: {add: false, modify: false, delete: false}
    expectedDuration: 1h30m
    milestones:
      - {name: survey, description: The site was visited}
      - {name: connected, at: completed}
offerings:
  - id: O
    name: Name
    versions: {min: "1", max: "2"}
    failurePolicy: keepPartial
    scheduling: byRequestedCompletion
    claims: refuse
    characteristics: [{name: c, required: true, type: number, allowed: [1, 2], min: 0, max: 9}]
    services:
      - key: k
        specification: s@2
        per: site
        optional: true
        when: {all: [{exists: c}, {any: [{in: {characteristic: c, values: [1, "1"]}}, {not: {eq: {characteristic: c, value: x}}}]}, {range: {characteristic: c, min: 1}}]}
        characteristics:
          - {name: fixed, value: {b: [true, ~], a: "5"}}
          - {name: fromProduct, product: c, required: false}
          - {name: site, place: name}
)");
  ASSERT_TRUE(catalog) << errors_of(catalog).front();
  const ServiceSpecification& spec = (*catalog)->specifications.at("s@2");
  EXPECT_EQ(spec.timeouts,
            (Timeouts{Millis{60'000}, Millis{2'000}, Millis{3'000}, Millis{4'000}, Millis{18'000'000}, Millis{518'400'000}}));
  EXPECT_THAT(spec.retry,
              ElementsAre(RetryRule{"X_*", FaultClass::business, 3, Millis{100}, 1.5, Millis{2'000}, 0.5, Then::fallout}));
  EXPECT_EQ(spec.ponr, PointOfNoReturn::hard);
  EXPECT_EQ(spec.partial_activation, PartialActivation::undo);
  EXPECT_EQ(spec.cancel_refused, CancelRefused::deny);
  EXPECT_TRUE(spec.modify_in_flight);
  EXPECT_FALSE(spec.compensate_add || spec.compensate_modify || spec.compensate_delete);
  EXPECT_EQ(spec.expected_duration, Millis{5'400'000});
  EXPECT_THAT(spec.milestones, ElementsAre(MilestoneRule{"survey", "The site was visited", MilestoneRule::At::report},
                                           MilestoneRule{"connected", "", MilestoneRule::At::completed}));
  EXPECT_EQ((*catalog)->hold_review, Millis{7'200'000});
  EXPECT_THAT((*catalog)->personal, ElementsAre("msisdn"));
  const Offering& offering = (*catalog)->offerings[0];
  EXPECT_EQ(offering.failure_policy, FailurePolicy::keep_partial);
  EXPECT_EQ((*catalog)->scheduling, Scheduling::as_soon_as_possible);
  EXPECT_EQ(offering.scheduling, Scheduling::by_requested_completion);
  EXPECT_EQ((*catalog)->claims, Claims::queue);
  EXPECT_EQ(offering.claims, Claims::refuse);
  EXPECT_EQ(offering.characteristics[0], (CharacteristicRule{"c", true, "number", {Value{"1"}, Value{"2"}}, 0.0, 9.0}));
  const ServiceRule& rule = offering.services[0];
  EXPECT_EQ(rule.per, Per::site);
  EXPECT_TRUE(rule.optional);
  EXPECT_TRUE(holds(rule.when, {{"c", Value{"1"}}}));
  EXPECT_FALSE(holds(rule.when, {{"c", Value{"0.5"}}}));
  EXPECT_FALSE(holds(rule.when, {}));
  EXPECT_EQ(rule.characteristics[0].constant, Value{R"({"a":"5","b":[true,null]})"});
  EXPECT_EQ(rule.characteristics[2].source, Mapping::Source::place);

  const auto again = catalog::parse_catalog(catalog::to_json(**catalog));
  ASSERT_TRUE(again) << errors_of(again).front();
  EXPECT_EQ((*again)->offerings, (*catalog)->offerings);
  EXPECT_EQ((*again)->specifications, (*catalog)->specifications);
}

struct Case {
  const char* name;
  std::string yaml;
  std::string error;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class BadCatalog : public testing::TestWithParam<Case> {};

TEST_P(BadCatalog, IsRefusedWithLineColumnAndPath) {
  EXPECT_THAT(errors_of(catalog::parse_catalog(GetParam().yaml)), Contains(StartsWith(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadCatalog,
    testing::Values(
        Case{"Empty", "", ": line 1, column 1: Expected one YAML document, but got 0"},
        Case{"TwoDocuments", std::string{kValid} + "---\na: 1\n", ": line 1, column 1: Expected one YAML document, but got 2"},
        Case{"NoMapping", "[1]", ": line 1, column 1: Expected a mapping, but got a list"},
        Case{"BrokenYaml", "catalog: c\nversion: [1", ": line 2, column 1: Expected YAML, but end of sequence flow not found"},
        Case{"NoVersion", with("version: \"1\"\n", ""), "version: line 1, column 1: Expected key 'version', but it is missing"},
        Case{"EmptyVersion", with("\"1\"", "\"\""), "version: line 2, column 10: Expected a text that is not empty, but it is"},
        Case{"NullVersion", with(" \"1\"", ""), "version: line 2, column 1: Expected a text, but got nothing"},
        Case{"UnknownKey", with("delivery: queryable", "delivery: queryable, timeout: 5s"),
             "specifications[b@1].timeout: line 5, column 41: Expected one of the keys target, delivery, settle, timeouts"},
        Case{"KeyTwice", with("version: \"1\"", "version: \"1\"\nversion: \"2\""),
             "version: line 3, column 1: Expected each key once, but 'version' is there twice"},
        Case{"Target", with("target: t, ", ""),
             "specifications[a@1].target: line 4, column 8: Expected key 'target', but it is missing"},
        Case{"Delivery", with("idempotent", "idempotant"),
             "specifications[a@1].delivery: line 4, column 30: Expected one of idempotent, queryable, neither, but got "
             "'idempotant'"},
        Case{"NoDelivery", with(", delivery: idempotent", ""),
             "specifications[a@1].delivery: line 4, column 8: Expected key 'delivery', but it is missing"},
        Case{"SpecificationName", with("a@1:", "a:"), "specifications[a]: line 4, column 3: Expected name@version, but got 'a'"},
        Case{"ZeroDeadline", with("delivery: queryable", "delivery: queryable, timeouts: {complete: 0s}"),
             "specifications[b@1].timeouts.complete: line 5, column 62: Expected a duration above zero like 500ms, 30s, 5m, 2h "
             "or 1d, but got '0s'"},
        Case{"NegativeDeadline", with("delivery: queryable", "delivery: queryable, timeouts: {silence: -5m}"),
             "specifications[b@1].timeouts.silence: line 5, column 61: Expected a duration above zero"},
        Case{"NoUnit", with("delivery: queryable", "delivery: queryable, settle: 30"),
             "specifications[b@1].settle: line 5, column 49: Expected a duration above zero"},
        Case{"NoDeadline", with("delivery: queryable", "delivery: queryable, timeouts: {complete: ~}"),
             "specifications[b@1].timeouts.complete: line 5, column 52: Expected a duration above zero like 500ms, 30s, 5m, 2h "
             "or 1d, but got nothing"},
        Case{"HoldForEver", with("version: \"1\"", "version: \"1\"\nholdReview: never"),
             "holdReview: line 3, column 13: Expected a duration above zero"},
        Case{"Attempts", with("delivery: queryable", "delivery: queryable, retry: [{attempts: 0}]"),
             "specifications[b@1].retry[0].attempts: line 5, column 60: Expected a whole number from 1 to 1000000, but got '0'"},
        Case{"Then", with("delivery: queryable", "delivery: queryable, retry: [{then: retry}]"),
             "specifications[b@1].retry[0].then: line 5, column 56: Expected one of fail, fallout, skip, compensate, but got "
             "'retry'"},
        Case{"Star", with("delivery: queryable", "delivery: queryable, retry: [{code: \"A*B\"}]"),
             "specifications[b@1].retry[0]: line 5, column 49: Expected '*' only at the end of a code, but got 'A*B'"},
        Case{"ExpectedDuration", with("delivery: queryable", "delivery: queryable, expectedDuration: soon"),
             "specifications[b@1].expectedDuration: line 5, column 59: Expected a duration above zero"},
        Case{"PartialActivation", with("delivery: queryable", "delivery: queryable, partialActivation: leave"),
             "specifications[b@1].partialActivation: line 5, column 60: Expected one of keep, complete, undo, but got 'leave'"},
        Case{"CompletionWithoutRule", with("delivery: queryable", "delivery: queryable, partialActivation: complete"),
             "specifications[b@1].partialActivation: line 5, column 41: Expected a retry rule with at least 2 attempts that "
             "matches "
             "PARTIAL_ACTIVATION first, but there is none"},
        Case{"MilestoneWithoutName", with("delivery: queryable", "delivery: queryable, milestones: [{at: completed}]"),
             "specifications[b@1].milestones[0].name: line 5, column 54: Expected key 'name', but it is missing"},
        Case{"MilestoneAt", with("delivery: queryable", "delivery: queryable, milestones: [{name: m, at: noon}]"),
             "specifications[b@1].milestones[0].at: line 5, column 68: Expected one of report, acknowledged, inProgress, "
             "completed, but got 'noon'"},
        Case{"MilestoneTwice", with("delivery: queryable", "delivery: queryable, milestones: [{name: m}, {name: m}]"),
             "specifications[b@1].milestones[1].name: line 5, column 66: Expected milestones once each, but 'm' is there twice"},
        Case{"Jitter", with("delivery: queryable", "delivery: queryable, retry: [{jitter: 2}]"),
             "specifications[b@1].retry[0].jitter: line 5, column 50: Expected a share between 0 and 1"},
        Case{"NoOfferings", with("offerings:\n  - id: O", "offerings: []\nx:\n  - id: O"),
             "offerings: line 6, column 12: Expected at least one offering, but the list is empty"},
        Case{"UnknownSpecification", with("specification: b@1", "specification: b@9"),
             "offerings[0].services[1].specification: line 11, column 9: Expected a service specification of this catalogue, but "
             "there is no 'b@9'"},
        Case{"UnknownDependency", with("dependsOn: [a]", "dependsOn: [x, a]"),
             "offerings[0].services[1].dependsOn[0]: line 12, column 21: Expected the key of a service of this offering, but "
             "there is no 'x'"},
        Case{"Cycle", with("{key: a, specification: a@1}", "{key: a, specification: a@1, dependsOn: [b]}"),
             "offerings[0].services: line 8, column 5: Expected dependencies without a cycle"},
        Case{"OutputWithoutDependency", with("        dependsOn: [a]\n", ""),
             "offerings[0].services[1].characteristics[0]: line 13, column 13: Expected 'b' to depend on 'a', whose output it "
             "uses, but it does not"},
        Case{"OutputForm", with("a.port", "port"),
             "offerings[0].services[1].characteristics[0].output: line 14, column 34: Expected service.output, but got 'port'"},
        Case{"TwoSources", with("output: a.port", "output: a.port, value: 1"),
             "offerings[0].services[1].characteristics[0]: line 14, column 13: Expected exactly one of value, product, output, "
             "place, but got 2"},
        Case{"OptionalPrerequisite", with("{key: a, specification: a@1}", "{key: a, specification: a@1, optional: true}"),
             "offerings[0].services[1].dependsOn[0]: line 12, column 21: Expected a required service to depend on required ones "
             "only"},
        Case{"KeyOfAnId", with("key: b", "key: b.c"),
             "offerings[0].services[1]: line 10, column 9: Expected a key of letters, digits, '-' and '_', but got 'b.c'"},
        Case{"Overlap", std::string{kValid} + "  - {id: O}\n",
             "offerings[1].versions: line 15, column 5: Expected one entry per version of offering 'O'"},
        Case{"TwoConditions", with("dependsOn: [a]", "dependsOn: [a]\n        when: {exists: x, not: {exists: y}}"),
             "offerings[0].services[1].when: line 13, column 15: Expected one condition, but got 2"},
        Case{"RangeEmpty", with("dependsOn: [a]", "dependsOn: [a]\n        when: {range: {characteristic: x}}"),
             "offerings[0].services[1].when.range: line 13, column 23: Expected min, max or both, but got neither"},
        Case{"RangeUpsideDown",
             with("dependsOn: [a]", "dependsOn: [a]\n        when: {range: {characteristic: x, min: 2, max: 1}}"),
             "offerings[0].services[1].when.range: line 13, column 23: Expected min to be at most max"},
        Case{"Boolean", with("dependsOn: [a]", "dependsOn: [a]\n        optional: yes"),
             "offerings[0].services[1].optional: line 13, column 19: Expected true or false, but got 'yes'"}),
    [](const auto& test) { return test.param.name; });

TEST(Catalogs, AllErrorsAtOnceInFileOrderWithHints) {
  const auto result = catalog::parse_catalog(with("idempotent", "idempotant").replace(0, 7, "catalgo"));
  ASSERT_FALSE(result);
  EXPECT_THAT(errors_of(result), ElementsAre(StartsWith("catalgo: line 1"), StartsWith("catalog: line 1"),
                                             StartsWith("specifications[a@1].delivery: line 4")));
  EXPECT_EQ(result.error()[0].hint, "Did you mean 'catalog'?");
  EXPECT_EQ(result.error()[2].hint, "Did you mean 'idempotent'?");
}

TEST(Catalogs, TooLarge) {
  EXPECT_THAT(errors_of(catalog::parse_catalog(std::string(catalog::kMaxCatalogBytes + 1, ' '))),
              ElementsAre(HasSubstr("(max_catalog_bytes), but got 1048577")));
}

TEST(Durations, AreReadAndWritten) {
  for (const char* text : {"500ms", "30s", "5m", "2h", "1d", "1h30m", "1d12h5m3s7ms"}) {
    ASSERT_TRUE(catalog::parse_duration(text)) << text;
    EXPECT_EQ(catalog::duration_text(*catalog::parse_duration(text)), text);
  }
  EXPECT_EQ(catalog::parse_duration("90s"), Millis{90'000});
  for (const char* text : {"", "5", "s", "-1s", "1.5h", "1 h", "1y", "4000d", "99999999999999999999s"})
    EXPECT_FALSE(catalog::parse_duration(text)) << text;
}

}  // namespace
}  // namespace comd
