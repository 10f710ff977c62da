#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cmd/comctl/tool/session.h"
#include "test/support/certificates.h"
#include "test/support/temp_file.h"

/// comctl against a server that speaks TLS, as comd does with --tls-cert and --tls-key: what works, and what a person is told
/// when the two do not fit together.
namespace comd::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class FakeSystem final : public api::v1::SystemService::Service {
  grpc::Status Status(grpc::ServerContext*, const api::v1::StatusRequest*, api::v1::StatusResponse* response) override {
    response->set_version("behind-tls");
    return grpc::Status::OK;
  }
};

struct Ran {
  int exit;
  std::string out, err;
};

class Tls : public testing::Test {
 protected:
  void serve(std::shared_ptr<grpc::ServerCredentials> credentials) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
    builder.RegisterService(&system_);
    server_ = builder.BuildAndStart();
    ASSERT_TRUE(server_);
    address = "127.0.0.1:" + std::to_string(port);
  }
  void serve_tls(const std::string& names = "IP:127.0.0.1") {
    const auto identity = ours.issue(names);
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
    serve(grpc::SslServerCredentials(tls));
  }
  Ran status(const std::vector<std::string>& options) const {
    std::vector<const char*> argv{"comctl", "--server", address.c_str()};
    for (const auto& option : options) argv.push_back(option.c_str());
    argv.push_back("status");
    std::istringstream in;
    std::ostringstream out, err;
    const int exit = ctl::run(static_cast<int>(argv.size()), argv.data(), Streams{in, out, err});
    return {exit, out.str(), err.str()};
  }

  const test::Authority ours{"ours"};
  const test::TempFile our_ca{ours.certificate()};
  std::string address;

 private:
  FakeSystem system_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Tls, theAuthorityOfTheServerOpensTheDoor) {
  serve_tls();
  const auto result = status({"--tls-ca", our_ca.path()});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(result.out, HasSubstr("behind-tls"));
}

TEST_F(Tls, anotherAuthorityIsTold) {
  serve_tls();
  const test::TempFile wrong(test::Authority("another").certificate());
  const auto result = status({"--tls-ca", wrong.path()});
  EXPECT_EQ(result.exit, kUnavailable);
  EXPECT_THAT(result.err, HasSubstr("Expected a certificate of " + address + " that --tls-ca vouches for"));
  EXPECT_THAT(result.err, HasSubstr("→ name the file of the authority that issued comd's --tls-cert with --tls-ca"));
  EXPECT_THAT(result.err, Not(HasSubstr("start comd")));
}

TEST_F(Tls, aCertificateForAnotherAddressIsTold) {
  serve_tls("DNS:comd.example.org");
  const auto result = status({"--tls-ca", our_ca.path()});
  EXPECT_EQ(result.exit, kUnavailable);
  EXPECT_THAT(result.err, HasSubstr("Expected the certificate of " + address + " to be for that address"));
}

TEST_F(Tls, speakingInTheClearToATlsPortIsTold) {
  serve_tls();
  const auto result = status({});
  EXPECT_EQ(result.exit, kUnavailable);
  EXPECT_THAT(result.err, HasSubstr("if it speaks TLS, name its certificate authority with --tls-ca"));
}

TEST_F(Tls, speakingTlsToAPortInTheClearIsTold) {
  serve(grpc::InsecureServerCredentials());
  const auto result = status({"--tls-ca", our_ca.path()});
  EXPECT_EQ(result.exit, kUnavailable);
  EXPECT_THAT(result.err, HasSubstr("try without --tls-ca"));
}

TEST_F(Tls, aFileThatIsNoPemIsAMistakeOfTheCall) {
  serve_tls();
  const test::TempFile nothing("no certificate at all\n");
  const auto result = status({"--tls-ca", nothing.path()});
  EXPECT_EQ(result.exit, kUsage);
  EXPECT_THAT(result.err, HasSubstr("Expected a certificate in PEM in " + nothing.path() + ", but it holds none"));
}

}  // namespace
}  // namespace comd::ctl
