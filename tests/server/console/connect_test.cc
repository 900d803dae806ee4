#include "server/console/connect.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "google/rpc/status.pb.h"
#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/review_service.grpc.pb.h"

namespace relief::server::console {
namespace {

class FakeReview final : public v1::ReviewService::Service {
 public:
  grpc::Status GetConflict(grpc::ServerContext* context, const v1::GetConflictRequest* request,
                           v1::Conflict* response) override {
    if (request->conflict_id() == "missing") {
      google::rpc::Status details;
      auto* detail = details.add_details();
      detail->set_type_url("type.googleapis.com/google.rpc.BadRequest");
      detail->set_value("\x0a\x01x");
      return {grpc::NOT_FOUND, "没有 \"这一条\"", details.SerializeAsString()};
    }
    const auto user = context->client_metadata().find("who");
    if (user != context->client_metadata().end())
      response->set_etag({user->second.data(), user->second.size()});
    response->set_conflict_id(request->conflict_id());
    response->mutable_explanation()->set_total_bits(20.5);
    return grpc::Status::OK;
  }
};

class Connect : public testing::Test {
 protected:
  Connect() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&review_);
    server_ = builder.BuildAndStart();
    caller_ = std::make_unique<ConnectCaller>(server_->InProcessChannel({}));
  }
  ~Connect() override { server_->Shutdown(); }

  ConnectRequest Request(const std::string& body) {
    return {"/relief.v1.ReviewService/GetConflict",
            "application/json; charset=utf-8",
            "1",
            "",
            body,
            {{"who", "li"}}};
  }

  FakeReview review_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ConnectCaller> caller_;
};

TEST_F(Connect, AnswersInJson) {
  const HttpAnswer answer = caller_->Call(Request(R"({"conflictId":"C-1","futureField":7})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"conflictId":"C-1","explanation":{"totalBits":20.5},"etag":"li"})");
}

TEST_F(Connect, ErrorsAreThoseOfTheProtocol) {
  const HttpAnswer answer = caller_->Call(Request(R"({"conflictId":"missing"})"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body,
            "{\"code\":\"not_found\",\"message\":\"没有 "
            "\\\"这一条\\\"\",\"details\":[{\"type\":\"google.rpc.BadRequest\","
            "\"value\":\"CgF4\"}]}");
  EXPECT_EQ(ConnectError({grpc::RESOURCE_EXHAUSTED, ""}).status, 429);
  EXPECT_EQ(ConnectError({grpc::ABORTED, "a\x01"}).body, "{\"code\":\"aborted\",\"message\":\"a\\u0001\"}");
}

TEST_F(Connect, WhatIsNoCallIsRefused) {
  ConnectRequest request = Request("{}");
  request.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(caller_->Call(request).status, 415);
  request = Request("{}");
  request.protocol_version = "";
  EXPECT_EQ(caller_->Call(request).status, 400) << "a form on another site cannot send the header";
  for (const char* method : {"/relief.v1.ReviewService/Nothing", "/nothing/GetConflict", "//", "GetConflict",
                             "/relief.v1.FindingService/StreamFindings"}) {
    request = Request("{}");
    request.method = method;
    EXPECT_EQ(caller_->Call(request).status, 501) << method;
  }
  for (const char* timeout : {"0", "-1", "12345678901", "1s"}) {
    request = Request("{}");
    request.timeout_ms = timeout;
    EXPECT_EQ(caller_->Call(request).status, 400) << timeout;
  }
}

TEST_F(Connect, ABadBodyIsRefusedAndNeverQuoted) {
  for (const std::string& body :
       {std::string("{\"conflictId\": 110101199001011234"), std::string("张三"),
        std::string(R"({"conflictId":{"secret":1}})"), std::string(300'000, '['), std::string("\xff\xfe")}) {
    const HttpAnswer answer = caller_->Call(Request(body));
    EXPECT_EQ(answer.status, 400);
    for (const char* secret : {"1101", "张三", "secret", "[[", "\xff"})
      EXPECT_EQ(answer.body.find(secret), std::string::npos) << answer.body;
  }
}

// Processor time of this thread, on which bodies are judged: others may use the machine.
double WorkedMs() {
  timespec worked;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
  return static_cast<double>(worked.tv_sec) * 1e3 + static_cast<double>(worked.tv_nsec) / 1e6;
}

// Case A13: nesting, repeated members, huge numbers, enum values that are none. Answered at once, with
// nothing of the input.
TEST_F(Connect, HostileJsonIsRefusedAtOnce) {
  const auto list = [&](const std::string& body) {
    ConnectRequest request = Request(body);
    request.method = "/relief.v1.ReviewService/ListConflicts";
    return request;
  };
  double slowest = 0;
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"filter\":";
  for (const std::string& body :
       {deep, std::string(100'000, '['), std::string(R"({"pageSize":1,"pageSize":2})"),
        std::string(R"({"pageSize":1,"page_size":2})"), std::string(R"({"page\u0053ize":1})"),
        "{\"pageSize\":" + std::string(100'000, '9') + "}", std::string(R"({"pageSize":1e999})"),
        std::string(R"({"order":"BY_MAGIC"})"), std::string(R"({"order":""})"),
        std::string(R"({"order":99})"), std::string(R"({"order":"99"})"),
        std::string(R"({"filter":{"kinds":[777]}})"),
        std::string(R"({"filter":{"kinds":["SHARED_ID","SECRET"]}})"),
        std::string(R"({"pageSize":1} {"secret":1})"), std::string(R"({"pageSize":)"),
        std::string(R"({"a)")}) {
    const double begin = WorkedMs();
    const HttpAnswer answer = caller_->Call(list(body));
    const double took = WorkedMs() - begin;
    EXPECT_EQ(answer.status, 400) << body.substr(0, 60);
    slowest = std::max(slowest, took);
    EXPECT_LT(took, 100) << "ten times what is promised: " << body.substr(0, 60);
    for (const char* part : {"999", "MAGIC", "SECRET", "secret", "[["})
      EXPECT_EQ(answer.body.find(part), std::string::npos) << answer.body;
  }
  std::printf("hostile JSON: the slowest was refused after %.2f ms of work\n", slowest);
  EXPECT_EQ(caller_
                ->Call(list(
                    R"({"order":"BY_AGE","filter":{"kinds":["SHARED_ID",3],"minBits":1.5},"new":{"x":[1]}})"))
                .status,
            501)
      << "sound: it reaches the service, which here is a fake without this method";
}

}  // namespace
}  // namespace relief::server::console
