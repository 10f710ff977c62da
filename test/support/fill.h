#pragma once
#include <random>

#include "events/record.h"
#include "test/support/fields.h"

/// Random values of the domain's structs, every field set: a pure function of the seed. What has every event in it is filled in
/// fill.cpp: the compiler has much to do for it.
namespace comd::test {

class Fill {
 public:
  explicit Fill(std::uint64_t seed, bool printable = false) : random_(seed), printable_(printable) {}

  /// A number from 0 to `bound` - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  template <class T>
  T make() {
    T t{};
    fill(t);
    return t;
  }

  void fill(bool& b) { b = below(4) != 0; }
  void fill(double& d) { d = static_cast<double>(random_() % 1'000'000) / 64; }
  template <std::unsigned_integral T>
  void fill(T& n) {
    n = static_cast<T>(random_() >> below(sizeof(random_()) * 8));
    if (n == 0) n = 1;
  }
  void fill(Millis& ms) { ms = Millis{static_cast<std::int64_t>(random_() >> (1 + below(60))) + 1}; }
  void fill(Instant& at) {
    Millis ms{};
    fill(ms);
    at = Instant{below(8) == 0 ? -ms : ms};
  }
  void fill(Version& v) { v = Version{random_() >> 20}; }
  void fill(Position& p) { p = Position{random_() >> 20}; }
  void fill(std::string& text) {
    text.resize(1 + below(below(16) == 0 ? 200 : 20));
    for (char& c : text) c = printable_ ? static_cast<char>('a' + below(26)) : static_cast<char>(below(256));
  }
  template <class Tag>
  void fill(Id<Tag>& id) {
    fill(id.value);
  }
  template <class T>
  void fill(std::optional<T>& o) {
    if (below(4) != 0) fill(o.emplace());
  }
  template <class T>
  void fill(std::vector<T>& list) {
    list.resize(1 + below(3));
    for (T& each : list) fill(each);
  }
  template <class K, class V>
  void fill(std::map<K, V>& map) {
    for (std::size_t n = 1 + below(3); n > 0; --n) {
      K key = make<K>();
      fill(map[key]);
    }
  }
  template <class A, class B>
  void fill(std::pair<A, B>& pair) {
    fill(pair.first);
    fill(pair.second);
  }
  template <class... Ts>
  void fill(std::variant<Ts...>& v) {
    fill_alternative(v, below(sizeof...(Ts)));
  }
  /// Any event that can be read.
  void fill(AnyEvent& event);
  void fill(Commit& commit);
  /// One alternative by number.
  template <class... Ts>
  void fill_alternative(std::variant<Ts...>& v, std::size_t index) {
    std::size_t i = 0;
    ((i++ == index ? fill(v.template emplace<Ts>()) : void()), ...);
  }

  // Enumerations: any of the known values but the unset one.
  void fill(Action& e) { pick(e, 4); }
  void fill(RelationKind& e) { pick(e, 2); }
  void fill(OrderRelationKind& e) { pick(e, 2); }
  void fill(FailurePolicy& e) { pick(e, 3); }
  void fill(FaultClass& e) { pick(e, 4); }
  void fill(Then& e) { pick(e, 4); }
  void fill(Remedy& e) { pick(e, 11); }
  void fill(repair::Verdict& e) { pick(e, 6); }
  void fill(quarantine::Cause& e) { pick(e, 2); }
  void fill(quarantine::Exit& e) { pick(e, 3); }
  void fill(hold::Kind& e) { pick(e, 3); }
  void fill(hold::Timers& e) { pick(e, 2); }
  void fill(OrderStatus& e) { pick(e, 13); }
  void fill(service_order::ReportKind& e) { pick(e, 11); }
  void fill(service_order::Disposition& e) { pick(e, 5); }
  void fill(product::Status& e) { pick(e, 8); }
  void fill(product::ServiceState& e) { pick(e, 6); }
  void fill(product::Outcome& e) { pick(e, 4); }
  void fill(product_order::Settlement& e) { pick(e, 5); }
  void fill(product_order::UnwindCause& e) { pick(e, 2); }
  void fill(product_order::JeopardyKind& e) { pick(e, 6); }
  void fill(service::NewsKind& e) { pick(e, 6); }

  template <class T>
  requires std::is_aggregate_v<T>
  void fill(T& t) { fill_fields(t); }

 private:
  template <class T>
  void fill_fields(T& t) {
    std::apply([&](auto&... field) { (fill(field), ...); }, fields(t));
  }
  template <class E>
  void pick(E& e, std::size_t last) {
    e = static_cast<E>(1 + below(last));
  }

  std::mt19937_64 random_;
  bool printable_;
};

/// How many kinds of event there are, and the n-th of them with random content.
inline constexpr std::size_t kEventKinds =
    std::variant_size_v<product_order::Event> + std::variant_size_v<service_order::Event> + std::variant_size_v<product::Event> +
    std::variant_size_v<service::Event> + std::variant_size_v<catalog_log::Event> + std::variant_size_v<unmatched::Event> +
    std::variant_size_v<repair::Event> + std::variant_size_v<quarantine::Event> + std::variant_size_v<epoch::Event> +
    std::variant_size_v<subject::Event> + std::variant_size_v<hold::Event>;

AnyEvent make_event(Fill& fill, std::size_t kind);

}  // namespace comd::test
