#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "comd/events/v1/common.pb.h"
#include "domain/ids.h"
#include "domain/value.h"

/// Inside of events/: a struct of the domain from and to the bytes of its message in protos/comd/events/v1, without the message between
/// them. A record is folded far more often than it is written, and filling messages to copy them was three quarters of it.
///
/// What a message holds is said once, for reading and for writing, in the order of the numbers, which are the generated ones:
///
///     void fields(auto& c, Is<hold::Scope> auto& e) {
///       using M = HoldScope;
///       c(M::kKindFieldNumber, e.kind);
///       c(M::kNameFieldNumber, e.name);
///     }
///
/// Which type a field has on the wire follows from the member's. A test lets protobuf read and write again what is written here.
namespace comd::events::v1 {

template <class E, class T>
concept Is = std::same_as<std::remove_const_t<E>, T>;

/// What in the bytes this version does not understand: the first finding. Reading goes on behind it, so it is total.
struct Trouble {
  std::string message;
  void add(std::string found) {
    if (message.empty()) message = std::move(found);
  }
};

/// Which numbers of an enumeration there are (`valid`), and what messages call it (`name`).
template <class E>
struct Known;

template <class T>
concept Number = std::integral<T> || std::is_enum_v<T> || std::same_as<T, Instant> || std::same_as<T, Millis>;

std::uint64_t to_wire(Number auto value) {
  if constexpr (std::same_as<decltype(value), Instant>)
    return static_cast<std::uint64_t>(value.time_since_epoch().count());
  else if constexpr (std::same_as<decltype(value), Millis>)
    return static_cast<std::uint64_t>(value.count());
  else
    return static_cast<std::uint64_t>(value);
}

void unknown_number(const char* what, int number, Trouble&);
std::uint8_t byte_of(std::uint32_t value, const char* what, Trouble&);

template <Number T>
T from_wire(std::uint64_t wire, Trouble& trouble) {
  if constexpr (std::same_as<T, bool>) {
    return wire != 0;
  } else if constexpr (std::same_as<T, std::uint8_t>) {
    return byte_of(static_cast<std::uint32_t>(wire), "a priority", trouble);  // nothing else is so small
  } else if constexpr (std::same_as<T, Instant>) {
    return Instant{Millis{static_cast<std::int64_t>(wire)}};
  } else if constexpr (std::same_as<T, Millis>) {
    return Millis{static_cast<std::int64_t>(wire)};
  } else if constexpr (std::integral<T> || std::same_as<T, Version> || std::same_as<T, Position>) {
    return static_cast<T>(wire);
  } else {
    const int number = static_cast<int>(wire);
    if (Known<T>::valid(number)) return static_cast<T>(number);
    unknown_number(Known<T>::name, number, trouble);
    return T{};
  }
}

template <class T>
constexpr bool kIsId = false;
template <class Tag>
constexpr bool kIsId<Id<Tag>> = true;
template <class T>
concept Text = kIsId<T> || std::same_as<T, std::string> || std::same_as<T, std::string_view>;

std::string_view text_of(const Text auto& text) {
  if constexpr (kIsId<std::remove_cvref_t<decltype(text)>>)
    return text.value;
  else
    return text;
}

enum class Wire : std::uint32_t { number = 0, eight_bytes = 1, bytes = 2, four_bytes = 5 };
constexpr std::uint32_t tag_of(int number, Wire wire) {
  return static_cast<std::uint32_t>(number) << 3 | static_cast<std::uint32_t>(wire);
}

/// One entry of Values.
template <class Text>
struct Named {
  Text& name;
  Text& json;
};
template <class Text>
void fields(auto& c, const Named<Text>& e) {
  using M = Characteristic;
  c(M::kNameFieldNumber, e.name);
  c(M::kJsonFieldNumber, e.json);
}

/// A message of two fields, as the lists of pairs have them.
template <class A, class B>
void fields(auto& c, std::pair<A, B>& e) {
  c(1, e.first);
  c(2, e.second);
}
template <class A, class B>
void fields(auto& c, const std::pair<A, B>& e) {
  c(1, e.first);
  c(2, e.second);
}

/// Reads one message. What is absent becomes zero or empty, whatever the member began with; a field that is there twice: the last
/// counts; one that is not known is passed over. Bytes that are no message: all that follows is absent.
class Reader {
 public:
  Reader(std::string_view bytes, Trouble& trouble) : at_(bytes.data()), end_(at_ + bytes.size()), trouble_(trouble) { next(); }

  /// False: the bytes are no message.
  template <class T>
  bool read(T&& to) {
    fields(*this, to);
    // Who writes, writes in order, and one time through is all. What is left is unknown, or in another order.
    for (again_ = true; tag_ != 0;) {
      const auto* before = at_;
      fields(*this, to);
      if (at_ == before) skip();
    }
    return !malformed_;
  }

  template <class T>
  void operator()(int number, T& to) {
    if (tag_ == tag_of(number, Number<T> ? Wire::number : Wire::bytes)) {
      value(to);
      next();
    } else if (!again_) {
      absent(to);
    }
  }
  /// Zero stands for `otherwise`, which is not written.
  template <Number T>
  void operator()(int number, T& to, T otherwise) {
    (*this)(number, to);
    if (to == T{}) to = otherwise;
  }
  template <class T>
  void operator()(int number, std::optional<T>& to) {
    if (tag_ != tag_of(number, Number<T> ? Wire::number : Wire::bytes)) return;
    value(to.emplace());
    next();
  }
  template <class T>
  void operator()(int number, std::vector<T>& to) {
    if (tag_ != tag_of(number, Wire::bytes)) return;
    if (to.empty()) to.reserve(count());
    for (; tag_ == tag_of(number, Wire::bytes); next()) value(to.emplace_back());
  }
  void operator()(int number, Values& to) {
    for (; tag_ == tag_of(number, Wire::bytes); next()) {
      std::string name;
      Value json;
      value(Named<std::string>{name, json.json});
      to.insert_or_assign(to.end(), std::move(name), std::move(json));  // they were written in order; elsewhere the last counts
    }
  }

 private:
  template <class T>
  void value(T&& to) {
    using Plain = std::remove_cvref_t<T>;
    if constexpr (Number<Plain>) {
      to = from_wire<Plain>(varint(), trouble_);
    } else if constexpr (kIsId<Plain>) {
      to.value = bytes();
    } else if constexpr (Text<Plain>) {
      to = bytes();
    } else {
      if (!Reader(bytes(), trouble_).read(to)) fail();
    }
  }
  template <class T>
  void absent(T& to) {
    if constexpr (Number<T> || std::same_as<T, std::string_view>) {
      to = {};
    } else if constexpr (kIsId<T>) {
      to.value.clear();
    } else if constexpr (Text<T>) {
      to.clear();
    } else {
      Reader({}, trouble_).read(to);
    }
  }

  void next() {
    tag_ = 0;
    if (at_ == end_) return;
    const std::uint64_t tag = varint();
    if (tag >> 3 == 0 || tag > std::numeric_limits<std::uint32_t>::max()) return fail();
    tag_ = static_cast<std::uint32_t>(tag);
  }
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) return static_cast<unsigned char>(*at_++);
    return long_varint();
  }
  std::string_view bytes() {
    const std::uint64_t size = varint();
    if (size > static_cast<std::uint64_t>(end_ - at_)) {
      fail();
      return {};
    }
    at_ += size;
    return {at_ - size, size};
  }
  void fail() {
    malformed_ = true;
    at_ = end_;
    tag_ = 0;
  }
  std::uint64_t long_varint();
  void skip();
  std::size_t count() const;  ///< of the fields like this one that follow each other from here

  const char* at_;  ///< behind the tag
  const char* end_;
  Trouble& trouble_;
  std::uint32_t tag_ = 0;  ///< of the field to read next; zero: no more
  bool again_ = false, malformed_ = false;
};

/// Writes a message as protobuf does: in the order of the numbers, without what is zero or empty, but with messages that are.
class Writer {
 public:
  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  std::string_view written() const { return {begin_, size()}; }

  template <class T>
  void operator()(int number, const T& value) {
    if (!is_empty(value)) always(number, value);
  }
  template <Number T>
  void operator()(int number, const T& value, T unless) {
    if (value != unless) (*this)(number, value);
  }
  template <class T>
  void operator()(int number, const std::optional<T>& value) {
    if (value) always(number, *value);
  }
  template <class T>
  void operator()(int number, const std::vector<T>& values) {
    for (const T& value : values) always(number, value);
  }
  void operator()(int number, const Values& values) {
    for (const auto& [name, value] : values) always(number, Named<const std::string>{name, value.json});
  }

  /// Bytes that hold a message: without its fields they are empty.
  template <class T>
  void payload(int number, const T& value) {
    const std::size_t before = size();
    always(number, value);
    if (size() == before + 2) at_ = begin_ + before;  // the number and a length of zero
  }
  /// A message, written by `write()`.
  template <class F>
  void message(int number, F write) {
    varint(tag_of(number, Wire::bytes));
    room(1);
    ++at_;  // its length: mostly one byte
    const std::size_t start = size();
    write();
    const std::size_t length = size() - start;
    if (length < 0x80)
      begin_[start - 1] = static_cast<char>(length);
    else
      put_long_length(start, length);
  }

 private:
  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (Number<T>)
      return to_wire(value) == 0;
    else if constexpr (Text<T>)
      return text_of(value).empty();
    else
      return false;
  }
  template <class T>
  void always(int number, const T& value) {
    if constexpr (Number<T>) {
      varint(tag_of(number, Wire::number));
      varint(to_wire(value));
    } else if constexpr (Text<T>) {
      bytes(number, text_of(value));
    } else {
      message(number, [&] { fields(*this, value); });
    }
  }

  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
  void room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void varint(std::uint64_t value) {
    constexpr std::size_t kLongest = 10;
    room(kLongest);
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void bytes(int number, std::string_view text) {
    varint(tag_of(number, Wire::bytes));
    varint(text.size());
    room(text.size());
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void grow(std::size_t bytes);
  void put_long_length(std::size_t start, std::size_t length);

  static constexpr std::size_t kUsual = 4096;
  std::array<char, kUsual> usual_;  ///< a record of usual size; a larger one is on the heap
  std::unique_ptr<char[]> large_;
  char* begin_ = usual_.data();
  char* at_ = begin_;
  char* end_ = begin_ + kUsual;
};

}  // namespace comd::events::v1
