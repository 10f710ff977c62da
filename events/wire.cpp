#include "events/wire.h"

#include <algorithm>

namespace comd::events::v1 {

void unknown_number(const char* what, int number, Trouble& trouble) {
  trouble.add("Expected a known " + std::string(what) + ", but found number " + std::to_string(number));
}

std::uint8_t byte_of(std::uint32_t value, const char* what, Trouble& trouble) {
  if (value > 255) {
    trouble.add("Expected " + std::string(what) + " of at most 255, but found " + std::to_string(value));
    return 0;
  }
  return static_cast<std::uint8_t>(value);
}

std::uint64_t Reader::long_varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  fail();
  return 0;
}

void Reader::skip() {
  const auto pass = [this](std::ptrdiff_t bytes) {
    if (end_ - at_ < bytes) return fail();
    at_ += bytes;
  };
  switch (static_cast<Wire>(tag_ & 7)) {
    case Wire::number: varint(); break;
    case Wire::eight_bytes: pass(8); break;
    case Wire::bytes: bytes(); break;
    case Wire::four_bytes: pass(4); break;
    default: return fail();  // groups: proto3 has none
  }
  next();
}

std::size_t Reader::count() const {
  Reader ahead = *this;
  std::size_t count = 0;
  for (; ahead.tag_ == tag_; ++count) ahead.skip();
  return count;
}

void Writer::grow(std::size_t bytes) {
  const std::size_t used = size(), room = std::max(2 * static_cast<std::size_t>(end_ - begin_), used + bytes);
  auto larger = std::make_unique_for_overwrite<char[]>(room);
  std::memcpy(larger.get(), begin_, used);
  large_ = std::move(larger);
  begin_ = large_.get();
  at_ = begin_ + used;
  end_ = begin_ + room;
}

void Writer::put_long_length(std::size_t start, std::size_t length) {
  std::size_t more = 0;
  for (std::size_t rest = length >> 7; rest != 0; rest >>= 7) ++more;
  room(more);
  std::memmove(begin_ + start + more, begin_ + start, length);
  char* const end = at_ + more;
  at_ = begin_ + start - 1;
  for (; length >= 0x80; length >>= 7) *at_++ = static_cast<char>(length | 0x80);
  *at_ = static_cast<char>(length);
  at_ = end;
}

}  // namespace comd::events::v1
