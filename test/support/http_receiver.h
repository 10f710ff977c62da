#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// A receiver of webhooks on a port of its own: one connection after the other, what comes is kept, and the test says how each is
/// answered.
namespace comd::test {

struct Received {
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int answered = 0;
};

class HttpReceiver {
 public:
  using Judge = std::function<int(const Received&, std::size_t count)>;

  explicit HttpReceiver(Judge judge = [](const Received&, std::size_t) { return 204; }) : judge_(std::move(judge)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(listener_, 64);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpReceiver() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/events"; }

  /// What has come, once `enough` says so; after 20 s as it is.
  std::vector<Received> wait(const std::function<bool(const std::vector<Received>&)>& enough) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return enough(received_); });
    return received_;
  }

 private:
  void serve() {
    while (true) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      take(connection);
      ::close(connection);
    }
  }

  void take(int connection) {
    std::string bytes;
    std::size_t end = std::string::npos, length = 0;
    Received request;
    char buffer[4096];
    while (end == std::string::npos || bytes.size() < end + 4 + length) {
      const auto count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return;
      bytes.append(buffer, static_cast<std::size_t>(count));
      if (end != std::string::npos) continue;
      end = bytes.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      read_headers(bytes.substr(0, end), request);
      length = std::stoul(request.headers["content-length"]);
    }
    request.body = bytes.substr(end + 4);
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      request.answered = judge_(request, received_.size());
      answer = "HTTP/1.1 " + std::to_string(request.answered) + " x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      received_.push_back(std::move(request));
    }
    ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    changed_.notify_all();
  }

  static void read_headers(const std::string& head, Received& request) {
    for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
      const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
      const auto colon = line.find(": ");
      if (colon == std::string::npos) continue;
      auto name = line.substr(0, colon);
      for (auto& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      request.headers[name] = line.substr(colon + 2);
    }
  }

  const Judge judge_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Received> received_;
  std::thread thread_;
};

}  // namespace comd::test
