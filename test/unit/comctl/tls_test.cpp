#include "comd/api/v1/system.grpc.pb.h"
#include "test/support/certificates.h"
#include "test/support/temp_file.h"
#include "test/unit/comctl/against_server.h"

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

class Tls : public AgainstServer {
 protected:
  void serve_tls(const std::string& names = "IP:127.0.0.1") {
    const auto identity = ours.issue(names);
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
    serve(system_, grpc::SslServerCredentials(tls));
  }
  Ran status(std::vector<std::string> options) const {
    options.push_back("status");
    return run(std::move(options));
  }

  const test::Authority ours{"ours"};
  const test::TempFile our_ca{ours.certificate()};
  FakeSystem system_;
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
  serve(system_);
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
